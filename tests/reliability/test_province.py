"""`make province` in small: a county's cases that the engine, the ledger and the pages agree with."""

import random
from datetime import UTC, datetime

import pytest
from django.apps import apps

from benchmarks import bulk, province_cases, province_texts
from benchmarks.province_life import Desk, Unit, moments
from lianxin.cases.models import Case, Voice
from lianxin.handling.models import Dispatch, Event, Matter
from lianxin.handling.services import sweep
from lianxin.kernel import codes
from lianxin.kernel.search import matching
from lianxin.record.models import Leaf, Log
from lianxin.record.queries import ledger
from tests import factories

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
CASES = 120


@pytest.fixture
def county(db):
    """The factories' county with its cases of three years, loaded past the services."""
    world = factories.world()
    desk = Desk(
        code=world.venue.division_code,
        venue=world.venue.pk.hex,
        organ=world.venue.desk_id,
        clerk=world.clerk.person_id,
        clerk_name=world.clerk.name,
        deputies=[],
        weight=1,
    )
    unit = Unit(world.unit.pk, world.handler.person_id, world.handler.name)
    made = province_cases.County("530112", [desk], [unit], CASES)
    told = province_cases.sources(1, 40, NOW)
    province_cases.read_rules([made])
    tables = bulk.tables()
    names = [apps.get_model(label)._meta.db_table for label in LABELS]
    with bulk.unforced(names):
        for model, packed, _count in province_cases.Telling(made, told).parcels():
            tables[model].write(packed)
    return made, told


LABELS = (
    "kernel.DataKey", "handling.Matter", "cases.Case", "cases.Voice", "cases.Receiver",
    "handling.Dispatch", "handling.Event", "handling.Answer", "handling.Verdict",
    "cases.Publication", "record.Entry", "record.Leaf", "cases.CaseCounter", "record.Log",
    "record.Tile",
)  # fmt: skip


def test_the_engine_derives_the_same_and_the_clocks_have_nothing_to_say(county):
    assert Case.objects.count() == CASES
    assert Event.objects.count() > 4 * CASES
    assert {"open", "closed"} <= set(Matter.objects.values_list("state", flat=True))
    assert Dispatch.objects.filter(overdue_at__isnull=False).exists()
    assert sweep.recheck() == []
    assert sum(sweep.sweep(at=NOW).values()) == 0


def test_the_recheck_sees_a_planted_difference(county):
    matter = Matter.objects.filter(state="closed").first()
    Matter.objects.filter(pk=matter.pk).update(owing=0, due_at=NOW)
    assert [pk for pk, _what in sweep.recheck()] == [matter.pk]


def test_its_log_holds_every_entry_and_its_head_is_signed(county):
    log = Log.objects.get()
    ordered = Leaf.objects.filter(index__isnull=False)
    assert log.size == ordered.count() > 8 * CASES
    assert list(ledger.faults(log)) == []


def test_residents_are_found_by_receipt_and_matters_by_their_words(county):
    _made, told = county
    voice = Voice.objects.get(code_digest=codes.digest(told.known["530112"]))
    assert voice.case.number.startswith("530112-")
    named = Voice.objects.exclude(phone__empty=True).first()
    assert named.phone.startswith("+86138")
    title = Case.objects.first().title
    assert matching(Case.objects.all(), title[:4]).exists()


def test_filings_come_by_day_and_hour():
    found = moments(3000, NOW, random.Random(1))
    assert found == sorted(found)
    by_day = [sum(1 for at in found if at.weekday() == day) for day in range(7)]
    assert by_day[0] > by_day[6]
    assert len({at.year for at in found}) >= 3


def test_without_messages_sentences_are_invented(monkeypatch):
    monkeypatch.delenv("MESSAGES_DIR", raising=False)
    found = province_texts.texts(50, random.Random(1))
    assert len({text.words for text in found}) > 30
    assert all(text.tokens for text in found)

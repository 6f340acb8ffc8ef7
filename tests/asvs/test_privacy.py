"""Weighty acts on what residents left need two persons (2.3.5); what nobody needs any more goes (14.2.7)."""

from datetime import timedelta

import pytest

from lianxin.cases.enums import DataWish, WishState
from lianxin.cases.models import Voice
from lianxin.cases.services import requesting
from lianxin.kernel import retention
from lianxin.kernel.models import OutboxMessage
from lianxin.kernel.refused import IllegalMove
from lianxin.record.models import Entry
from tests.cases.erasing_world import NOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


@pytest.mark.parametrize("kind", DataWish.values)
def test_asvs_2_3_5_whoever_asked_for_it_cannot_decide_it(world, kind):
    voice = world.closed()
    asked = requesting.ask(
        voice_id=voice.pk, kind=kind, reason="本人到站要求", by=world.clerk, at=NOW
    )
    for grant in (True, False):
        with pytest.raises(requesting.SecondPersonNeeded):
            requesting.decide(request_id=asked.pk, grant=grant, by=world.clerk, at=NOW)
    asked.refresh_from_db()
    assert asked.state == WishState.ASKED
    assert Voice.objects.get(pk=voice.pk).name == "李小兰"


def test_asvs_2_3_5_a_second_person_decides_once_and_both_are_in_the_journal(world):
    voice = world.closed()
    asked = requesting.ask(
        voice_id=voice.pk, kind=DataWish.ERASE, reason="本人到站要求", by=world.clerk, at=NOW
    )
    requesting.decide(request_id=asked.pk, grant=True, by=world.people.head, at=NOW)
    assert Voice.objects.get(pk=voice.pk).name == ""
    told = Entry.objects.filter(action__in=("cases.case.data_asked", "cases.case.data_decided"))
    assert set(told.values_list("actor_id", flat=True)) == {
        world.clerk.person_id,
        world.people.head.person_id,
    }
    with pytest.raises(IllegalMove):
        requesting.decide(request_id=asked.pk, grant=False, by=world.people.head, at=NOW)


def test_asvs_14_2_7_the_nightly_rules_empty_what_is_over_and_nothing_else(world, settings):
    over, running = world.closed(), world.accepted()
    OutboxMessage.objects.update(state="DONE", done_at=NOW)
    late = NOW + timedelta(days=settings.RETAIN_CONTACT_DAYS)
    before = retention.rehearse(NOW)
    done = retention.apply(late)
    assert before["contacts"] == before["outbox"] == 0
    assert done["contacts"] == 1
    assert done["outbox"] > 0
    gone, kept = Voice.objects.get(pk=over.pk), Voice.objects.get(pk=running.pk)
    assert (gone.name, gone.phone, gone.phone_index) == ("", "", None)
    assert kept.name == "李小兰"


def test_asvs_14_2_7_each_rule_says_for_how_long_and_by_whose_decision():
    rules = retention.rules()
    assert len(rules) >= 10
    assert all(rule.kept and rule.source for rule in rules)

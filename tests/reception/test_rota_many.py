"""Rotas of many venues: waves of venues that share deputies, in bulk, and the command."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count

from lianxin.kernel.refused import Forbidden
from lianxin.reception.enums import PlanState, ShiftState
from lianxin.reception.models import Away, ReceptionDay, RotaPlan, Shift
from lianxin.reception.services.rota_many import plan_many, waves
from lianxin.record.models import Entry
from lianxin.venues.services import station_deputy
from tests import factories as f
from tests.reception.factories import day

pytestmark = pytest.mark.django_db
FIRST = date(2030, 1, 2)


@pytest.fixture
def world():
    """Two venues with the same eight days; one deputy belongs to both."""
    found = f.world()
    for n in range(3):
        f.deputy(f"甲{n}", venue=found.venue)
        f.deputy(f"乙{n}", venue=found.other_venue)
    station_deputy(
        venue_id=found.other_venue.pk,
        deputy_id=found.deputy.deputy_id,
        from_date=date(2026, 1, 1),
        by=None,
        at=f.MONDAY,
    )
    for n in range(8):
        for venue in (found.venue, found.other_venue):
            day(venue, on=FIRST + timedelta(weeks=n))
    return found


def run(world, **more):
    ids = [world.venue.pk, world.other_venue.pk]
    said = {"year": 2030, "workers": 0, "publish": True, "by": None, "at": f.MONDAY, **more}
    return list(plan_many(venue_ids=ids, **said))


def told(*words, workers="0"):
    out = StringIO()
    call_command("plan_rotas", "--year", "2030", "--workers", workers, *words, stdout=out)
    return out.getvalue()


def test_venues_that_share_a_deputy_are_not_in_one_wave():
    a, b, c, d = (UUID(int=n) for n in range(4))
    clashes = {a: {b}, b: {a, c}, c: {b}}
    assert waves([a, b, c, d], clashes) == [[a, c, d], [b]]
    assert waves([], {}) == []


@pytest.mark.parametrize("publish", [True, False])
def test_nobody_is_seated_in_two_venues_on_a_day(world, publish):
    done = run(world, publish=publish)
    assert {one.venue_id for one in done} == {world.venue.pk, world.other_venue.pk}
    on = {str(pk): date for pk, date in ReceptionDay.objects.values_list("pk", "date")}
    seats = [(on[row[0]], row[1]) for plan in RotaPlan.objects.all() for row in plan.proposal]
    assert len(seats) == 32
    assert max(Counter(seats).values()) == 1
    assert {deputy for _day, deputy in seats} >= {str(world.deputy.deputy_id)}
    assert Shift.objects.count() == (32 if publish else 0)
    states = set(RotaPlan.objects.values_list("state", flat=True))
    assert states == {PlanState.PUBLISHED if publish else PlanState.DRAFT}


def test_a_second_run_changes_nothing(world):
    run(world)
    first = set(Shift.objects.values_list("pk", flat=True))
    run(world)
    kept = Shift.objects.exclude(state=ShiftState.REPLACED)
    assert set(kept.values_list("pk", flat=True)) == first
    versions = RotaPlan.objects.values("venue").annotate(n=Count("pk")).values_list("n", flat=True)
    assert list(versions) == [2, 2]
    assert RotaPlan.objects.filter(state=PlanState.PUBLISHED).count() == 2
    assert Entry.objects.filter(action="reception.rota.publish").count() == 4


def test_who_may_not_plan_a_venue_plans_none(world):
    with pytest.raises(Forbidden):
        run(world, by=world.clerk)
    assert not RotaPlan.objects.exists()


def test_the_command_tells_what_it_did_and_explains_a_contradiction(world):
    speakers = (world.deputy, world.second_deputy)
    for who in speakers:
        type(world.deputy_row()).objects.filter(pk=who.deputy_id).update(languages=["彝语"])
    on = FIRST + timedelta(weeks=3)
    ReceptionDay.objects.filter(venue=world.venue, date=on).update(language="彝语")
    for who, kind in zip(speakers, ("leave", "meeting"), strict=True):
        Away.objects.create(
            deputy_id=who.deputy_id, kind=kind, from_date=on, until_date=on, division_code="530112"
        )
    words = told("--province", "--publish", "--compare", "1")
    assert "2 venues (in force), 16 days, 32 seats" in words
    assert "1月23日：周明远请假、杨文秀另有会议，没有其他人会说彝语" in words
    assert "不要求会说的语言: 就都排得开" in words
    assert "points to the greedy's" in words
    assert "one naive CP-SAT model each on 1 venues" in words


def test_the_command_knows_one_venue_and_a_division(world):
    assert "1 venues (drafts)" in told("--venue", world.venue.code)
    assert "1 venues (drafts)" in told("--division", "530112")
    assert "2 venues (drafts)" in told("--province", workers="1")
    with pytest.raises(CommandError):
        told("--venue", "AAAA-AAAA")
    with pytest.raises(CommandError):
        told("--division", "5302")

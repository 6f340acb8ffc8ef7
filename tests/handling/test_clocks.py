"""Rules as rows: which one applies, what it gives, and that changes settle the open clocks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from lianxin.handling.enums import ClockPurpose, ClockUnit, Urgency
from lianxin.handling.models import ClockRule, Matter
from lianxin.handling.queries.derive import rule_book
from lianxin.handling.rules.clocks import RuleBook, end_of
from lianxin.handling.services import sweep
from lianxin.handling.services.clockrules import set_rule
from lianxin.kernel.clock import LOCAL, local, local_date
from lianxin.kernel.refused import Forbidden
from lianxin.places.queries import WorkCalendar
from lianxin.places.services import set_calendar_day
from tests import factories
from tests.factories import MONDAY

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=LOCAL)


def rule(amount: int, unit: str = ClockUnit.WORKING_DAYS, **more: object) -> ClockRule:
    wanted = {
        "division_code": "",
        "matter_kind": "",
        "urgency": "",
        "purpose": ClockPurpose.ANSWER,
        "effective_from": date(2000, 1, 1),
        "source": "test",
        **more,
    }
    return ClockRule(amount=amount, unit=unit, **wanted)


def chosen(*rules: ClockRule, urgency: str = Urgency.ORDINARY, start: datetime = NOON) -> int:
    book = RuleBook(rules, division_code="530112005", kind="case")
    found = book.rule(ClockPurpose.ANSWER, urgency, start)
    assert found
    return found.amount


def test_the_most_special_rule_wins():
    everywhere, county = rule(10), rule(7, division_code="530112")
    assert chosen(everywhere, county) == 7
    assert chosen(everywhere, rule(8, division_code="530102")) == 10
    assert chosen(county, rule(6, division_code="530112", matter_kind="case")) == 6
    assert chosen(everywhere, rule(1, urgency=Urgency.URGENT)) == 10
    assert chosen(everywhere, rule(1, urgency=Urgency.URGENT), urgency=Urgency.URGENT) == 1


def test_a_new_version_counts_from_its_day_only():
    old, new = rule(10), rule(5, effective_from=date(2026, 11, 3))
    assert chosen(old, new, start=NOON) == 10
    assert chosen(old, new, start=NOON + timedelta(days=1)) == 5


@pytest.mark.parametrize(
    ("start", "months", "due"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 8, 31), 3, date(2026, 11, 30)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 3, 15), 3, date(2026, 6, 15)),
    ],
)
def test_months_are_calendar_months(start, months, due):
    """代表法 51: three months, six at most, from the day of assignment."""
    begin = datetime(start.year, start.month, start.day, 10, tzinfo=LOCAL)
    at = end_of(rule(months, ClockUnit.MONTHS), begin, WorkCalendar.default())
    assert local_date(at) == due


def test_working_days_follow_make_up_days():
    """National Day 2026: 1 to 7 October are off, 20 September and 10 October are worked."""
    begin = datetime(2026, 9, 30, 10, tzinfo=LOCAL)
    at = end_of(rule(2), begin, WorkCalendar.default())
    assert local_date(at) == date(2026, 10, 9)
    assert local_date(end_of(rule(3), begin, WorkCalendar.default())) == date(2026, 10, 10)


def test_urgent_is_24_hours_by_the_clock():
    at = end_of(rule(24, ClockUnit.HOURS), NOON, WorkCalendar.default())
    assert at - NOON == timedelta(hours=24)


@pytest.mark.django_db
def test_a_new_day_off_settles_open_clocks():
    world = factories.world()
    dispatch = factories.assigned(world)
    before = dispatch.due_at
    set_calendar_day(
        division_code="",
        date=date(2026, 11, 9),
        is_working=False,
        name="临时放假",
        by=None,
        at=MONDAY,
    )
    assert sweep.resettle() == 1
    dispatch.refresh_from_db()
    assert local_date(dispatch.due_at) == local_date(before) + timedelta(days=1)
    assert sweep.recheck() == []


@pytest.mark.django_db
def test_a_new_rule_needs_the_right_and_leaves_running_clocks_alone():
    world = factories.world()
    dispatch = factories.assigned(world)
    wanted = {
        "division_code": "530112",
        "matter_kind": "case",
        "urgency": "",
        "purpose": ClockPurpose.ANSWER,
        "amount": 3,
        "unit": ClockUnit.WORKING_DAYS,
        "warn_percent": 50,
        "effective_from": local_date(MONDAY + timedelta(days=1)),
        "source": "区代工委通知",
        "at": MONDAY,
    }
    with pytest.raises(Forbidden):
        set_rule(by=world.clerk, **wanted)
    operator = factories.holder(
        "某某",
        role="operator",
        at_organ=factories.organ("运维", kind="operator", division_code="53"),
    )
    set_rule(by=operator, **wanted)
    assert sweep.resettle() == 0
    later = factories.assigned(world, at=MONDAY + timedelta(days=1))
    assert local(later.due_at).date() == date(2026, 11, 6)
    assert local_date(dispatch.due_at) == date(2026, 11, 16)


@pytest.mark.django_db
def test_the_nightly_check_finds_a_drifted_column():
    dispatch = factories.assigned(factories.world())
    Matter.objects.filter(pk=dispatch.matter_id).update(owing=0)
    found = sweep.recheck()
    assert [(pk, sorted(what)) for pk, what in found] == [(dispatch.matter_id, ["owing"])]


@pytest.mark.django_db
def test_defaults_say_that_they_are_nobodys_law():
    factories.divisions()
    rows = ClockRule.objects.filter(division_code="")
    assert rows.count() > 20
    assert set(rows.values_list("source", flat=True)) == {"project default"}
    assert rule_book("530112005", "case").rule("answer", "ordinary", NOON).amount == 10

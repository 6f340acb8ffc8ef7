"""Patterns give days, planned again without moving what people touched."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianxin.kernel.clock import LOCAL
from lianxin.kernel.outbox import run_pending
from lianxin.kernel.refused import Absent
from lianxin.notices.models import Notice
from lianxin.places.services import announce_year, set_calendar_day
from lianxin.reception.enums import BookingChannel, BookingState, DayState, HolidayRule
from lianxin.reception.models import Booking, Pattern, ReceptionDay, Slot
from lianxin.reception.rules.days import HoursWrong, NoRoomForVisitors, RuleUnknown, TimeTaken
from lianxin.reception.rules.permissions import NotYourVenue
from lianxin.reception.services import days as services
from lianxin.reception.services.patterns import (
    Terms,
    add_pattern,
    change_pattern,
    end_pattern,
)
from lianxin.reception.services.planning import plan_days, replan
from lianxin.reception.services.seats import seat_deputies
from lianxin.reception.tasks.days import plan_ahead
from lianxin.record.models import Entry
from lianxin.venues.models import ClosedDay
from tests import factories as f
from tests.reception import factories as make

pytestmark = pytest.mark.django_db
WEEKLY = "FREQ=WEEKLY;BYDAY=WE"
FIRST = date(2026, 11, 1)


@pytest.fixture
def world() -> f.World:
    return f.world()


def terms(rule: str = WEEKLY, **more) -> Terms:
    wanted = {"starts": time(9), "ends": time(11), "from_date": FIRST, **more}
    return Terms(rule=rule, **wanted)


def pattern(world, rule: str = WEEKLY, **more) -> Pattern:
    wanted = terms(rule, until_date=date(2026, 12, 31), **more)
    return add_pattern(venue_id=world.venue.pk, terms=wanted, by=world.clerk, at=f.MONDAY)[0]


def dates(**where) -> list[str]:
    days = ReceptionDay.objects.filter(**where).exclude(state=DayState.CANCELLED)
    return [f"{day.date:%m-%d}" for day in days.order_by("date")]


def book(day: ReceptionDay) -> Booking:
    slot = day.slots.first()
    Slot.objects.filter(pk=slot.pk).update(taken=1)
    return Booking.objects.create(
        day=day, slot=slot, seat=1, state=BookingState.BOOKED, channel=BookingChannel.WEB,
        code_digest=day.pk.bytes, consented_at=f.MONDAY, consent_version="1",
        booked_at=f.MONDAY, changed_at=f.MONDAY, division_code=day.division_code,
    )  # fmt: skip


def test_a_pattern_plans_its_days_with_times(world):
    row = pattern(world, place="101室", slot_minutes=30, slot_capacity=2)
    assert dates(pattern=row) == [
        "11-04", "11-11", "11-18", "11-25", "12-02", "12-09", "12-16", "12-23", "12-30",
    ]  # fmt: skip
    day = ReceptionDay.objects.get(date=date(2026, 11, 11))
    assert day.starts_at == datetime(2026, 11, 11, 9, tzinfo=LOCAL)
    assert (day.place, day.state, day.division_code) == ("101室", "planned", "530112005")
    assert [(slot.capacity, slot.free) for slot in day.slots.all()] == [(2, 2)] * 4
    actions = set(Entry.objects.values_list("action", flat=True))
    assert {"reception.pattern.add", "reception.days.plan"} <= actions


def test_only_the_venues_people_plan(world):
    for who in (world.other_clerk, world.deputy, world.supervisor):
        with pytest.raises(NotYourVenue):
            add_pattern(venue_id=world.venue.pk, terms=terms(), by=who, at=f.MONDAY)
        with pytest.raises(NotYourVenue):
            plan_days(venue_id=world.venue.pk, year=2026, by=who, at=f.MONDAY)


@pytest.mark.parametrize(
    ("error", "more"),
    [
        (RuleUnknown, {"rule": "FREQ=DAILY"}),
        (HoursWrong, {"starts": time(11), "ends": time(9)}),
        (NoRoomForVisitors, {"ends": time(9, 15), "slot_minutes": 20}),
    ],
)
def test_terms_must_make_sense(world, error, more):
    with pytest.raises(error):
        add_pattern(venue_id=world.venue.pk, terms=terms(**more), by=world.clerk, at=f.MONDAY)


def test_planning_twice_is_planning_once(world):
    pattern(world)
    before = list(ReceptionDay.objects.values().order_by("pk"))
    again = plan_days(venue_id=world.venue.pk, year=2026, by=world.clerk, at=f.MONDAY)
    assert not again
    assert list(ReceptionDay.objects.values().order_by("pk")) == before


def test_a_cancelled_day_is_not_planned_again(world):
    pattern(world)
    day = ReceptionDay.objects.get(date=date(2026, 11, 11))
    services.cancel_day(day_id=day.pk, reason="培训", by=world.clerk, at=f.MONDAY)
    plan_days(venue_id=world.venue.pk, year=2026, by=world.clerk, at=f.MONDAY)
    assert "11-11" not in dates()


def test_a_change_follows_only_where_nobody_touched(world):
    row = pattern(world)
    moved, booked, announced, seated = list(ReceptionDay.objects.order_by("date")[1:5])
    services.move_day(
        day_id=moved.pk, on=date(2026, 11, 12), starts=time(9), ends=time(11), reason="会议",
        by=world.clerk, at=f.MONDAY,
    )  # fmt: skip
    book(booked)
    services.announce_day(day_id=announced.pk, at=f.MONDAY)
    seat_deputies(
        day_id=seated.pk, deputy_ids=[world.deputy.deputy_id], by=world.clerk, at=f.MONDAY
    )
    wanted = terms("FREQ=WEEKLY;BYDAY=FR", until_date=date(2026, 12, 31))
    _row, done = change_pattern(pattern_id=row.pk, terms=wanted, by=world.clerk, at=f.MONDAY)
    assert {"11-12", "11-18", "11-25"} <= set(dates())
    assert {day.pk for day in done.kept} == {booked.pk, announced.pk}
    seated.refresh_from_db()
    assert seated.state == DayState.CANCELLED
    assert seated.note == "阵地的接待安排有变"
    assert not ReceptionDay.objects.filter(date=date(2026, 12, 9)).exists()
    assert ReceptionDay.objects.filter(date=date(2026, 12, 11)).exists()
    run_pending()
    told = Notice.objects.get(person=world.deputy.person_id, event_key__contains="cancel:")
    assert "取消" in told.text


def test_other_hours_cut_the_times_anew(world):
    row = pattern(world)
    wanted = terms(ends=time(10), slot_minutes=30, until_date=date(2026, 12, 31))
    change_pattern(pattern_id=row.pk, terms=wanted, by=world.clerk, at=f.MONDAY)
    day = ReceptionDay.objects.get(date=date(2026, 11, 11))
    assert [f"{slot.starts_at.astimezone(LOCAL):%H:%M}" for slot in day.slots.all()] == [
        "09:00",
        "09:30",
    ]
    recut = terms(ends=time(10), slot_minutes=30, slot_capacity=3, until_date=date(2026, 12, 31))
    change_pattern(pattern_id=row.pk, terms=recut, by=world.clerk, at=f.MONDAY)
    assert {slot.capacity for slot in day.slots.all()} == {3}


def test_an_ended_pattern_stops(world):
    row = pattern(world)
    with pytest.raises(NotYourVenue):
        end_pattern(pattern_id=row.pk, until=date(2026, 11, 20), by=world.other_clerk, at=f.MONDAY)
    end_pattern(pattern_id=row.pk, until=date(2026, 11, 20), by=world.clerk, at=f.MONDAY)
    assert dates() == ["11-04", "11-11", "11-18"]
    with pytest.raises(Absent):
        end_pattern(pattern_id=world.venue.pk, until=FIRST, by=world.clerk, at=f.MONDAY)


def test_a_venue_receives_once_at_a_time(world):
    pattern(world)
    again = terms(until_date=date(2026, 12, 31), place="二号会议室")
    add_pattern(venue_id=world.venue.pk, terms=again, by=world.clerk, at=f.MONDAY)
    assert dates().count("11-11") == 1
    with pytest.raises(TimeTaken):
        make.day(world.venue)


def test_days_of_the_next_year_follow_when_the_year_is_announced(world):
    wanted = terms("FREQ=WEEKLY;BYDAY=WE", from_date=date(2027, 1, 1))
    add_pattern(venue_id=world.venue.pk, terms=wanted, by=world.clerk, at=f.MONDAY)
    october = {"date__year": 2027, "date__month": 10}
    assert dates(**october) == ["10-06", "10-13", "10-20", "10-27"]
    year = {date(2027, 10, n): (False, "国庆节") for n in range(1, 8)}
    year |= {date(2027, 5, n): (False, "劳动节") for n in range(1, 6)}
    announce_year(year=2027, days=year, by=None, at=f.MONDAY)
    run_pending()
    assert dates(**october) == ["10-08", "10-13", "10-20", "10-27"]
    day = ReceptionDay.objects.get(date=date(2027, 10, 8))
    assert (day.note, day.origin_date) == ("因国庆节顺延", date(2027, 10, 6))
    assert day.sequence == 1


def test_a_day_off_does_not_move_what_is_announced_but_the_clerk_is_told(world):
    pattern(world)
    day = ReceptionDay.objects.get(date=date(2026, 11, 11))
    services.announce_day(day_id=day.pk, at=f.MONDAY)
    set_calendar_day(
        division_code="530112", date=day.date, is_working=False, name="火把节", by=None, at=f.MONDAY
    )
    run_pending()
    run_pending()
    day.refresh_from_db()
    assert day.date == date(2026, 11, 11)
    told = Notice.objects.get(person=world.clerk.person_id, event_key__contains="in-the-way")
    assert "火把节" in told.text
    # Elsewhere nothing happens.
    assert not Notice.objects.filter(person=world.other_clerk.person_id).exists()


def test_closed_days_move_the_days_when_the_venue_changes(world):
    pattern(world)
    ClosedDay.objects.create(
        venue=world.venue, division_code=world.venue.division_code,
        from_date=date(2026, 11, 16), until_date=date(2026, 11, 20), reason="装修",
    )  # fmt: skip
    done = replan(venue_id=world.venue.pk, since=FIRST, by=None, at=f.MONDAY)
    assert [day.date for day in done.changed] == [date(2026, 11, 23)]
    ClosedDay.objects.all().delete()
    replan(venue_id=world.venue.pk, since=FIRST, by=None, at=f.MONDAY)
    back = ReceptionDay.objects.get(date=date(2026, 11, 18))
    assert back.note == ""


def test_the_next_year_is_planned_by_itself_two_months_before(world):
    def planned(at: datetime) -> int:
        plan_ahead(at)
        return ReceptionDay.objects.filter(date__year=2028).count()

    wanted = terms(from_date=date(2027, 1, 1))
    add_pattern(venue_id=world.venue.pk, terms=wanted, by=world.clerk, at=f.MONDAY)
    ended = terms(from_date=date(2027, 1, 1), until_date=date(2027, 12, 31))
    add_pattern(venue_id=world.other_venue.pk, terms=ended, by=world.other_clerk, at=f.MONDAY)
    assert planned(datetime(2027, 10, 20, 4, tzinfo=LOCAL)) == 0
    assert planned(datetime(2027, 11, 10, 4, tzinfo=LOCAL)) == 52
    assert planned(datetime(2027, 11, 11, 4, tzinfo=LOCAL)) == 52
    assert not ReceptionDay.objects.filter(venue=world.other_venue, date__year=2028).exists()


def test_days_that_change_places_do_not_collide(world):
    """Wednesday's and Thursday's pattern swap their weekdays: each waits until the other has gone."""
    one = pattern(world, WEEKLY)
    other = pattern(world, "FREQ=WEEKLY;BYDAY=TH")
    wanted = terms("FREQ=WEEKLY;BYDAY=TH", until_date=date(2026, 12, 31))
    change_pattern(pattern_id=one.pk, terms=wanted, by=world.clerk, at=f.MONDAY)
    wanted = terms(WEEKLY, until_date=date(2026, 12, 31))
    change_pattern(pattern_id=other.pk, terms=wanted, by=world.clerk, at=f.MONDAY)
    plan_days(venue_id=world.venue.pk, year=2026, by=world.clerk, at=f.MONDAY)
    assert dates().count("11-11") == 1
    assert dates().count("11-12") == 1


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rules=st.lists(
        st.sampled_from(
            [
                WEEKLY, "FREQ=WEEKLY;BYDAY=SA", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
                "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "FREQ=MONTHLY;BYDAY=-1FR",
                "FREQ=MONTHLY;BYMONTHDAY=1,15",
            ]
        ),
        min_size=1, max_size=3,
    ),
    how=st.sampled_from(HolidayRule.values),
    off=st.sets(st.dates(date(2027, 1, 1), date(2027, 12, 31)), max_size=8),
)  # fmt: skip
def test_planning_is_idempotent_whatever_the_patterns(world, rules, how, off):
    ReceptionDay.objects.all().delete()
    Pattern.objects.all().delete()
    for day in off:
        set_calendar_day(
            division_code="", date=day, is_working=False, name="假", by=None, at=f.MONDAY
        )
    for number, rule in enumerate(rules):
        Pattern.objects.create(
            venue=world.venue, division_code="530112005", rule=rule, starts=time(9),
            ends=time(11), from_date=FIRST + timedelta(days=number), holiday_rule=how,
        )  # fmt: skip
    first = plan_days(venue_id=world.venue.pk, year=2027, by=None, at=f.MONDAY)
    kept = list(ReceptionDay.objects.values("pk", "date", "origin_date", "sequence").order_by("pk"))
    again = plan_days(venue_id=world.venue.pk, year=2027, by=None, at=f.MONDAY)
    assert not again
    assert len(first.made) == len(kept)
    now_there = ReceptionDay.objects.values("pk", "date", "origin_date", "sequence")
    assert list(now_there.order_by("pk")) == kept
    if how != HolidayRule.KEEP:
        assert not off & set(ReceptionDay.objects.values_list("date", flat=True))

"""A reception day: moved, cancelled, changed, announced by itself; who is told."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from lianxin.kernel.clock import LOCAL
from lianxin.kernel.outbox import run_pending
from lianxin.notices.models import Notice
from lianxin.places.services import set_calendar_day
from lianxin.reception.enums import DayState
from lianxin.reception.models import ReceptionDay, RotaSetting
from lianxin.reception.rules.days import (
    BookedBeyond,
    DayBegun,
    HoursWrong,
    ReasonMissing,
    TimePassed,
    TimeTaken,
)
from lianxin.reception.rules.permissions import NotYourVenue
from lianxin.reception.services import days as services
from lianxin.reception.services.seats import seat_deputies
from lianxin.reception.tasks import days as tasks
from lianxin.record.models import Entry
from tests import factories as f
from tests.reception import factories as make
from tests.reception.test_days_planning import book

pytestmark = pytest.mark.django_db


def moment(day: int, hour: int = 10) -> datetime:
    """An hour of a day of November 2026 in Shanghai."""
    return datetime(2026, 11, day, hour, tzinfo=LOCAL)


@pytest.fixture
def world() -> f.World:
    return f.world()


@pytest.fixture
def day(world) -> ReceptionDay:
    made = make.day(world.venue, deputies=(world.deputy, world.second_deputy))
    run_pending()
    return ReceptionDay.objects.get(pk=made.pk)


def move(day, world, **more) -> ReceptionDay:
    wanted = {
        "on": date(2026, 11, 12), "starts": time(14), "ends": time(16), "reason": "会议室有会",
        "by": world.clerk, "at": f.MONDAY, **more,
    }  # fmt: skip
    return services.move_day(day_id=day.pk, **wanted)


def hours_of(day: ReceptionDay) -> list[str]:
    return [f"{slot.starts_at.astimezone(LOCAL):%d %H:%M}" for slot in day.slots.all()]


def told(who) -> list[str]:
    run_pending()
    ours = r"^reception:(announce|move|cancel|change|unseated|in-the-way):"
    notices = Notice.objects.filter(person=who.person_id, event_key__regex=ours).order_by("pk")
    return [notice.text for notice in notices]


def test_a_moved_day_takes_its_times_and_bookings_along(day, world):
    booking = book(day)
    moved = move(day, world)
    assert (moved.date, moved.origin_date) == (date(2026, 11, 12), make.WEDNESDAY)
    assert (moved.sequence, moved.note) == (day.sequence + 1, "会议室有会")
    assert hours_of(day)[:2] == ["12 14:00", "12 14:20"]
    booking.refresh_from_db()
    assert booking.slot.starts_at == datetime(2026, 11, 12, 14, tzinfo=LOCAL)
    entry = Entry.objects.get(action="reception.day.move")
    assert entry.actor_id == world.clerk.person_id
    assert "会议室" not in str(entry.data)


@pytest.mark.parametrize("step", [timedelta(minutes=20), timedelta(minutes=-20)])
def test_times_may_be_shifted_onto_each_other(day, world, step):
    begin = (datetime.combine(day.date, time(9)) + step).time()
    end = (datetime.combine(day.date, time(11)) + step).time()
    move(day, world, on=day.date, starts=begin, ends=end)
    assert len(hours_of(day)) == 6


def test_shorter_hours_cut_times_off_and_longer_ones_add_some(day, world):
    move(day, world, starts=time(14), ends=time(15))
    assert hours_of(day) == ["12 14:00", "12 14:20", "12 14:40"]
    move(day, world, starts=time(14), ends=time(15, 30))
    assert hours_of(day)[-1] == "12 15:00"


def test_a_booked_time_is_not_cut_off(day, world):
    booking = book(day)
    late = day.slots.last()
    type(booking).objects.filter(pk=booking.pk).update(slot=late)
    with pytest.raises(BookedBeyond, match="有 1 位群众"):
        move(day, world, ends=time(15))
    day.refresh_from_db()
    assert day.date == make.WEDNESDAY


@pytest.mark.parametrize(
    ("error", "more"),
    [
        (ReasonMissing, {"reason": "  "}),
        (HoursWrong, {"ends": time(13)}),
        (TimePassed, {"on": date(2026, 10, 30)}),
        (TimeTaken, {"on": date(2026, 11, 18), "starts": time(9), "ends": time(11)}),
    ],
)
def test_what_makes_no_sense_is_refused(day, world, error, more):
    make.day(world.venue, on=date(2026, 11, 18))
    with pytest.raises(error):
        move(day, world, **more)


def test_strangers_change_nothing(day, world):
    for who in (world.other_clerk, world.deputy, world.handler):
        with pytest.raises(NotYourVenue):
            move(day, world, by=who)
        with pytest.raises(NotYourVenue):
            services.cancel_day(day_id=day.pk, reason="x", by=who, at=f.MONDAY)


def test_a_day_that_has_begun_stays(day, world):
    ReceptionDay.objects.filter(pk=day.pk).update(state=DayState.OPEN)
    with pytest.raises(DayBegun):
        move(day, world)
    with pytest.raises(DayBegun):
        services.cancel_day(day_id=day.pk, reason="x", by=world.clerk, at=f.MONDAY)


def test_a_change_that_changes_nothing_is_none(day, world):
    same = {"place": day.place, "topic": "", "language": "", "words": ""}
    services.change_day(day_id=day.pk, **same, by=world.clerk, at=f.MONDAY)
    assert not Entry.objects.filter(action="reception.day.change").exists()
    changed = services.change_day(
        day_id=day.pk, **(same | {"place": "202室"}), by=world.clerk, at=f.MONDAY
    )
    assert (changed.place, changed.sequence, changed.is_fixed) == ("202室", day.sequence + 1, True)


def test_a_person_cannot_enter_a_day_that_is_past(world):
    with pytest.raises(TimePassed):
        services.add_day(
            venue_id=world.venue.pk, on=date(2026, 10, 28), starts=time(9), ends=time(11),
            by=world.clerk, at=f.MONDAY,
        )  # fmt: skip


# --- announcing -----------------------------------------------------------------------------


def announced(at: datetime) -> bool:
    tasks.announce_due(at)
    return ReceptionDay.objects.filter(state=DayState.ANNOUNCED).exists()


def test_a_day_is_announced_once_in_time_and_during_service(day, world):
    """Wednesday 11: three days before is Sunday, so on Friday 6, when somebody is at the desk."""
    assert not announced(moment(5, 16))
    assert not announced(moment(6, 8))
    assert announced(moment(6, 9))
    day.refresh_from_db()
    assert day.announced_at == moment(6, 9)
    for hour in (10, 11, 14):
        tasks.announce_due(moment(6, hour))
    assert Entry.objects.filter(action="reception.day.announce").count() == 1
    for who in (world.deputy, world.second_deputy):
        assert told(who) == ["请您接待群众：11月11日 周三 9:00—11:00，前卫街道代表工作站"]


def test_the_venue_may_want_more_days(day, world):
    RotaSetting.objects.create(venue=world.venue, division_code="530112005", notice_days=7)
    assert not announced(moment(3))
    assert announced(moment(4))


def test_a_long_holiday_does_not_make_a_notice_late(world):
    make.day(world.venue, on=date(2026, 11, 18))
    for number in range(9, 18):
        set_calendar_day(
            division_code="", date=date(2026, 11, number), is_working=False, name="x",
            by=None, at=f.MONDAY,
        )  # fmt: skip
    assert not announced(moment(5))
    assert announced(moment(6))


def test_a_day_entered_late_is_announced_at_once_and_one_that_has_begun_never(world):
    make.day(world.venue, on=date(2026, 11, 3), starts=time(15), ends=time(16))
    make.day(world.other_venue, on=date(2026, 11, 2), starts=time(9), ends=time(16))
    assert announced(moment(2))
    assert ReceptionDay.objects.filter(state=DayState.ANNOUNCED).count() == 1


def test_a_cancelled_day_is_not_announced(day, world):
    services.cancel_day(day_id=day.pk, reason="x", by=world.clerk, at=f.MONDAY)
    assert not announced(moment(6))


def test_an_announced_day_that_moves_or_falls_away_is_said_again(day, world):
    tasks.announce_due(moment(6))
    told(world.deputy)
    move(day, world, at=moment(6, 15))
    told(world.deputy)
    services.cancel_day(day_id=day.pk, reason="暴雨", by=world.clerk, at=moment(9))
    said = told(world.deputy)
    assert said[1:] == [
        "您的接待日改到 11月12日 周四 14:00—16:00，前卫街道代表工作站：会议室有会",
        "您 11月12日 周四 14:00—16:00 在前卫街道代表工作站的接待取消：暴雨",
    ]


def test_the_clerk_learns_a_week_ahead_that_nobody_sits(world):
    make.day(world.venue, deputies=(world.deputy,))
    make.day(world.venue, on=date(2026, 11, 13))
    make.day(world.other_venue, on=date(2026, 11, 25))
    tasks.warn_unseated(moment(5))
    assert told(world.clerk) == []
    tasks.warn_unseated(moment(6, 8))
    tasks.warn_unseated(moment(7, 8))
    [said] = told(world.clerk)
    assert "11月13日 周五 9:00—11:00" in said
    assert "还没有安排代表" in said
    assert not Notice.objects.filter(person=world.other_clerk.person_id).exists()


def test_calendars_hear_of_other_deputies(day, world):
    before = ReceptionDay.objects.get(pk=day.pk).sequence
    ids = [world.second_deputy.deputy_id]
    seat_deputies(day_id=day.pk, deputy_ids=ids, by=world.clerk, at=moment(3))
    run_pending()
    day.refresh_from_db()
    assert (day.sequence, day.changed_at) == (before + 1, moment(3))


@pytest.mark.parametrize("count", [1, 30])
def test_the_jobs_cost_the_same_for_one_and_thirty(world, count, django_assert_num_queries):
    for number in range(count):
        make.day(world.venue, on=date(2026, 12, 1) + timedelta(days=number))
    with django_assert_num_queries(5):
        tasks.announce_due(moment(6))
    with django_assert_num_queries(1):
        tasks.warn_unseated(moment(6))

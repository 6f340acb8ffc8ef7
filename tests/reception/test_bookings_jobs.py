"""What time alone brings about: reminders, seats lost, waiting lists at an end; what a day does to them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from lianxin.kernel import outbox, scheduler
from lianxin.kernel.clock import LOCAL
from lianxin.places.queries import WorkCalendar
from lianxin.reception.enums import BookingState
from lianxin.reception.models import Booking
from lianxin.reception.rules import bookings as rules
from lianxin.reception.services import booking_moves as moves
from lianxin.reception.services.days import cancel_day, move_day
from lianxin.reception.tasks import bookings as tasks
from tests import factories as f
from tests.reception import factories
from tests.reception.bookings_world import booked, messages, slot

AT = f.MONDAY
CALENDAR = WorkCalendar.default()


def shanghai(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=LOCAL)


@pytest.fixture
def world(db):
    return f.world()


@pytest.fixture
def day(world):
    """Wednesday 11 November, 9 to 11."""
    return factories.day(world.venue)


def tick(at):
    """A minute of the scheduler, and the outbox after it."""
    tasks.watch_bookings(at)
    outbox.run_pending()


def state(booking):
    booking.refresh_from_db()
    return booking.state


@pytest.mark.parametrize(
    ("starts", "booked_at", "until"),
    [
        (shanghai(11, 9), shanghai(2, 10), shanghai(10, 18)),
        (shanghai(11, 9), shanghai(8, 8, 59), shanghai(10, 18)),
        (shanghai(11, 9), shanghai(8, 9), None),  # exactly three days: near enough
        (shanghai(9, 9), shanghai(2, 10), shanghai(8, 18)),  # a Monday
        # National Day: asked on 30 September, so whoever booked in the holidays owes nothing.
        (datetime(2026, 10, 8, 9, tzinfo=LOCAL), datetime(2026, 10, 3, 9, tzinfo=LOCAL), None),
    ],
)
def test_until_when_one_confirms(starts, booked_at, until):
    assert rules.confirm_by(starts, booked_at=booked_at, calendar=CALENDAR) == until


@pytest.mark.parametrize(
    ("starts", "asks", "reminds"),
    [
        (shanghai(11, 9), date(2026, 11, 9), date(2026, 11, 10)),
        (shanghai(9, 14), date(2026, 11, 6), date(2026, 11, 8)),  # a Monday: Friday, Sunday
        (shanghai(10, 14), date(2026, 11, 6), date(2026, 11, 9)),  # a Tuesday: Friday, Monday
    ],
)
def test_when_one_is_written_to(starts, asks, reminds):
    asked, reminded = rules.asks_at(starts, CALENDAR), rules.reminds_at(starts, CALENDAR)
    assert (asked.date(), reminded.date()) == (asks, reminds)
    assert CALENDAR.is_service_time(asked)
    assert not rules.is_night(reminded, CALENDAR)


@pytest.mark.parametrize(
    ("before", "until"),
    [
        (timedelta(days=3), timedelta(hours=24)),
        (timedelta(hours=15), timedelta(hours=13)),
        (timedelta(hours=4), timedelta(hours=2)),
        (timedelta(hours=3), None),
    ],
)
def test_until_when_somebody_seated_confirms(before, until):
    starts = shanghai(11, 9)
    at = starts - before
    assert rules.seated_confirm_by(starts, at=at) == (at + until if until else None)


def test_asked_two_days_before_and_lost_the_evening_before(day):
    first = slot(day)
    booking = booked(first)
    waiting = booked(first, wait=True, at=AT + timedelta(minutes=1))
    outbox.run_pending()
    told = len(messages())
    tick(shanghai(9, 8))
    assert len(messages()) == told
    tick(shanghai(9, 9, 1))
    assert "{secret}" in messages()[-1]
    assert "11月10日" in messages()[-1]
    tick(shanghai(9, 9, 2))
    assert len(messages()) == told + 1
    tick(shanghai(10, 17, 59))
    assert state(booking) == BookingState.BOOKED
    tick(shanghai(10, 18))
    assert (state(booking), state(waiting)) == (BookingState.LOST, BookingState.BOOKED)
    assert waiting.confirm_by == shanghai(11, 7)
    assert len(messages()) == told + 3
    tick(shanghai(10, 18, 1))
    assert len(messages()) == told + 3


def test_confirmed_is_kept_and_reminded_the_day_before(day):
    booking = booked(slot(day))
    outbox.run_pending()
    tick(shanghai(9, 9, 1))
    moves.confirm(booking_id=booking.pk, by=None, at=shanghai(9, 12))
    told = len(messages())
    for minute in range(3):
        tick(shanghai(10, 9, minute))
    assert len(messages()) == told + 1
    tick(shanghai(10, 18))
    assert state(booking) == BookingState.CONFIRMED
    assert booking.remind_at is None


def test_booked_shortly_before_is_reminded_and_never_lost(day):
    booking = booked(slot(day), at=shanghai(9, 12))
    outbox.run_pending()
    told = len(messages())
    assert booking.confirm_by is None
    tick(shanghai(10, 9))
    tick(shanghai(11, 8))
    assert len(messages()) == told + 1
    assert state(booking) == BookingState.BOOKED


def test_a_reminder_that_was_missed_does_not_come_at_night(day):
    booking = booked(slot(day))
    outbox.run_pending()
    told = len(messages())
    tick(shanghai(9, 23))
    assert len(messages()) == told
    tick(shanghai(10, 9))
    assert len(messages()) == told + 1
    assert state(booking) == BookingState.BOOKED


def test_the_waiting_list_ends_when_the_time_begins(day):
    first = slot(day)
    moves.confirm(booking_id=booked(first).pk, by=None, at=AT)
    waiting = booked(first, wait=True)
    outbox.run_pending()
    told = len(messages())
    tick(first.starts_at - timedelta(seconds=1))
    assert state(waiting) == BookingState.WAITING
    tick(first.starts_at)
    tick(first.starts_at + timedelta(minutes=1))
    assert state(waiting) == BookingState.LOST
    assert sum("候补" in text for text in messages()[told:]) == 1


def test_nobody_loses_a_time_that_has_begun(day):
    """Nothing ran since the evening before: who stands at the door is not sent away."""
    booking = booked(slot(day))
    tick(booking.slot.starts_at)
    assert state(booking) == BookingState.BOOKED


def test_a_cancelled_day_cancels_its_bookings_and_says_why(day, world):
    bookings = [booked(slot(day, n)) for n in range(3)]
    bookings.append(booked(slot(day), wait=True))
    outbox.run_pending()
    told = len(messages())
    cancel_day(day_id=day.pk, reason="停电检修", by=world.clerk, at=shanghai(4, 9))
    outbox.run_pending()
    assert {state(one) for one in bookings} == {BookingState.CANCELLED}
    assert {one.reason for one in bookings} == {"停电检修"}
    assert len(messages()) == told + 4
    assert not slot(day).taken


def test_a_moved_day_keeps_its_bookings_and_asks_again(day, world):
    first = slot(day)
    booking, waiting = booked(first), booked(first, wait=True)
    moves.confirm(booking_id=booking.pk, by=None, at=AT)
    outbox.run_pending()
    told = len(messages())
    move_day(
        day_id=day.pk,
        on=date(2026, 11, 18),
        starts=time(14),
        ends=time(16),
        reason="代表参加会议",
        by=world.clerk,
        at=shanghai(4, 9),
    )
    outbox.run_pending()
    assert (state(booking), state(waiting)) == (BookingState.BOOKED, BookingState.WAITING)
    assert (booking.seat, booking.confirm_by) == (1, shanghai(17, 18))
    assert booking.remind_at == shanghai(16, 9)
    assert all("11月18日" in text for text in messages()[told:])
    assert len(messages()) == told + 2
    tick(shanghai(10, 18))
    assert state(booking) == BookingState.BOOKED


def test_the_job_runs_once_a_minute_and_each_effect_once(day):
    """The real scheduler at a fixed time: the same slot is never run twice."""
    booked(slot(day))
    booked(slot(day, 1))
    outbox.run_pending()
    told = len(messages())
    with time_machine.travel(shanghai(9, 9, 1).astimezone(UTC), tick=False):
        scheduler.tick()
        scheduler.tick()
        outbox.run_pending()
        outbox.run_pending()
    assert len(messages()) == told + 2
    assert Booking.objects.filter(reminded_at__isnull=False).count() == 2

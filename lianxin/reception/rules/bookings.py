"""Pure rules of bookings: when one confirms, when one is reminded, what can still be booked.

All numbers are the project's own defaults, no rule of law. Times are Shanghai's.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils.translation import gettext_lazy as _

from lianxin.kernel.clock import LOCAL, local_date
from lianxin.kernel.refused import Refused
from lianxin.places.queries import WorkCalendar
from lianxin.reception.enums import COMING, BookingState, DayState
from lianxin.reception.models import ReceptionDay, Slot

#: Booked earlier than this before the time: to be confirmed, or it goes to somebody else.
CONFIRM_AHEAD = timedelta(days=3)
#: The confirmation is asked for this many days before, and must be there the evening before.
ASK_DAYS = 2
CONFIRM_UNTIL = time(18)
#: Somebody seated from the waiting list has so long to say yes, but until so long before the time.
SEATED_HOURS = timedelta(hours=24)
SEATED_MARGIN = timedelta(hours=2)
#: Beyond this nobody has a fair chance, and the list only disappoints.
MOST_WAITING = 20
MOST_PERSONS = 5
#: Whoever stayed away so often within so many days books by telephone.
NO_SHOWS, NO_SHOW_DAYS = 3, 180

#: On a day that goes on already one draws a number in the room.
BOOKABLE_DAYS = frozenset({DayState.PLANNED, DayState.ANNOUNCED})


class TimeOver(Refused):
    message = _("This time is over. Please choose another one.")
    code = "time_over"


class DayOff(Refused):
    message = _("The reception on this day was cancelled. Please choose another day.")
    code = "day_cancelled"


class ByPhoneOnly(Refused):
    message = _(
        "Several booked times were not kept with this phone number. "
        "Please call the venue; it books for you."
    )
    code = "by_phone_only"


def is_bookable(day: ReceptionDay, slot: Slot, at: datetime) -> bool:
    """The day takes place and the time has not begun."""
    return day.state in BOOKABLE_DAYS and slot.starts_at > at


def is_ahead(day: ReceptionDay, slot: Slot, at: datetime) -> bool:
    """A booking of this time can still be confirmed, moved, cancelled, or follow from the list."""
    return day.state in COMING and slot.starts_at > at


def check_ahead(day: ReceptionDay, slot: Slot, at: datetime) -> None:
    """Raises DayOff or TimeOver."""
    if day.state == DayState.CANCELLED:
        raise DayOff
    if not is_ahead(day, slot, at):
        raise TimeOver


def check_bookable(day: ReceptionDay, slot: Slot, at: datetime) -> None:
    """Raises DayOff or TimeOver."""
    if day.state == DayState.CANCELLED:
        raise DayOff
    if not is_bookable(day, slot, at):
        raise TimeOver


def asks_at(starts_at: datetime, calendar: WorkCalendar) -> datetime:
    """When the confirmation is asked for: the opening of the last working day that is at least two
    days before, so that the venue's telephone is answered when the message arrives.
    """
    day = local_date(starts_at) - timedelta(days=ASK_DAYS)
    while not calendar.is_working_day(day):
        day -= timedelta(days=1)
    return calendar.opening(day)


def reminds_at(starts_at: datetime, calendar: WorkCalendar) -> datetime:
    """When somebody is reminded who has nothing to do: the day before at the opening hour, also
    on a day off, or a reminder of Monday would come on Friday.
    """
    return calendar.opening(local_date(starts_at) - timedelta(days=1))


def confirm_by(
    starts_at: datetime, *, booked_at: datetime, calendar: WorkCalendar
) -> datetime | None:
    """Until when a booking must be confirmed: 18:00 of the day before. None where it was made
    within three days before, or after the moment in which one would be asked.
    """
    if starts_at - booked_at <= CONFIRM_AHEAD or booked_at >= asks_at(starts_at, calendar):
        return None
    return datetime.combine(local_date(starts_at) - timedelta(days=1), CONFIRM_UNTIL, LOCAL)


def seated_confirm_by(starts_at: datetime, *, at: datetime) -> datetime | None:
    """Until when somebody seated from the waiting list says yes: within 24 hours, and two hours
    before the time. None where that is less than two hours away: then the seat is simply theirs.
    """
    until = min(at + SEATED_HOURS, starts_at - SEATED_MARGIN)
    return until if until - at >= SEATED_MARGIN else None


def next_reminder(
    *, state: str, owes: bool, starts_at: datetime, after: datetime, calendar: WorkCalendar
) -> datetime | None:
    """When the resident is written to next, strictly after `after`; None where nothing is left.

    `owes`: a confirmation of the evening before is still outstanding.
    """
    if state not in (BookingState.BOOKED, BookingState.CONFIRMED):
        return None
    moments = [reminds_at(starts_at, calendar)]
    if owes:
        moments = [asks_at(starts_at, calendar)]
    return next((moment for moment in moments if after < moment < starts_at), None)


def is_night(at: datetime, calendar: WorkCalendar) -> bool:
    """Whether a reminder would arrive outside the hours of the day; days off have hours, too."""
    day = local_date(at)
    return not calendar.opening(day) <= at < calendar.closing(day)

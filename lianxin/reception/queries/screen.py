"""What a screen in a venue shows: nothing that is not public, but for the code for checking in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, QuerySet

from lianxin.cases.models import Publication
from lianxin.cases.queries.cases import published
from lianxin.congress.models import Actor
from lianxin.kernel.clock import local, local_date
from lianxin.reception.enums import DayState, ShiftState, TicketState
from lianxin.reception.models import ReceptionDay, Screen, Shift
from lianxin.reception.queries.own import own_venues
from lianxin.reception.queries.waiting import waiting_of
from lianxin.reception.rules import checkin
from lianxin.reception.rules.room import in_order
from lianxin.reception.rules.screens import digest_of

#: How many numbers are shown large, how many of those that wait, how many days to come.
MOST_CALLED, MOST_WAITING, MOST_DAYS = 2, 8, 3
#: Results among which the screen goes round, and for how long it stays at one.
MOST_RESULTS, RESULT_STAYS = 12, timedelta(seconds=30)
#: A day that ended stays on the screen for so long.
LINGERS = timedelta(minutes=30)
#: At night a screen is dim: from, until (hours in Shanghai).
NIGHT = (21, 7)


@dataclass(frozen=True, slots=True)
class DayCard:
    """A reception day as the screen shows it."""

    day: ReceptionDay
    names: tuple[str, ...]
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class ScreenState:
    """One look at the venue. `day` is the day going on, else the next one of today."""

    screen: Screen
    at: datetime
    today: DayCard | None
    is_open: bool
    called: tuple[int, ...]
    waiting: tuple[int, ...]
    waiting_count: int
    coming: tuple[DayCard, ...]
    result: Publication | None
    code: checkin.Code | None

    @property
    def is_over(self) -> bool:
        """Today's day has ended, and lingers a little."""
        return self.today is not None and (
            self.today.day.state in (DayState.ENDED, DayState.SIGNED)
            or (self.today.day.ends_at <= self.at and not self.is_open)
        )

    @property
    def next(self) -> DayCard | None:
        """The nearest day to come that is held."""
        return next((one for one in self.coming if not one.is_cancelled), None)

    @property
    def shown(self) -> DayCard | None:
        """The day of whose deputies the large part speaks."""
        return (self.today if not self.is_over else None) or (None if self.today else self.next)

    @property
    def later(self) -> tuple[DayCard, ...]:
        """The list of days to come, without the one shown large."""
        return tuple(one for one in self.coming if one is not self.shown)

    @property
    def is_night(self) -> bool:
        """Dark outside, and nobody is being received."""
        return not (self.is_open or NIGHT[1] <= local(self.at).hour < NIGHT[0])


def screen_by_token(token: str) -> Screen | None:
    """The screen behind a secret address, while it hangs. One query; none for what is no token."""
    digest = digest_of(token)
    if digest is None:
        return None
    rows = Screen.objects.select_related("venue").filter(token_digest=digest, is_active=True)
    return rows.first()


def state_of(screen: Screen, at: datetime) -> ScreenState:
    """Everything on the screen. Four queries at most, whatever the number of people."""
    cards = _cards(screen, at)
    today = next((one for one in cards if local_date(one.day.starts_at) == local_date(at)), None)
    is_open = today is not None and today.day.state == DayState.OPEN
    called, waiting = _numbers(today.day, at) if today and is_open else ((), ())
    coming = tuple(one for one in cards if one is not today)[:MOST_DAYS]
    shows_code = today is not None and checkin.is_open(today.day, at)
    return ScreenState(
        screen=screen,
        at=at,
        today=today,
        is_open=is_open,
        called=called[:MOST_CALLED],
        waiting=waiting[:MOST_WAITING],
        waiting_count=len(waiting),
        coming=coming,
        result=_result(screen, at),
        code=checkin.code_for(today.day.pk, screen.pk, at) if today and shows_code else None,
    )


def _cards(screen: Screen, at: datetime) -> list[DayCard]:
    """Days from now on, the one going on first. Two queries."""
    sitting = (ShiftState.EXPECTED, ShiftState.PRESENT)
    shifts = Shift.objects.filter(state__in=sitting).select_related("deputy__person")
    rows = (
        ReceptionDay.objects.filter(venue=screen.venue_id, ends_at__gt=at - LINGERS)
        .prefetch_related(Prefetch("shifts", shifts.order_by("seat"), to_attr="sitting"))
        .order_by("starts_at", "id")[: MOST_DAYS + 2]
    )
    found = [
        DayCard(
            day=day,
            names=tuple(one.deputy.name for one in day.sitting),
            is_cancelled=day.state == DayState.CANCELLED,
        )
        for day in rows
    ]
    return sorted(found, key=lambda one: one.day.state != DayState.OPEN)


def _numbers(day: ReceptionDay, at: datetime) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Numbers called, the latest first, and numbers waiting in the order of calling. One query."""
    states = (TicketState.CALLED, TicketState.WAITING)
    rows = list(day.tickets.filter(state__in=states).select_related("booking__slot"))
    called = [one for one in rows if one.state == TicketState.CALLED]
    called.sort(key=lambda one: one.called_at or at, reverse=True)
    number = {one.pk: one.number for one in rows}
    order = in_order(waiting_of(one for one in rows if one.state == TicketState.WAITING), at)
    return tuple(one.number for one in called), tuple(number[one.ticket_id] for one in order)


def _result(screen: Screen, at: datetime) -> Publication | None:
    """One of the latest published results of the venue, another every half minute. One query."""
    rows = published().filter(venue=screen.venue_id).select_related("category")
    found = list(rows.order_by("-published_at", "-id")[:MOST_RESULTS])
    return (
        found[int(at.timestamp() // RESULT_STAYS.total_seconds()) % len(found)] if found else None
    )


def screens_of(actor: Actor) -> QuerySet[Screen]:
    """The screens of the venues that the actor runs, by venue and name."""
    return (
        Screen.objects.filter(venue__in=own_venues(actor), is_active=True)
        .select_related("venue")
        .order_by("venue__name", "name", "id")
    )


def is_alive(screen: Screen, at: datetime) -> bool:
    """Whether the screen asked for its page within the last five minutes."""
    return screen.seen_at is not None and screen.seen_at > at - timedelta(minutes=5)

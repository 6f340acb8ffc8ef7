"""Swaps: who may ask, answer and confirm; until when; and whether a deputy can take a seat at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.congress.models import Actor
from lianxin.kernel.moves import possible
from lianxin.kernel.refused import Refused
from lianxin.reception.enums import COMING, SHIFT_MOVES, SWAP_MOVES, DayState, ShiftState, SwapState
from lianxin.reception.models import ReceptionDay, Shift, Swap
from lianxin.reception.rules.permissions import NotYourSeat, ReceptionRefused, may_plan
from lianxin.venues.models import Venue
from lianxin.web.dates import cn_day, short_weekday

#: A swap is agreed at the latest one day before the nearest of its turns: residents read the names.
CLOSES = timedelta(days=1)
OPEN = (SwapState.ASKED, SwapState.AGREED)


class SwapTooLate(ReceptionRefused):
    message = gettext_lazy(
        "It is too late to swap this turn. Please call the venue, so that somebody takes your seat."
    )
    code = "swap_too_late"


class SeatGone(Refused):
    message = gettext_lazy(
        "This seat cannot change hands any more: somebody else took it meanwhile, or the day is over."
    )
    code = "seat_gone"


class AlreadyAsked(Refused):
    message = gettext_lazy("Somebody is asked for this turn already. Withdraw that request first.")
    code = "already_asked"


class SwapUnfit(ReceptionRefused):
    """The sentence says what stands against it."""

    code = "swap_unfit"


class SwapOver(Refused):
    """Somebody was faster; the sentence says what happened meanwhile."""

    code = "swap_over"
    hint = gettext_lazy("Your turns below are as they are now.")


#: What is said to whoever comes second.
OVER: dict[str, Any] = {
    SwapState.ASKED: gettext_lazy("The other deputy has not answered yet."),
    SwapState.AGREED: gettext_lazy("The other deputy has agreed already; the venue confirms."),
    SwapState.DONE: gettext_lazy("This swap was made meanwhile."),
    SwapState.REFUSED: gettext_lazy("This request was refused meanwhile."),
    SwapState.WITHDRAWN: gettext_lazy("This request was withdrawn meanwhile."),
    SwapState.LAPSED: gettext_lazy("This request has lapsed: nobody answered in time."),
}


def may_ask(by: Actor | None, shift: Shift, venue: Venue) -> bool:
    """The deputy whose turn it is, or whoever plans the venue's rota."""
    own = by is not None and by.deputy_id is not None and by.deputy_id == shift.deputy_id
    return own or may_plan(by, venue)


def check_may_ask(by: Actor | None, shift: Shift, venue: Venue) -> None:
    if not may_ask(by, shift, venue):
        raise NotYourSeat


def may_answer(by: Actor | None, swap: Swap) -> bool:
    """The deputy who was asked, and nobody for them."""
    return by is not None and by.deputy_id is not None and by.deputy_id == swap.other_deputy_id


def check_may_answer(by: Actor | None, swap: Swap) -> None:
    if not may_answer(by, swap):
        raise NotYourSeat


def may_withdraw(by: Actor | None, swap: Swap, venue: Venue) -> bool:
    """The deputy in whose name it was asked, or whoever plans the venue's rota."""
    own = by is not None and by.deputy_id is not None and by.deputy_id == swap.deputy_id
    return own or may_plan(by, venue)


def check_may_withdraw(by: Actor | None, swap: Swap, venue: Venue) -> None:
    if not may_withdraw(by, swap, venue):
        raise NotYourSeat


def check_still(swap: Swap, action: str) -> None:
    """Raises SwapOver with what happened meanwhile."""
    if not possible(SWAP_MOVES, swap.state, action):
        raise SwapOver(OVER[swap.state])


def closes_at(*days: ReceptionDay) -> datetime:
    """Until when a swap of these days can be agreed to: one day before the nearest begins."""
    return min(day.starts_at for day in days) - CLOSES


def check_in_time(at: datetime, *days: ReceptionDay) -> None:
    if at >= closes_at(*days):
        raise SwapTooLate


def can_swap(shift: Shift, day: ReceptionDay) -> bool:
    """A seat still to come, on a day that has not begun."""
    return shift.state == ShiftState.EXPECTED and day.state in (
        DayState.PLANNED,
        DayState.ANNOUNCED,
    )


def check_can_swap(shift: Shift, day: ReceptionDay) -> None:
    if not can_swap(shift, day):
        raise SeatGone


def can_hand_over(shift: Shift, day: ReceptionDay) -> bool:
    """What a clerk may give to a substitute: an open seat, until the day has ended."""
    return day.state in COMING and possible(SHIFT_MOVES, shift.state, "replace")


def check_can_hand_over(shift: Shift, day: ReceptionDay) -> None:
    if not can_hand_over(shift, day):
        raise SeatGone


@dataclass(frozen=True, slots=True)
class DayFact:
    """A day as far as its seats matter: `seats` maps deputies to their shifts."""

    id: UUID
    date: date
    starts_at: datetime
    language: str
    seats: Mapping[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides whether a seat can change hands. `days` are the venue's, in order; `busy` maps a
    deputy to (date, day) of seats at whatever venue; `away` to first and last days.
    """

    days: tuple[DayFact, ...]
    gap: int
    members: Collection[UUID]
    busy: Mapping[UUID, Collection[tuple[date, UUID]]]
    away: Mapping[UUID, Collection[tuple[date, date]]]
    languages: Mapping[UUID, Collection[str]]
    weekdays_off: Mapping[UUID, Collection[int]] = field(default_factory=dict)

    def day(self, day_id: UUID) -> DayFact | None:
        return next((day for day in self.days if day.id == day_id), None)

    def is_away(self, deputy_id: UUID, on: date) -> bool:
        return any(first <= on <= last for first, last in self.away.get(deputy_id, ()))


def hindrance(
    facts: Facts, day: DayFact, *, giver: UUID, taker: UUID, gives_up: UUID | None = None
) -> str:
    """Why the taker cannot have the giver's seat, or an empty string. `gives_up`: the day whose
    seat the taker gives in return.
    """
    if taker not in facts.members:
        return _("Does not take part in the rota of this venue on this day.")
    if taker in day.seats:
        return _("Is on the rota of this day already.")
    if facts.is_away(taker, day.date):
        return _("Is away on this day.")
    if any(on == day.date and where != gives_up for on, where in facts.busy.get(taker, ())):
        return _("Has another turn on this day.")
    left = (set(day.seats) - {giver}) | {taker}
    if _speaks(facts, day, day.seats) and not _speaks(facts, day, left):
        return _("Then nobody on this day would speak the language it was announced with.")
    return ""


def _speaks(facts: Facts, day: DayFact, deputies: Collection[UUID]) -> bool:
    """Whether somebody speaks what the day asks for; True where it asks for nothing."""
    return not day.language or any(day.language in facts.languages.get(d, ()) for d in deputies)


def remark(facts: Facts, day: DayFact, *, taker: UUID, gives_up: UUID | None = None) -> str:
    """What speaks against it without forbidding it: turns close together, a weekday one avoids."""
    order = {one.id: place for place, one in enumerate(facts.days)}
    here = order[day.id]
    near = [
        one
        for one in facts.days
        if taker in one.seats
        and one.id not in (day.id, gives_up)
        and 0 < abs(order[one.id] - here) <= facts.gap
    ]
    if near:
        return _("Close to the turn on %(day)s.") % {"day": cn_day(near[0].date)}
    if day.date.isoweekday() in facts.weekdays_off.get(taker, ()):
        return _("%(weekday)s is a day usually not wanted.") % {"weekday": short_weekday(day.date)}
    return ""


def check_fits(
    facts: Facts, day: DayFact, *, giver: UUID, taker: UUID, gives_up: UUID | None = None
) -> None:
    """Raises SwapUnfit with what stands against it."""
    found = hindrance(facts, day, giver=giver, taker=taker, gives_up=gives_up)
    if found:
        raise SwapUnfit(found)

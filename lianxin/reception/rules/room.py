"""Pure rules of the room: who is called next, who still has to sign, and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lianxin.reception.enums import ShiftState

#: Whoever has not signed by then is reminded, and again after as long.
SIGN_WITHIN = timedelta(days=3)
#: Reminders stop after so many; the office above sees the day as unsigned.
MOST_REMINDERS = 5


@dataclass(frozen=True, slots=True)
class Waiting:
    """A number that waits. `starts_at` and `ends_at` are the time booked, None for a walk-in."""

    ticket_id: UUID
    number: int
    drawn_at: datetime
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def is_on_time(self) -> bool:
        """Booked, and here before the booked time was over."""
        return self.ends_at is not None and self.drawn_at <= self.ends_at


def in_order(waiting: Iterable[Waiting], at: datetime) -> list[Waiting]:
    """The order of calling at this moment.

    First whoever booked, came in time and whose time has come, by booked time. Then walk-ins, and
    those who came after their booked time was over, by number. Last whoever came before the booked
    time: nobody who came on time waits for a walk-in, and no walk-in waits for somebody early.
    """
    return sorted(waiting, key=lambda one: _rank(one, at))


def _rank(one: Waiting, at: datetime) -> tuple[int, float, int]:
    if one.starts_at is None or not one.is_on_time:
        return (1, 0.0, one.number)
    return (0 if one.starts_at <= at else 2, one.starts_at.timestamp(), one.number)


@dataclass(frozen=True, slots=True)
class Seat:
    """A deputy's seat as signing sees it."""

    deputy_id: UUID
    name: str
    state: str
    has_signed: bool = False


@dataclass(frozen=True, slots=True)
class Signing:
    """Where the signatures of a day stand."""

    undecided: tuple[Seat, ...]
    missing: tuple[Seat, ...]
    signed: tuple[Seat, ...]

    def is_missing(self, deputy_id: UUID) -> bool:
        """Whether the record waits for this deputy."""
        return any(one.deputy_id == deputy_id for one in self.missing)

    @property
    def is_complete(self) -> bool:
        """Everybody who was present has signed, and somebody was."""
        return bool(self.signed) and not self.missing and not self.undecided

    @property
    def nobody_came(self) -> bool:
        """Every seat is decided and no deputy was present: there is nobody who could sign."""
        return not (self.undecided or self.missing or self.signed)


def signing_of(seats: Iterable[Seat]) -> Signing:
    """Only who was present signs; a seat still expected must be decided first."""
    seats = tuple(seats)
    present = [one for one in seats if one.state == ShiftState.PRESENT]
    return Signing(
        undecided=tuple(one for one in seats if one.state == ShiftState.EXPECTED),
        missing=tuple(one for one in present if not one.has_signed),
        signed=tuple(one for one in present if one.has_signed),
    )


def reminders_due(ended_at: datetime, at: datetime) -> int:
    """How many reminders an unsigned day should have brought by now, none in the first days."""
    return max(0, min((at - ended_at) // SIGN_WITHIN, MOST_REMINDERS))

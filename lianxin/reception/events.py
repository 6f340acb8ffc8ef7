"""What reception announces, for whoever keeps boards, feeds, records and notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class DayChanged:
    """A reception day was planned, announced, moved, cancelled, begun, ended or signed off.

    `act` is the move, or `plan` and `change`. Key: the venue.
    """

    day_id: UUID
    venue_id: UUID
    act: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RotaChanged:
    """Seats of a venue went to other deputies; `deputy_ids` are all whom it concerns. Key: the venue."""

    venue_id: UUID
    day_ids: tuple[UUID, ...]
    deputy_ids: tuple[UUID, ...]
    act: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SwapMoved:
    """A swap was asked for, agreed to, refused, withdrawn, confirmed or lapsed. Key: the swap."""

    swap_id: UUID
    act: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShiftAttended:
    """A deputy was present, excused or absent at a reception day. For the deputy's record. Key: the deputy."""

    shift_id: UUID
    deputy_id: UUID
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AwayChanged:
    """A deputy entered days away, or took them back; `person_id` is who did. Key: the deputy."""

    deputy_id: UUID
    from_date: date
    until_date: date
    act: str
    person_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class BookingMoved:
    """A booking was made, seated, confirmed, cancelled, moved, lost …; `act` is the move. Key: the slot."""

    booking_id: UUID
    act: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TicketMoved:
    """A number was drawn, called, received or missed. Key: the day."""

    ticket_id: UUID
    day_id: UUID
    act: str
    at: datetime


@dataclass(frozen=True, slots=True)
class VisitRecorded:
    """A resident was received and what was said became a case. Key: the day."""

    visit_id: UUID
    day_id: UUID
    case_id: UUID
    deputy_ids: tuple[UUID, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class ReceptionSigned:
    """All deputies of the day have signed its record: the day counts in their records. Key: the day."""

    day_id: UUID
    venue_id: UUID
    deputy_ids: tuple[UUID, ...]
    visits: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CallMoved:
    """A call to a grid: asked, accepted, passed, lapsed, finished … `act`. Key: the call."""

    call_id: UUID
    act: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DutyChanged:
    """Turns of grid duty of a venue were made or set; `deputy_ids` are all whom it concerns. Key: the
    venue.
    """

    venue_id: UUID
    grid_ids: tuple[UUID, ...]
    deputy_ids: tuple[UUID, ...]
    act: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PlanStale:
    """Days off of a place changed from the day `since` (ISO date) on: the venue plans anew.

    Key: the venue.
    """

    venue_id: UUID
    since: str
    at: datetime

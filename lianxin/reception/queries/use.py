"""How venues are used and how long residents wait: grouped by the database over the days of a period."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    Count,
    DateField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
)
from django.db.models.functions import Substr, TruncDate, TruncMinute

from lianxin.congress.models import Actor
from lianxin.kernel.clock import LOCAL
from lianxin.kernel.together import together
from lianxin.people.enums import Ability
from lianxin.places.queries import within_q
from lianxin.reception.enums import HOLDING, SEATED, BookingState, DayState, ShiftState, VisitPath
from lianxin.reception.models import Booking, ReceptionDay, Shift, Slot, Ticket, Visit
from lianxin.reception.rules.use import Figures, Term
from lianxin.venues.models import Venue

#: Codes grow 53 → 5301 → 530112 → 530112005 → 530112005001.
_LENGTHS = (2, 4, 6, 9, 12)
_HELD = (DayState.OPEN, DayState.ENDED, DayState.SIGNED)
_PLANNED = (DayState.PLANNED, DayState.ANNOUNCED)


def scopes_of(actor: Actor) -> tuple[str, ...]:
    """The divisions whose venues the actor watches over as an office, parents only."""
    codes = sorted(
        {
            post.division_code
            for post in actor.posts
            if Ability.VENUE_SEE in post.abilities and post.organ_kind != "venue_desk"
        }
    )
    return tuple(c for i, c in enumerate(codes) if not any(c.startswith(p) for p in codes[:i]))


def watched(actor: Actor) -> QuerySet[Venue]:
    """Open venues whose figures the actor may see: own desks, and those of the offices' places."""
    mine = Q(desk_id__in=actor.organs_with(Ability.VENUE_SEE))
    for code in scopes_of(actor):
        mine |= within_q(code)
    return Venue.objects.filter(mine, is_active=True)


def next_length(code: str) -> int:
    """The length of the codes directly below a division."""
    return next((n for n in _LENGTHS if n > len(code)), 12)


@dataclass(frozen=True, slots=True)
class Reach:
    """Which days count: those of venues in `code` and below, or of these venues, in the period.

    `on` is today in Shanghai: a planned day before it was not held.
    """

    term: Term
    on: date
    code: str = ""
    venue_ids: tuple[UUID, ...] | None = None

    def days(self, prefix: str = "") -> Q:
        found = Q(**{f"{prefix}date__range": (self.term.since, self.term.until)})
        if self.venue_ids is not None:
            return found & Q(**{f"{prefix}venue__in": self.venue_ids})
        return found & within_q(self.code, f"{prefix}division_code")


def by_part(reach: Reach) -> dict[str, Figures]:
    """Figures of the parts directly below the division; what lies in no part stands under its own
    code. One query.
    """
    length = next_length(reach.code)
    return _figures(reach, lambda prefix: Substr(f"{prefix}division_code", 1, length))


def by_venue(reach: Reach) -> dict[UUID, Figures]:
    """Figures of each venue. One query."""
    return _figures(reach, lambda prefix: F(f"{prefix}venue_id"))


def _figures(reach: Reach, key: Any) -> dict[Any, Figures]:
    found: dict[Any, Figures] = {}
    *counted, leads, waits = together(
        _venues(reach, key),
        _days(reach, key),
        _seats(reach, key),
        _slots(reach, key),
        _bookings(reach, key),
        _tickets(reach, key),
        _visits(reach, key),
        _spans(_leads(reach, key)),
        _spans(_waits(reach, key)),
    )
    for row in (row for rows in counted for row in rows):
        one = found.setdefault(row["key"], Figures())
        for name, value in row.items():
            if name != "key":
                setattr(one, name.removeprefix("n_"), value or 0)
    _spread(found, leads, "lead_days", timedelta(days=1))
    _spread(found, waits, "wait_minutes", timedelta(minutes=1))
    return found


def _grouped(rows: QuerySet[Any], key: Any, **counts: Any) -> QuerySet[Any]:
    named = {f"n_{name}": count for name, count in counts.items()}
    return rows.order_by().annotate(key=key).values("key").annotate(**named)


def _spans(rows: QuerySet[Any]) -> QuerySet[Any]:
    """How often each span occurs per key: some dozens of rows, whatever the number of visitors."""
    counted = rows.order_by().values("key", "span").annotate(number_of=Count("pk"))
    return counted.values_list("key", "span", "number_of")


def _number(*conditions: Q, **more: Any) -> Count:
    return Count("pk", filter=Q(*conditions, **more))


def _venues(reach: Reach, key: Any) -> QuerySet[Any]:
    """All venues there, and those without a day in the period that was not cancelled."""
    if reach.venue_ids is not None:
        rows = Venue.objects.filter(pk__in=reach.venue_ids)
    else:
        rows = Venue.objects.filter(within_q(reach.code), is_active=True)
    whole = ReceptionDay.objects.filter(
        venue=OuterRef("pk"), date__range=(reach.term.since, reach.term.until)
    )
    used = Exists(whole.exclude(state=DayState.CANCELLED))
    own = F("pk") if key("") == F("venue_id") else key("")
    return _grouped(
        rows.annotate(is_used=used), own, venues=Count("pk"), unused=_number(is_used=False)
    )


def _days(reach: Reach, key: Any) -> QuerySet[Any]:
    return _grouped(
        ReceptionDay.objects.filter(reach.days()),
        key(""),
        days=Count("pk"),
        held=_number(state__in=_HELD),
        to_come=_number(state__in=_PLANNED, date__gte=reach.on),
        missed=_number(state__in=_PLANNED, date__lt=reach.on),
        cancelled=_number(state=DayState.CANCELLED),
    )


def _seats(reach: Reach, key: Any) -> QuerySet[Any]:
    """Seats of days that were held; who sat on one is counted once, replaced seats are none."""
    return _grouped(
        Shift.objects.filter(reach.days("day__"), day__state__in=_HELD, state__in=SEATED),
        key("day__"),
        seats=Count("pk"),
        present=_number(state=ShiftState.PRESENT),
        excused=_number(state=ShiftState.EXCUSED),
        absent=_number(state=ShiftState.ABSENT),
    )


def _slots(reach: Reach, key: Any) -> QuerySet[Any]:
    rows = Slot.objects.filter(reach.days("day__")).exclude(day__state=DayState.CANCELLED)
    return _grouped(rows, key("day__"), offered=Sum("capacity"))


def _bookings(reach: Reach, key: Any) -> QuerySet[Any]:
    return _grouped(
        Booking.objects.filter(reach.days("day__")),
        key("day__"),
        bookings=Count("pk"),
        booked=_number(~Q(day__state=DayState.CANCELLED), state__in=HOLDING),
        waiting=_number(state=BookingState.WAITING),
        moved=_number(state=BookingState.MOVED),
        dropped=_number(state=BookingState.CANCELLED),
        lost=_number(state=BookingState.LOST),
        no_shows=_number(state=BookingState.NO_SHOW),
        leads=_number(state__in=HOLDING),
    )


def _tickets(reach: Reach, key: Any) -> QuerySet[Any]:
    return _grouped(
        Ticket.objects.filter(reach.days("day__")),
        key("day__"),
        tickets=Count("pk"),
        walk_ins=_number(booking__isnull=True),
        called=_number(called_at__isnull=False),
    )


def _visits(reach: Reach, key: Any) -> QuerySet[Any]:
    return _grouped(
        Visit.objects.filter(reach.days("day__")),
        key("day__"),
        visits=Count("pk"),
        on_the_spot=_number(path=VisitPath.ON_THE_SPOT),
    )


def _waits(reach: Reach, key: Any) -> QuerySet[Any]:
    """Numbers called, with their key and the `span` from drawing to the call by the clock's minutes."""
    span = ExpressionWrapper(
        TruncMinute("called_at") - TruncMinute("drawn_at"), output_field=DurationField()
    )
    rows = Ticket.objects.filter(reach.days("day__"), called_at__isnull=False)
    return rows.annotate(key=key("day__"), span=span)


def _leads(reach: Reach, key: Any) -> QuerySet[Any]:
    """Bookings that held their seat, with their key and the `span` from booking to the day."""
    booked = TruncDate("booked_at", tzinfo=LOCAL, output_field=DateField())
    span = ExpressionWrapper(F("day__date") - booked, output_field=DurationField())
    rows = Booking.objects.filter(reach.days("day__"), state__in=HOLDING)
    return rows.annotate(key=key("day__"), span=span)


def _spread(found: dict[Any, Figures], rows: Iterable[Any], name: str, unit: timedelta) -> None:
    for key, span, number in rows:
        spread = getattr(found.setdefault(key, Figures()), name)
        value = span // unit
        spread[value] = spread.get(value, 0) + number

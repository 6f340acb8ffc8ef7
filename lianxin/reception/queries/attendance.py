"""Attendance as the clerk reads it: a day's seats, what is undecided, the deputies' figures."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from lianxin.congress.models import Actor
from lianxin.congress.queries import cards_of, deputies_of, in_force
from lianxin.kernel.refused import Absent
from lianxin.people.enums import Ability
from lianxin.reception.enums import COMING, SEATED, DayState, ShiftState, SwapState
from lianxin.reception.models import Away, ReceptionDay, Shift, Swap
from lianxin.reception.queries.deputy import TONES
from lianxin.reception.queries.own import own_venues
from lianxin.venues.models import Stationing

#: Deputies of one venue in the table; the largest known venue has 36.
MOST_DEPUTIES = 200
#: A list of what is to be decided is short, or the venue has another problem.
MOST_UNDECIDED = 50


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat of a day for the clerk. `away` covers the day; `came_from` gave the seat away."""

    shift: Shift
    levels: tuple[Any, ...]
    away: Away | None
    came_from: str

    @property
    def tone(self) -> str:
        return TONES[self.shift.state]


@dataclass(frozen=True, slots=True)
class Line:
    """A deputy's year at a venue. `helped` are turns taken over as a substitute, among `turns`."""

    name: str
    levels: tuple[Any, ...]
    turns: int
    present: int
    excused: int
    absent: int
    open: int
    helped: int


def own_day(actor: Actor, day_id: UUID, ability: str = Ability.RECEPTION_RUN) -> ReceptionDay:
    """A day of one's own venue. Raises Absent: a foreign one looks like none."""
    days = ReceptionDay.objects.filter(venue__in=own_venues(actor, ability))
    day = days.select_related("venue").filter(pk=day_id).first()
    if day is None:
        raise Absent
    return day


def own_seat(actor: Actor, shift_id: UUID, ability: str = Ability.RECEPTION_RUN) -> Shift:
    """A seat of one's own venue. Raises Absent."""
    rows = Shift.objects.filter(day__venue__in=own_venues(actor, ability))
    shift = rows.select_related("day__venue", "deputy__person").filter(pk=shift_id).first()
    if shift is None:
        raise Absent
    return shift


def seats_of(day: ReceptionDay) -> list[Seat]:
    """The seats of a day in order, with levels, leave and whom they came from. Four queries."""
    rows = list(
        Shift.objects.filter(day=day, state__in=SEATED)
        .select_related("deputy__person", "replaces__deputy__person", "day", "attended_by")
        .order_by("seat")
    )
    ids = [one.deputy_id for one in rows]
    levels = {card.id: tuple(card.levels) for card in cards_of(deputies_of(deputy_ids=ids))}
    covering = Away.objects.filter(in_force(day.date), deputy__in=ids)
    away = {one.deputy_id: one for one in covering}
    return [
        Seat(
            shift=one,
            levels=levels.get(one.deputy_id, ()),
            away=away.get(one.deputy_id),
            came_from=one.replaces.deputy.name if one.replaces and _by_swap(one) else "",
        )
        for one in rows
    ]


def _by_swap(shift: Shift) -> bool:
    """Not by a new rota, which replaces seats, too."""
    return shift.reason in (["swap"], ["substitute"])


def undecided(day_id: UUID) -> QuerySet[Shift]:
    """Seats of a day of which nobody has said yet whether their deputies were there."""
    return Shift.objects.filter(day_id=day_id, state=ShiftState.EXPECTED)


def undecided_of(venue_ids: Collection[UUID], *, at: datetime) -> list[Shift]:
    """The same for all days of these venues that have ended and are not signed, the oldest first."""
    rows = (
        Shift.objects.filter(
            Q(day__ends_at__lte=at) | Q(day__state=DayState.ENDED),
            day__venue__in=venue_ids,
            state=ShiftState.EXPECTED,
            day__state__in=(*COMING, DayState.ENDED),
        )
        .select_related("day__venue", "deputy__person")
        .order_by("day__starts_at", "seat", "id")
    )
    return list(rows[:MOST_UNDECIDED])


def by_day(shifts: Iterable[Shift]) -> list[tuple[ReceptionDay, list[str]]]:
    """Seats read in the order of their days, as each day with its deputies' names."""
    found: dict[UUID, tuple[ReceptionDay, list[str]]] = {}
    for one in shifts:
        found.setdefault(one.day_id, (one.day, []))[1].append(one.deputy.name)
    return list(found.values())


def uncovered_of(venue_ids: Collection[UUID], *, at: datetime, on: date) -> list[Shift]:
    """Turns to come of deputies who are away then: somebody else is wanted. The nearest first."""
    covering = Away.objects.filter(
        deputy=OuterRef("deputy"),
        from_date__lte=OuterRef("day__date"),
        until_date__gte=OuterRef("day__date"),
    )
    rows = (
        Shift.objects.filter(
            Exists(covering) | Q(state=ShiftState.EXCUSED),
            day__venue__in=venue_ids,
            day__date__gte=on,
            day__ends_at__gt=at,
            day__state__in=COMING,
            state__in=(ShiftState.EXPECTED, ShiftState.EXCUSED),
        )
        .select_related("day__venue", "deputy__person")
        .order_by("day__starts_at", "seat", "id")
    )
    return list(rows[:MOST_UNDECIDED])


def away_at(venue_ids: Collection[UUID], *, on: date) -> QuerySet[Away]:
    """Days away, not over yet, of deputies stationed in these venues; the next first."""
    stationed = Stationing.objects.filter(
        in_force(on), venue__in=venue_ids, deputy=OuterRef("deputy")
    )
    return (
        Away.objects.filter(Exists(stationed), until_date__gte=on)
        .select_related("deputy__person")
        .order_by("from_date", "id")
    )


def figures(venue_id: UUID, year: int, *, at: datetime) -> list[Line]:
    """The deputies' year at a venue, by name: those stationed there now, and all who had a turn.

    `turns` are seats on days that are over; a seat given away counts for whoever took it. Four
    queries.
    """
    over = Q(day__ends_at__lt=at) | Q(day__state__in=(DayState.ENDED, DayState.SIGNED))
    stood_in = Swap.objects.filter(
        state=SwapState.DONE,
        other_shift__isnull=True,
        other_deputy=OuterRef("deputy"),
        shift__day=OuterRef("day"),
    )
    rows = (
        Shift.objects.filter(over, day__venue_id=venue_id, day__date__year=year, state__in=SEATED)
        .exclude(day__state=DayState.CANCELLED)
        .order_by()
        .values("deputy_id", "deputy__person__name")
        .annotate(
            turns=Count("pk"),
            present=Count("pk", filter=Q(state=ShiftState.PRESENT)),
            excused=Count("pk", filter=Q(state=ShiftState.EXCUSED)),
            absent=Count("pk", filter=Q(state=ShiftState.ABSENT)),
            open=Count("pk", filter=Q(state=ShiftState.EXPECTED)),
            helped=Count("pk", filter=Exists(stood_in)),
        )
    )
    counted: dict[UUID, dict[str, Any]] = {
        row["deputy_id"]: {**row} for row in rows[:MOST_DEPUTIES]
    }
    here = Stationing.objects.filter(venue_id=venue_id, from_date__year__lte=year)
    here = here.filter(Q(until_date__isnull=True) | Q(until_date__year__gte=year))
    deputies = deputies_of().filter(Q(pk__in=here.values("deputy")) | Q(pk__in=list(counted)))
    cards = {card.id: card for card in cards_of(deputies[:MOST_DEPUTIES])}
    names = {pk: card.name for pk, card in cards.items()}
    names.update({pk: row["deputy__person__name"] for pk, row in counted.items()})
    empty = dict.fromkeys(("turns", "present", "excused", "absent", "open", "helped"), 0)
    return [
        Line(
            name=name,
            levels=tuple(cards[pk].levels) if pk in cards else (),
            **{key: counted.get(pk, empty)[key] for key in empty},
        )
        for pk, name in sorted(names.items(), key=lambda one: (one[1], one[0]))
    ]


def deputies_at(venue_ids: Collection[UUID], *, on: date) -> list[tuple[str, str]]:
    """Keys and names of the deputies stationed in these venues on the day. Two queries."""
    here = Stationing.objects.filter(in_force(on), venue__in=venue_ids)
    deputies = deputies_of(on=on).filter(pk__in=here.values("deputy"))[:MOST_DEPUTIES]
    return [(str(one.pk), one.name) for one in deputies]

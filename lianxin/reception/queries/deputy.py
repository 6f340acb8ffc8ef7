"""A deputy's own turns: to come, gone by, asked for; days away and the turns they touch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from lianxin.congress.queries import cards_asked, deputies_of, today
from lianxin.kernel.clock import local_date
from lianxin.kernel.together import together
from lianxin.reception.enums import COMING, SEATED, DayState, ShiftState
from lianxin.reception.models import Away, Shift, SignOff, Swap, Visit
from lianxin.reception.queries.swaps import open_swaps, with_names
from lianxin.reception.rules import checkin
from lianxin.reception.rules.swaps import can_hand_over, can_swap, closes_at

#: So many turns a page shows; a deputy sits a few times a year.
MOST_COMING, MOST_PAST = 12, 60
#: A state is a word; its tone comes second.
TONES: dict[str, str] = {
    ShiftState.EXPECTED: "neutral",
    ShiftState.PRESENT: "good",
    ShiftState.EXCUSED: "info",
    ShiftState.ABSENT: "bad",
    ShiftState.REPLACED: "neutral",
}


@dataclass(frozen=True, slots=True)
class Partner:
    """Somebody who sits there too. `levels` are labels, highest first."""

    name: str
    levels: tuple[Any, ...]
    state: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn as its deputy sees it. `swap` is the open request for it, `away` the days away that
    cover it; `visitors` counts who was received that day; `in_time`: a swap can still be agreed to.
    """

    shift: Shift
    partners: tuple[Partner, ...] = ()
    swap: Swap | None = None
    away: Away | None = None
    visitors: int = 0
    in_time: bool = False

    @property
    def tone(self) -> str:
        return TONES[self.shift.state]

    @property
    def until(self) -> datetime | None:
        """When the open request lapses."""
        return closes_of(self.swap) if self.swap else None

    @property
    def can_swap(self) -> bool:
        return self.in_time and self.swap is None and can_swap(self.shift, self.shift.day)


@dataclass(frozen=True, slots=True)
class Request:
    """A swap that waits for the deputy's answer; `until` is when it lapses."""

    swap: Swap
    until: datetime


@dataclass(frozen=True, slots=True)
class Mine:
    """The whole page. `now_open` is the turn that can be checked in at this moment."""

    asked: list[Request]
    coming: list[Turn]
    past: list[Turn]
    year: int
    figures: dict[str, int] = field(default_factory=dict)
    to_sign: list[Shift] = field(default_factory=list)
    now_open: Turn | None = None

    @property
    def number(self) -> int:
        """What asks for an act."""
        return len(self.asked) + len(self.to_sign) + (1 if self.now_open else 0)


def page_of(deputy_id: UUID, *, at: datetime) -> Mine:
    """A deputy's page. Three queries, whatever the number of turns."""
    year = local_date(at).year
    to_come = turns(deputy_id).filter(day__ends_at__gte=at, day__state__in=COMING)
    coming, past, swaps, covering, to_sign = together(
        to_come[:MOST_COMING],
        _past(deputy_id, year, at),
        open_swaps().filter(Q(deputy_id=deputy_id) | Q(other_deputy_id=deputy_id)),
        away_of(deputy_id, since=local_date(at)),
        _to_sign(deputy_id),
    )
    asked = [one for one in swaps if one.other_deputy_id == deputy_id and one.state == "asked"]
    beside = partners_of([*coming, *past], deputy_id)
    own = {one.shift_id: one for one in swaps if one.deputy_id == deputy_id}
    next_turns = [
        Turn(
            shift=one,
            partners=beside.get(one.day_id, ()),
            swap=own.get(one.pk),
            in_time=at < closes_at(one.day),
            away=next((a for a in covering if a.from_date <= one.day.date <= a.until_date), None),
        )
        for one in coming
    ]
    behind = [
        Turn(one, beside.get(one.day_id, ()), visitors=getattr(one, "visitors", 0)) for one in past
    ]
    open_now = [one for one in next_turns if _can_check_in(one.shift, at)]
    return Mine(
        asked=sorted((Request(one, closes_of(one)) for one in asked), key=lambda one: one.until),
        coming=next_turns,
        past=behind,
        year=year,
        figures=figures_of(deputy_id, year, at),
        to_sign=to_sign,
        now_open=open_now[0] if open_now else None,
    )


def _can_check_in(shift: Shift, at: datetime) -> bool:
    return shift.state != ShiftState.PRESENT and checkin.is_open(shift.day, at)


def turns(deputy_id: UUID) -> QuerySet[Shift]:
    """Seats of the deputy on days that are held, in order, with day and venue."""
    return (
        Shift.objects.filter(deputy_id=deputy_id, state__in=SEATED)
        .exclude(day__state=DayState.CANCELLED)
        .select_related("day__venue")
        .order_by("day__starts_at", "id")
    )


def next_turns(venue_id: UUID, deputy_ids: Collection[UUID], *, at: datetime) -> QuerySet[Shift]:
    """Turns to come of these deputies at a venue, the nearest first. One query."""
    return (
        Shift.objects.filter(
            day__venue_id=venue_id,
            deputy__in=list(deputy_ids),
            state=ShiftState.EXPECTED,
            day__state__in=COMING,
            day__ends_at__gte=at,
        )
        .select_related("day")
        .order_by("day__starts_at", "id")
    )


def turns_open_now(deputy_id: UUID, at: datetime) -> list[Shift]:
    """Turns whose time to check in may be now: at most a handful. One query."""
    near = turns(deputy_id).filter(day__starts_at__lte=at + checkin.OPENS, day__ends_at__gte=at)
    return list(near[:5])


def own_turn(deputy_id: UUID, shift_id: UUID) -> Shift | None:
    """The deputy's own seat; a foreign one looks like none."""
    return turns(deputy_id).filter(pk=shift_id).first()


def _to_sign(deputy_id: UUID) -> QuerySet[Shift]:
    """Days that have ended, at which the deputy was present and has not signed; the oldest first."""
    signed = SignOff.objects.filter(day=OuterRef("day"), deputy_id=deputy_id)
    present = turns(deputy_id).filter(day__state=DayState.ENDED, state=ShiftState.PRESENT)
    return present.exclude(Exists(signed))[:MOST_COMING]


def _past(deputy_id: UUID, year: int, at: datetime) -> QuerySet[Shift]:
    """Turns of the year that are over, the latest first, with the number of visitors."""
    visits = Visit.objects.filter(day=OuterRef("day")).order_by().values("day")
    number = Subquery(visits.annotate(number=Count("pk")).values("number"))
    return (
        turns(deputy_id)
        .filter(Q(day__ends_at__lt=at) | ~Q(day__state__in=COMING), day__date__year=year)
        .annotate(visitors=Coalesce(number, 0))
        .order_by("-day__starts_at", "-id")[:MOST_PAST]
    )


def figures_of(deputy_id: UUID, year: int, at: datetime) -> dict[str, int]:
    """The year's count: `turns` in all, `over`, `present`, `excused`, `absent`. One query."""
    over = Q(day__ends_at__lt=at) | ~Q(day__state__in=COMING)
    found: dict[str, int] = (
        turns(deputy_id)
        .filter(day__date__year=year)
        .order_by()
        .aggregate(
            turns=Count("pk"),
            over=Count("pk", filter=over),
            present=Count("pk", filter=Q(state=ShiftState.PRESENT)),
            excused=Count("pk", filter=Q(state=ShiftState.EXCUSED)),
            absent=Count("pk", filter=Q(state=ShiftState.ABSENT)),
        )
    )
    return found


def partners_of(shifts: Iterable[Shift], deputy_id: UUID) -> dict[UUID, tuple[Partner, ...]]:
    """Who else sits on the days of these turns, with their levels. One query."""
    days = {one.day_id for one in shifts}
    seats = Shift.objects.filter(day__in=days, state__in=SEATED).exclude(deputy_id=deputy_id)
    others, cards = together(
        seats.select_related("deputy__person").order_by("seat"),
        cards_asked(deputies_of().filter(pk__in=seats.values("deputy")), on=today()),
    )
    levels = {card.id: tuple(card.levels) for card in cards}
    found: dict[UUID, list[Partner]] = defaultdict(list)
    for one in others:
        partner = Partner(one.deputy.name, levels.get(one.deputy_id, ()), one.state)
        found[one.day_id].append(partner)
    return {day_id: tuple(sitting) for day_id, sitting in found.items()}


def closes_of(swap: Swap) -> datetime:
    """When the request lapses."""
    days = [swap.shift.day, *([swap.other_shift.day] if swap.other_shift else [])]
    return closes_at(*days)


def swap_of(deputy_id: UUID, swap_id: UUID) -> Swap | None:
    """A swap that the deputy asked for or was asked; a foreign one looks like none."""
    mine = Q(deputy_id=deputy_id) | Q(other_deputy_id=deputy_id)
    return with_names(Swap.objects.filter(mine, pk=swap_id)).first()


def away_of(deputy_id: UUID, *, since: date) -> QuerySet[Away]:
    """Days away that are not over, the next first."""
    rows = Away.objects.filter(deputy_id=deputy_id, until_date__gte=since)
    return rows.order_by("from_date", "id")


def turns_within(deputy_id: UUID, first: date, last: date, *, at: datetime) -> list[Shift]:
    """Turns to come on these days, both inclusive: what an absence touches. One query."""
    rows = turns(deputy_id).filter(
        day__date__gte=first,
        day__date__lte=last,
        day__ends_at__gte=at,
        day__state__in=COMING,
        state__in=(ShiftState.EXPECTED, ShiftState.EXCUSED),
    )
    return [one for one in rows[:MOST_COMING] if can_hand_over(one, one.day)]


def turns_touched(
    deputy_id: UUID, rows: Iterable[Away], *, at: datetime
) -> dict[UUID, list[Shift]]:
    """For each entry the turns to come that lie within it. One query."""
    entries = list(rows)
    if not entries:
        return {}
    first, last = min(r.from_date for r in entries), max(r.until_date for r in entries)
    found = turns_within(deputy_id, first, last, at=at)
    return {
        row.pk: [one for one in found if row.from_date <= one.day.date <= row.until_date]
        for row in entries
    }

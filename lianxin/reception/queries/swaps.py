"""What is known when a seat is to change hands: the facts, the offers, the requests that wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from lianxin.congress.models import Deputy
from lianxin.congress.queries import DeputyCard, cards_of
from lianxin.reception.enums import SEATED, DayState, ShiftState
from lianxin.reception.models import Away, ReceptionDay, RotaMember, RotaSetting, Shift, Swap
from lianxin.reception.rules.swaps import (
    CLOSES,
    OPEN,
    DayFact,
    Facts,
    can_swap,
    hindrance,
    remark,
)
from lianxin.venues.queries import deputies_of_venue

#: How far around a turn other turns are looked at: a gap of a few days, exchanges within months.
BEFORE, AFTER = timedelta(days=62), timedelta(days=184)
#: No venue holds more days within that time than a daily reception gives.
MOST_DAYS = 260


@dataclass(frozen=True, slots=True)
class Return:
    """A turn of the colleague that the asker could take instead. `remark`: what speaks against it."""

    shift: Shift
    remark: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A colleague who can take a turn: as a substitute, or in exchange for one of `returns`."""

    card: DeputyCard
    remark: str
    returns: tuple[Return, ...]


def facts_about(venue_id: UUID, on: date, deputy_ids: Collection[UUID] | None = None) -> Facts:
    """The facts around a day of a venue, of the deputies stationed there on the day, or of these
    too. Eight queries, whatever their number.
    """
    since, until = on - BEFORE, on + AFTER
    stationed = list(deputies_of_venue(venue_id, on=on))
    rows = {row.deputy_id: row for row in RotaMember.objects.filter(venue_id=venue_id)}
    out = {pk for pk, row in rows.items() if not row.takes_part}
    members = {one.pk for one in stationed if one.pk not in out}
    known = {one.pk for one in stationed} | set(deputy_ids or ())
    away: dict[UUID, list[tuple[date, date]]] = defaultdict(list)
    for row in Away.objects.filter(deputy__in=known, until_date__gte=since, from_date__lte=until):
        away[row.deputy_id].append((row.from_date, row.until_date))
    busy: dict[UUID, list[tuple[date, UUID]]] = defaultdict(list)
    seats = Shift.objects.filter(
        deputy__in=known, state__in=SEATED, day__date__gte=since, day__date__lte=until
    ).exclude(day__state=DayState.CANCELLED)
    for deputy_id, day, day_id in seats.values_list("deputy_id", "day__date", "day_id"):
        busy[deputy_id].append((day, day_id))
    setting = RotaSetting.objects.filter(venue_id=venue_id).first() or RotaSetting()
    return Facts(
        days=_days(venue_id, since, until),
        gap=setting.gap,
        members=members,
        busy=busy,
        away=away,
        languages=_languages(venue_id, since, until, stationed),
        weekdays_off={pk: frozenset(row.weekdays_off) for pk, row in rows.items()},
    )


def _days(venue_id: UUID, since: date, until: date) -> tuple[DayFact, ...]:
    days = ReceptionDay.objects.filter(venue_id=venue_id, date__gte=since, date__lte=until)
    days = days.exclude(state=DayState.CANCELLED).order_by("starts_at", "id")[:MOST_DAYS]
    found = list(days)
    seats: dict[UUID, dict[UUID, UUID]] = defaultdict(dict)
    for shift in Shift.objects.filter(day__in=found, state__in=SEATED):
        seats[shift.day_id][shift.deputy_id] = shift.pk
    return tuple(
        DayFact(day.pk, day.date, day.starts_at, day.language, seats[day.pk]) for day in found
    )


def _languages(
    venue_id: UUID, since: date, until: date, stationed: Iterable[Deputy]
) -> dict[UUID, frozenset[str]]:
    """Of those stationed, and of those who sit on a day without being stationed any more."""
    sitting = Shift.objects.filter(
        day__venue_id=venue_id, day__date__gte=since, day__date__lte=until, state__in=SEATED
    ).values_list("deputy_id", "deputy__languages")
    found = {pk: frozenset(languages) for pk, languages in sitting}
    found.update({one.pk: frozenset(one.languages) for one in stationed})
    return found


def offers_for(shift: Shift, *, at: datetime) -> list[Offer]:
    """Colleagues who can take the turn, those with turns to give in return first; a day in the
    past has none. Only what `rules.swaps` lets pass is offered.
    """
    day = shift.day
    facts = facts_about(day.venue_id, day.date, [shift.deputy_id])
    here = facts.day(day.pk)
    if here is None:
        return []
    deputies = deputies_of_venue(day.venue_id, on=day.date).filter(pk__in=list(facts.members))
    theirs = _turns(day.venue_id, facts.members, at)
    found = []
    for card in cards_of(deputies):
        if hindrance(facts, here, giver=shift.deputy_id, taker=card.id):
            continue
        returns = _returns(facts, shift, theirs.get(card.id, ()))
        found.append(Offer(card, remark(facts, here, taker=card.id), returns))
    return sorted(found, key=lambda one: (bool(one.remark), not one.returns, one.card.name))


def _turns(venue_id: UUID, deputy_ids: Collection[UUID], at: datetime) -> dict[UUID, list[Shift]]:
    """Turns of these deputies that can still be swapped, the nearest first."""
    rows = (
        Shift.objects.filter(
            day__venue_id=venue_id,
            deputy__in=list(deputy_ids),
            state=ShiftState.EXPECTED,
            day__state__in=(DayState.PLANNED, DayState.ANNOUNCED),
            day__starts_at__gt=at + CLOSES,
        )
        .select_related("day")
        .order_by("day__starts_at", "id")[: MOST_DAYS * 4]
    )
    found: dict[UUID, list[Shift]] = defaultdict(list)
    for row in rows:
        found[row.deputy_id].append(row)
    return found


def _returns(facts: Facts, mine: Shift, theirs: Iterable[Shift]) -> tuple[Return, ...]:
    """Which of a colleague's turns the asker can take in return for `mine`."""
    found = []
    for shift in theirs:
        day = facts.day(shift.day_id)
        if day is None or not can_swap(shift, shift.day):
            continue
        asker, gives_up = mine.deputy_id, mine.day_id
        if not hindrance(facts, day, giver=shift.deputy_id, taker=asker, gives_up=gives_up):
            said = remark(facts, day, taker=asker, gives_up=gives_up)
            found.append(Return(shift, said))
    return tuple(found)


def with_names(swaps: QuerySet[Swap]) -> QuerySet[Swap]:
    """Swaps with the days, the venue and the two deputies, by join."""
    return swaps.select_related(
        "shift__day__venue", "other_shift__day", "deputy__person", "other_deputy__person"
    )


def open_swaps() -> QuerySet[Swap]:
    return with_names(Swap.objects.filter(state__in=OPEN))


def swaps_of_venues(venue_ids: Collection[UUID]) -> QuerySet[Swap]:
    """All swaps of these venues' days."""
    return with_names(Swap.objects.filter(shift__day__venue__in=venue_ids))


def lapsing(at: datetime) -> QuerySet[Swap]:
    """Open swaps whose time to agree has passed, or whose turn is no longer there to be given."""
    soon = at + CLOSES
    dead = (
        Q(shift__day__starts_at__lte=soon)
        | Q(other_shift__day__starts_at__lte=soon)
        | ~Q(shift__state=ShiftState.EXPECTED)
        | (Q(other_shift__isnull=False) & ~Q(other_shift__state=ShiftState.EXPECTED))
        | Q(shift__day__state=DayState.CANCELLED)
        | Q(other_shift__day__state=DayState.CANCELLED)
    )
    return Swap.objects.filter(dead, state__in=OPEN)

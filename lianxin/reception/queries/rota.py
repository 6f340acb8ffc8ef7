"""The clerk's pages of a rota: the year as it is, or as a draft would make it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lianxin.congress.models import Actor
from lianxin.kernel.clock import local_date
from lianxin.kernel.refused import Absent
from lianxin.kernel.together import together
from lianxin.people.enums import Ability
from lianxin.reception.enums import SEATED, DayState, PlanState, ShiftState
from lianxin.reception.models import Away, ReceptionDay, RotaMember, RotaPlan, RotaSetting, Shift
from lianxin.reception.queries.own import own_venues
from lianxin.reception.queries.rota_people import Person, people_of
from lianxin.reception.rules.rota_words import (
    Said,
    collision_words,
    figure_words,
    load_words,
    reason_words,
    relaxation_words,
    relaxed_words,
    weekdays_words,
)
from lianxin.reception.rules.rotas import may_seat
from lianxin.reception.rules.rule_words import hours_words, listed
from lianxin.venues.models import Stationing, Venue
from lianxin.web.parts import Bar


@dataclass(frozen=True, slots=True)
class Seat:
    """A deputy on a seat and why; `level` is the highest of `levels`. `instead`: whose seat it was, where a draft changes it."""

    name: str
    levels: str
    level: str
    reasons: tuple[str, ...]
    state: str = ""  # present, on leave … in words; empty while it is simply planned
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A reception day with its pair. `change` says in words what a draft does to it."""

    day: ReceptionDay
    hours: str
    seats: tuple[Seat, ...]
    empty: int
    may_seat: bool
    change: str = ""

    @property
    def names(self) -> str:
        return listed(seat.name for seat in self.seats)

    @property
    def levels(self) -> str:
        """The levels that come together, each seat's highest."""
        return " + ".join(seat.level for seat in self.seats if seat.level)


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A deputy of the venue with the turns of the year and what they wish, in words."""

    person: Person
    turns: int
    takes_part: bool
    wishes: str


@dataclass(frozen=True, slots=True)
class RotaPage:
    """A year of a venue's rota. `draft` waits for a decision; `plan` is the one in force."""

    venue: Venue
    year: int
    setting: RotaSetting
    months: tuple[Month, ...]
    members: tuple[MemberLine, ...]
    bars: tuple[Bar, ...]
    plan: RotaPlan | None
    draft: RotaPlan | None
    loads: str
    open_seats: int

    @property
    def lines(self) -> list[Line]:
        return [line for month in self.months for line in month.lines]


@dataclass(frozen=True, slots=True)
class DraftPage:
    """A draft beside the rota in force."""

    plan: RotaPlan
    months: tuple[Month, ...]
    changed: tuple[Line, ...]
    bars: tuple[Bar, ...]
    figures: tuple[str, ...]
    relaxed: tuple[str, ...]
    collisions: tuple[Said, ...]
    relaxations: tuple[Said, ...]
    is_first: bool


def own_plan(actor: Actor, plan_id: UUID) -> RotaPlan:
    """A plan of a venue whose reception the actor plans. Raises Absent. Two queries."""
    mine = own_venues(actor, Ability.RECEPTION_PLAN)
    plan = RotaPlan.objects.select_related("venue").filter(pk=plan_id, venue__in=mine).first()
    if plan is None:
        raise Absent
    return plan


def own_day(actor: Actor, day_id: UUID) -> ReceptionDay:
    """A reception day of such a venue. Raises Absent."""
    mine = own_venues(actor, Ability.RECEPTION_PLAN)
    day = ReceptionDay.objects.select_related("venue").filter(pk=day_id, venue__in=mine).first()
    if day is None:
        raise Absent
    return day


def held_seats(day: ReceptionDay) -> list[UUID]:
    """The deputies of a day in the order of their seats. One query."""
    shifts = Shift.objects.filter(day=day, state__in=SEATED).order_by("seat")
    return list(shifts.values_list("deputy_id", flat=True))


def away_on(day: ReceptionDay) -> set[UUID]:
    """Deputies of the venue who said that they cannot come on the day. One query."""
    gone = Away.objects.filter(from_date__lte=day.date, until_date__gte=day.date)
    here = gone.filter(deputy__stationings__venue=day.venue_id)
    return set(here.values_list("deputy_id", flat=True))


def name_of_member(venue: Venue, deputy_id: UUID) -> str:
    """The name of a deputy stationed in the venue, now or before. Raises Absent. One query."""
    held = Stationing.objects.filter(venue=venue, deputy_id=deputy_id)
    name = held.values_list("deputy__person__name", flat=True).first()
    if name is None:
        raise Absent
    return name


def rota_page(venue: Venue, year: int, *, at: datetime) -> RotaPage:
    """The rota as it is. Two queries, whatever the number of days and deputies."""
    in_year = _days(venue, year)
    settings, days, shifts, plans, wishes = together(
        RotaSetting.objects.filter(venue=venue)[:1],
        in_year,
        _shifts(in_year),
        RotaPlan.objects.filter(
            venue=venue, year=year, state__in=(PlanState.DRAFT, PlanState.PUBLISHED)
        ),
        RotaMember.objects.filter(venue=venue),
    )
    setting = next(iter(settings), None) or RotaSetting(venue=venue)
    by_state = {plan.state: plan for plan in plans}
    people = people_of(venue, year, extra=[shift.deputy_id for shift in shifts])
    held: dict[UUID, list[Shift]] = defaultdict(list)
    turns: dict[UUID, int] = defaultdict(int)
    for shift in shifts:
        held[shift.day_id].append(shift)
        turns[shift.deputy_id] += 1
    names = {str(pk): one.name for pk, one in people.items()}
    today = local_date(at)
    lines = [
        Line(
            day=day,
            hours=hours_words(day.starts_at, day.ends_at),
            seats=tuple(_seat(shift, people, names) for shift in held[day.pk]),
            empty=max(0, setting.seats - len(held[day.pk])),
            may_seat=may_seat(day, today),
        )
        for day in days
    ]
    members = _members(venue, people, turns, wishes)
    loads = [line.turns for line in members if line.takes_part]
    return RotaPage(
        venue=venue,
        year=year,
        setting=setting,
        months=_months(lines),
        members=members,
        bars=_bars((line.person.name, line.turns) for line in members if line.takes_part),
        plan=by_state.get(PlanState.PUBLISHED),
        draft=by_state.get(PlanState.DRAFT),
        loads=load_words(loads) if loads else "",
        open_seats=sum(line.empty for line in lines if line.may_seat),
    )


def draft_page(plan: RotaPlan, *, at: datetime) -> DraftPage:
    """What a plan would change, and what it is worth. Two queries."""
    venue, today = plan.venue, local_date(at)
    in_year = _days(venue, plan.year)
    days, shifts = together(in_year, _shifts(in_year))
    wanted: dict[UUID, dict[int, tuple[UUID, Any]]] = defaultdict(dict)
    for day, deputy, seat, reason in plan.proposal:
        wanted[UUID(day)][seat] = (UUID(deputy), reason)
    named = [deputy for seats in wanted.values() for deputy, _reason in seats.values()]
    people = people_of(venue, plan.year, extra=[*named, *(one.deputy_id for one in shifts)])
    names = {str(pk): one.name for pk, one in people.items()}
    held: dict[UUID, dict[int, Shift]] = defaultdict(dict)
    for shift in shifts:
        held[shift.day_id][shift.seat] = shift
    lines = [
        _draft_line(day, wanted.get(day.pk), held[day.pk], people, names, today) for day in days
    ]
    keys = {str(day.pk): (day.date, day.language) for day in days}
    loads = plan.figures["loads"].items()
    return DraftPage(
        plan=plan,
        months=_months(lines),
        changed=tuple(line for line in lines if line.change),
        bars=_bars((names.get(key, "—"), turns) for key, (turns, _share) in loads),
        figures=tuple(figure_words(plan.figures)),
        relaxed=tuple(relaxed_words(plan.figures["relaxed"])),
        collisions=tuple(collision_words(plan.collisions, days=keys, names=names)),
        relaxations=tuple(relaxation_words(plan.figures["relaxations"])),
        is_first=not plan.figures["replans"],
    )


def _draft_line(
    day: ReceptionDay,
    wanted: dict[int, tuple[UUID, Any]] | None,
    held: dict[int, Shift],
    people: Mapping[UUID, Person],
    names: Mapping[str, str],
    today: date,
) -> Line:
    hours = hours_words(day.starts_at, day.ends_at)
    if wanted is None:  # a day that stays as it is
        seats = tuple(_seat(held[number], people, names) for number in sorted(held))
        return Line(day, hours, seats, 0, may_seat(day, today))
    found, before, after = [], [], []
    staying = {deputy for deputy, _reason in wanted.values()}
    for number in sorted(wanted):
        deputy, reason = wanted[number]
        old = held.get(number)
        other = old.deputy_id if old and old.deputy_id != deputy else None
        if other and other not in staying:
            before.append(names.get(str(other), "—"))
            after.append(names.get(str(deputy), "—"))
        instead = names.get(str(other), "") if other else ""
        found.append(_named(deputy, reason, people, names, instead=instead))
    change = ""
    if before:
        change = _("%(new)s instead of %(old)s") % {"new": listed(after), "old": listed(before)}
    return Line(day, hours, tuple(found), 0, may_seat(day, today), change)


def _days(venue: Venue, year: int) -> QuerySet[ReceptionDay]:
    days = ReceptionDay.objects.filter(venue=venue, date__year=year)
    return days.exclude(state=DayState.CANCELLED).order_by("starts_at", "id")


def _shifts(days: QuerySet[ReceptionDay]) -> QuerySet[Shift]:
    seated = Shift.objects.filter(day__in=days.order_by().values("pk"), state__in=SEATED)
    return seated.order_by("day_id", "seat")


def _seat(shift: Shift, people: Mapping[UUID, Person], names: Mapping[str, str]) -> Seat:
    state = "" if shift.state == ShiftState.EXPECTED else str(shift.get_state_display())
    return _named(shift.deputy_id, shift.reason, people, names, state=state)


def _named(
    deputy_id: UUID,
    reason: Any,
    people: Mapping[UUID, Person],
    names: Mapping[str, str],
    *,
    state: str = "",
    instead: str = "",
) -> Seat:
    person = people.get(deputy_id)
    reasons = reason_words(reason, names) or [_("Seated by hand")]
    return Seat(
        name=person.name if person else "—",
        levels=person.levels if person else "",
        level=person.level if person else "",
        reasons=tuple(reasons),
        state=state,
        instead=instead,
    )


def _months(lines: list[Line]) -> tuple[Month, ...]:
    grouped = groupby(lines, key=lambda line: line.day.date.replace(day=1))
    return tuple(Month(first, tuple(found)) for first, found in grouped)


def _bars(loads: Iterable[tuple[str, int]]) -> tuple[Bar, ...]:
    ranked = sorted(loads, key=lambda pair: (-pair[1], pair[0]))
    return tuple(
        Bar(
            label=name,
            value=turns,
            words=ngettext("%(n)s turn", "%(n)s turns", turns) % {"n": turns},
        )
        for name, turns in ranked
    )


def _members(
    venue: Venue,
    people: Mapping[UUID, Person],
    turns: Mapping[UUID, int],
    wishes: Iterable[RotaMember],
) -> tuple[MemberLine, ...]:
    rows = {row.deputy_id: row for row in wishes}
    found = []
    for pk, person in people.items():
        row = rows.get(pk) or RotaMember(venue=venue)
        found.append(MemberLine(person, turns.get(pk, 0), row.takes_part, _wishes(row)))
    return tuple(sorted(found, key=lambda line: (not line.takes_part, line.person.name)))


def _wishes(row: RotaMember) -> str:
    """At least 2 · at most 6 · not on Mon · 12 km."""
    words = []
    if row.least is not None:
        words.append(_("at least %(n)s") % {"n": row.least})
    if row.most is not None:
        words.append(_("at most %(n)s") % {"n": row.most})
    if row.weekdays_off:
        words.append(_("not on %(days)s") % {"days": weekdays_words(row.weekdays_off)})
    if row.distance_km:
        words.append(_("%(n)s km away") % {"n": row.distance_km})
    return " · ".join(words)

"""Grid duty: who is on duty for a grid, who can be, and the table of a venue."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import ngettext

from lianxin.congress.enums import MandateState
from lianxin.congress.models import Deputy, Mandate
from lianxin.congress.queries import in_force
from lianxin.kernel.paging import capped_count
from lianxin.kernel.together import Asked, together
from lianxin.places.models import Grid
from lianxin.places.queries import names_for, within_q
from lianxin.reception.models import Away, DutySetting, GridDuty
from lianxin.reception.rules.duty import Bound, Span
from lianxin.venues.models import GridBinding, Venue
from lianxin.venues.queries import areas_of

#: The furthest day of a binding without an end.
OPEN_END = date.max
#: Grids beyond these are reached by the pager.
PAGE = 40
CAP = 99
#: A turn lasts a month at most, so the next one begins within this time.
AHEAD = timedelta(days=62)


def setting_of(venue: Venue) -> DutySetting:
    """How the venue wants its grid duty; the platform's defaults, unsaved, where it said nothing."""
    found = DutySetting.objects.filter(venue=venue).first()
    return found or DutySetting(venue=venue, division_code=venue.division_code)


def bound_grids(venue: Venue, on: date) -> QuerySet[Grid]:
    """Grids in use to which a deputy is bound at the venue on the day, by place and number."""
    here = GridBinding.objects.filter(in_force(on), venue=venue, grid=OuterRef("pk"))
    return Grid.objects.filter(Exists(here), is_active=True).order_by(
        "division_code", "number", "id"
    )


def named(grids: Iterable[Grid]) -> list[Any]:
    """The same grids with `label`: the name with its place before it (润城社区第1网格), for numbers
    begin anew in each community. One query.
    """
    found: list[Any] = list(grids)
    places = names_for({grid.division_code for grid in found})
    for grid in found:
        place = places.get(grid.division_code)
        if place is None or grid.name.startswith((place.short, place.name)):
            grid.label = grid.name
        else:
            grid.label = f"{place.short}{grid.name}"
    return found


def bare_grids(venue: Venue, on: date, *, most: int = 5) -> tuple[list[Grid], str]:
    """Grids of the venue's places to which nobody is bound: the first of them, and how many ("99+").

    Two queries, and what is remembered.
    """
    codes = areas_of(venue.pk) or (venue.division_code,)
    places = Q()
    for code in codes:
        places |= within_q(code)
    nobody = ~Exists(GridBinding.objects.filter(in_force(on), grid=OuterRef("pk")))
    grids = Grid.objects.filter(places, nobody, is_active=True).order_by("division_code", "number")
    first = named(grids[:most])
    number, more = capped_count(grids, CAP) if first else (0, False)
    return first, f"{number}+" if more else str(number)


def duty_of(grid_ids: Collection[UUID], on: date) -> dict[UUID, UUID]:
    """The deputy on duty for each grid on the day. One query, see `duty_asked`."""
    return duty_asked(grid_ids, on).answer()


def duty_asked(grid_ids: Collection[UUID], on: date) -> Asked[dict[UUID, UUID]]:
    """The deputy on duty for each grid on the day, to be read together with other things.

    A grid is left out when its table ends before, and when the deputy is away on the day, bound no
    longer, or without a mandate in force: then the other bound deputies are asked.
    """
    rows = GridDuty.objects.filter(
        Exists(_bindings(on).filter(grid=OuterRef("grid"), deputy=OuterRef("deputy"))),
        Exists(_mandates(on).filter(deputy=OuterRef("deputy"))),
        ~Exists(away_on(on).filter(deputy=OuterRef("deputy"))),
        grid_id__in=grid_ids,
        from_date__lte=on,
        until_date__gte=on,
    )
    # A later row wins, should two ever overlap.
    return Asked((rows.order_by("from_date").values_list("grid_id", "deputy_id"),), dict)


def away_on(on: date) -> QuerySet[Away]:
    return Away.objects.filter(from_date__lte=on, until_date__gte=on)


def _bindings(on: date) -> QuerySet[GridBinding]:
    return GridBinding.objects.filter(in_force(on))


def _mandates(on: date) -> QuerySet[Mandate]:
    return Mandate.objects.filter(in_force(on), state=MandateState.ACTIVE)


def bound_to(grid_ids: Collection[UUID], window: Span) -> dict[UUID, list[Bound]]:
    """Deputies bound to each grid on any day of the window, first bound first; one query."""
    return bound_asked(grid_ids, window).answer()


def bound_asked(grid_ids: Collection[UUID], window: Span) -> Asked[dict[UUID, list[Bound]]]:
    """The same, to be read together with other things."""
    bindings = GridBinding.objects.filter(_touches(window), grid_id__in=grid_ids)
    theirs = {"deputy__in": bindings.values("deputy")}
    seats = Mandate.objects.filter(_touches(window), state=MandateState.ACTIVE, **theirs)
    away = Away.objects.filter(_touches(window), **theirs)
    dates = ("deputy_id", "from_date", "until_date")

    def told(bound: Any, held: Any, gone: Any) -> dict[UUID, list[Bound]]:
        return _bound(grid_ids, bound, _spans(held), _spans(gone))

    in_order = bindings.order_by("from_date", "deputy__person__name", "deputy_id")
    lists = (
        in_order.values_list("grid_id", *dates),
        seats.values_list(*dates),
        away.values_list(*dates),
    )
    return Asked(lists, told)


def _bound(
    grid_ids: Collection[UUID],
    bindings: Iterable[Any],
    seats: dict[UUID, list[Span]],
    away: dict[UUID, list[Span]],
) -> dict[UUID, list[Bound]]:
    serves: dict[tuple[UUID, UUID], list[Span]] = {}
    for grid_id, deputy_id, first, last in bindings:
        binding = Span(first, last or OPEN_END)
        spans = serves.setdefault((grid_id, deputy_id), [])
        spans += [both for seat in seats.get(deputy_id, ()) if (both := _overlap(binding, seat))]
    found: dict[UUID, list[Bound]] = {grid_id: [] for grid_id in grid_ids}
    for (grid_id, deputy_id), spans in serves.items():
        one = Bound(deputy_id, _joined(spans), tuple(away.get(deputy_id, ())))
        found[grid_id].append(one)
    return found


def _touches(window: Span) -> Q:
    return Q(from_date__lte=window.last) & (
        Q(until_date__isnull=True) | Q(until_date__gte=window.first)
    )


def _spans(rows: Iterable[Any]) -> dict[UUID, list[Span]]:
    found: dict[UUID, list[Span]] = {}
    for deputy_id, first, last in rows:
        found.setdefault(deputy_id, []).append(Span(first, last or OPEN_END))
    return found


def _overlap(one: Span, other: Span) -> Span | None:
    first, last = max(one.first, other.first), min(one.last, other.last)
    return Span(first, last) if first <= last else None


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans that touch or overlap made one: a second term that follows the first is no gap."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and (found[-1].last == OPEN_END or span.first <= found[-1].last + timedelta(1)):
            found[-1] = Span(found[-1].first, max(found[-1].last, span.last))
        else:
            found.append(span)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class GridToday:
    """One grid at a glance. `until` and `next_from` are days; `others` are the further bound ones.

    `cannot`: the table names a deputy who cannot be asked today.
    """

    grid: Grid
    on_duty: Deputy | None
    until: date | None
    next_deputy: Deputy | None
    next_from: date | None
    others: list[Deputy] = field(default_factory=list)
    cannot: Deputy | None = None


def grids_today(grids: list[Grid], on: date) -> list[GridToday]:
    """The glance at some grids. Two queries, however many."""
    grids = named(grids)
    ids = [grid.pk for grid in grids]
    ahead = GridDuty.objects.filter(grid_id__in=ids, until_date__gte=on, from_date__lte=on + AHEAD)
    duty, bound, coming = together(
        duty_asked(ids, on), bound_asked(ids, Span(on, on)), ahead.order_by("from_date")
    )
    rows: dict[UUID, list[GridDuty]] = {}
    for row in coming:
        if len(rows.setdefault(row.grid_id, [])) < 2:
            rows[row.grid_id].append(row)
    wanted = {one.deputy_id for many in bound.values() for one in many if one.serves}
    wanted |= {row.deputy_id for many in rows.values() for row in many}
    deputies = {
        one.pk: one for one in Deputy.objects.filter(pk__in=wanted).select_related("person")
    }
    return [
        _glance(
            grid,
            duty.get(grid.pk),
            bound[grid.pk],
            rows.get(grid.pk, []),
            deputies,
            on,
        )
        for grid in grids
    ]


def _glance(
    grid: Grid,
    holder: UUID | None,
    bound: list[Bound],
    rows: list[GridDuty],
    deputies: dict[UUID, Deputy],
    on: date,
) -> GridToday:
    now = next((row for row in rows if row.from_date <= on), None)
    later = next((row for row in rows if row.from_date > on), None)
    return GridToday(
        grid=grid,
        on_duty=deputies[holder] if holder else None,
        until=now.until_date if now and holder else None,
        next_deputy=deputies.get(later.deputy_id) if later else None,
        next_from=later.from_date if later else None,
        others=[deputies[b.deputy_id] for b in bound if b.serves and b.deputy_id != holder],
        cannot=deputies.get(now.deputy_id) if now and not holder else None,
    )


@dataclass(frozen=True, slots=True)
class TableRow:
    """One stretch of days in the table; `cells` follow the order of the grids, None where empty."""

    span: Span
    cells: list[GridDuty | None]
    is_now: bool


def table_of(grids: list[Grid], window: Span, on: date) -> list[TableRow]:
    """The turns of grids that touch the window, a row per stretch of days. One query."""
    columns = {grid.pk: grid for grid in grids}
    turns = (
        GridDuty.objects.filter(
            grid__in=grids, from_date__lte=window.last, until_date__gte=window.first
        )
        .select_related("deputy__person")
        .order_by("from_date", "until_date")
    )
    rows: dict[Span, dict[UUID, GridDuty]] = {}
    for turn in turns:
        turn.grid = columns[turn.grid_id]
        rows.setdefault(Span(turn.from_date, turn.until_date), {})[turn.grid_id] = turn
    return [
        TableRow(
            span=span,
            cells=[held.get(grid.pk) for grid in grids],
            is_now=span.first <= on <= span.last,
        )
        for span, held in sorted(rows.items(), key=lambda pair: pair[0])
    ]


def table_until(venue: Venue) -> date | None:
    """The last day for which the venue's table says something."""
    rows = GridDuty.objects.filter(venue=venue).order_by("-from_date")
    return rows.values_list("until_date", flat=True).first()


def turns_of(deputy_id: UUID, since: date, *, most: int = 6) -> list[GridDuty]:
    """The next turns of a deputy, the one going on included. Two queries."""
    rows = GridDuty.objects.filter(deputy_id=deputy_id, until_date__gte=since)
    found = list(rows.select_related("grid", "venue").order_by("from_date", "grid_id")[:most])
    named(row.grid for row in found)
    return found


@dataclass(frozen=True, slots=True)
class Able:
    """A deputy who can have a turn; `away` are days of leave within it."""

    pk: UUID
    name: str
    away: int

    @property
    def label(self) -> str:
        if not self.away:
            return self.name
        said = ngettext(
            "%(name)s (away on %(n)s of the days)",
            "%(name)s (away on %(n)s of the days)",
            self.away,
        )
        return said % {"name": self.name, "n": self.away}


def able_to_serve(row: GridDuty, on: date) -> list[Able]:
    """Deputies bound to the grid who can serve all that is left of a turn. Four queries."""
    rest = Span(max(row.from_date, min(on, row.until_date)), row.until_date)
    bound = [one for one in bound_to([row.grid_id], rest)[row.grid_id] if one.can(rest)]
    names = Deputy.objects.filter(pk__in=[one.deputy_id for one in bound])
    known = names.select_related("person").in_bulk()
    return [Able(one.deputy_id, known[one.deputy_id].name, one.missing(rest)) for one in bound]

"""Figures of the board: the ladder, places and units. Grouped by the database over open matters."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet
from django.db.models.functions import Substr
from django.db.models.lookups import IsNull

from lianxin.cases.enums import MATTER_KIND
from lianxin.cases.queries.office import WIDE, is_live
from lianxin.congress.models import Organ
from lianxin.congress.queries import within_any
from lianxin.handling.enums import MatterState, Step
from lianxin.handling.models import Matter
from lianxin.kernel.among import Unindexed
from lianxin.kernel.lately import lately
from lianxin.places.queries import names_for

#: Codes grow 53 → 5301 → 530112 → 530112005 → 530112005001.
_LENGTHS = (2, 4, 6, 9, 12)


@dataclass(frozen=True, slots=True)
class PlaceFigure:
    """A part of the area: how many matters are open there, how many of them are late."""

    code: str
    name: str
    open: int
    late: int
    oldest_at: datetime | None


def part_length(code: str) -> int:
    """The length of the codes directly below a division."""
    return next((n for n in _LENGTHS if n > len(code)), 12)


@dataclass(frozen=True, slots=True)
class UnitFigure:
    """A unit, by its short name, and how many of its open matters are late."""

    pk: UUID
    label: str
    late: int


@dataclass(frozen=True, slots=True)
class BoardFigures:
    """What the board's bars show, and when it was so."""

    at: datetime
    places: tuple[PlaceFigure, ...]
    ladder: tuple[tuple[str, int], ...]
    units: tuple[UnitFigure, ...]


def board(scopes: tuple[str, ...], *, at: datetime, most: int) -> BoardFigures:
    """The places and units with the most late matters, at most so many of each, and the ladder.

    Of a province or a prefecture they may be five minutes old: they go through all that is open there,
    some ten thousand matters, and many look at once. Whoever watches something smaller sees their
    own acts at once.
    """
    if any(len(scope) <= WIDE for scope in scopes):
        return _wide_board(scopes, most, at=at)
    return _board(scopes, most, at=at)


def _board(scopes: tuple[str, ...], most: int, *, at: datetime) -> BoardFigures:
    parts, ladder = standing(scopes, at=at)
    places = tuple([one for one in parts if one.late][:most])
    return BoardFigures(at, places, tuple(ladder), late_units(scopes, at=at, most=most))


_wide_board = lately(timedelta(minutes=5))(_board)


def standing(
    scopes: tuple[str, ...], *, at: datetime
) -> tuple[list[PlaceFigure], list[tuple[str, int]]]:
    """The parts of the area with open matters, the most late ones first; and how many live matters
    stand at each step of the ladder. A query a scope, and one for the names."""
    steps: Counter[str] = Counter()
    parts: dict[str, _Part] = defaultdict(_Part)
    for scope in scopes:
        rows = (
            Matter.objects.filter(within_any((scope,)), is_live(), kind=MATTER_KIND)
            .annotate(part=Substr("division_code", 1, part_length(scope)))
            .values("part", "step")
            .annotate(
                live=Count("pk"),
                open=Count("pk", filter=Q(state=MatterState.OPEN)),
                late=Count("pk", filter=Q(next_due_at__lt=at)),
                oldest=Min("next_due_at", filter=Q(next_due_at__lt=at)),
            )
            .order_by()
        )
        for row in rows:
            steps[row["step"]] += row["live"]
            parts[row["part"]].add(row)
    names = names_for(parts)
    figures = [
        PlaceFigure(
            code=code,
            name=names[code].name if code in names else code,
            open=part.open,
            late=part.late,
            oldest_at=part.oldest,
        )
        for code, part in parts.items()
    ]
    ladder = [(step.value, steps[step.value]) for step in Step]
    return sorted(figures, key=lambda one: (-one.late, -one.open, one.code)), ladder


@dataclass(slots=True)
class _Part:
    open: int = 0
    late: int = 0
    oldest: datetime | None = None

    def add(self, row: Any) -> None:
        self.open, self.late = self.open + row["open"], self.late + row["late"]
        known = [at for at in (self.oldest, row["oldest"]) if at]
        self.oldest = min(known, default=None)


def units(scopes: tuple[str, ...], *, at: datetime, text: str = "") -> QuerySet[Organ]:
    """Organs that hold open matters of the area, annotated `open`, `late` and `oldest_at`.

    To be paged by ("-late", "-open", "id").
    """
    held = _held_by_units(scopes, "held_matters__")
    overdue = Q(held_matters__next_due_at__lt=at)
    rows = Organ.objects.filter(held)
    for word in text.split():
        rows = rows.filter(Q(name__icontains=word) | Q(short_name__icontains=word))
    return rows.annotate(
        open=Count("held_matters"),
        late=Count("held_matters", filter=overdue),
        oldest_at=Min("held_matters__next_due_at", filter=overdue),
    )


def late_units(scopes: tuple[str, ...], *, at: datetime, most: int) -> tuple[UnitFigure, ...]:
    """The units with the most late matters, for the board. Two queries: only these are named."""
    late = Matter.objects.filter(_held_by_units(scopes), next_due_at__lt=at)
    rows = late.values("holder_organ").annotate(late=Count("pk")).order_by("-late", "holder_organ")
    found = list(rows[:most])
    names = Organ.objects.in_bulk([row["holder_organ"] for row in found])
    return tuple(
        UnitFigure(pk, names[pk].label, row["late"])
        for row in found
        if (pk := row["holder_organ"]) in names
    )


def _held_by_units(scopes: tuple[str, ...], prefix: str = "") -> Q:
    """Open matters of residents' cases in the area that a unit holds, and no deputy."""
    no_deputy = IsNull(Unindexed(F(f"{prefix}holder_deputy")), True)
    open_case = {f"{prefix}state": MatterState.OPEN, f"{prefix}kind": MATTER_KIND}
    return (
        within_any(scopes, f"{prefix}division_code") & is_live(prefix) & Q(no_deputy, **open_case)
    )

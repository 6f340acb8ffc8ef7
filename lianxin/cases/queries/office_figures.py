"""Figures of the board: the ladder, places and units. Grouped by the database over open matters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Substr

from lianxin.cases.queries.office import in_area, is_live
from lianxin.congress.models import Organ
from lianxin.handling.enums import MatterState, Step
from lianxin.handling.models import Matter
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


def places(scopes: tuple[str, ...], *, at: datetime) -> list[PlaceFigure]:
    """The parts of the area with open matters, the most late ones first. Two queries a scope."""
    found: list[dict[str, Any]] = []
    for scope in scopes:
        parts = (
            Matter.objects.filter(in_area((scope,)), is_live(), case__isnull=False)
            .annotate(part=Substr("division_code", 1, part_length(scope)))
            .values("part")
            .annotate(
                open=Count("pk", filter=Q(state=MatterState.OPEN)),
                late=Count("pk", filter=Q(next_due_at__lt=at)),
                oldest=Min("next_due_at", filter=Q(next_due_at__lt=at)),
            )
            .order_by()
        )
        found += [dict(row) for row in parts]
    names = names_for({row["part"] for row in found})
    figures = [
        PlaceFigure(
            code=row["part"],
            name=names[row["part"]].name if row["part"] in names else row["part"],
            open=row["open"],
            late=row["late"],
            oldest_at=row["oldest"],
        )
        for row in found
    ]
    return sorted(figures, key=lambda one: (-one.late, -one.open, one.code))


def units(scopes: tuple[str, ...], *, at: datetime, text: str = "") -> QuerySet[Organ]:
    """Organs that hold open matters of the area, annotated `open`, `late` and `oldest_at`.

    To be paged by ("-late", "-open", "id").
    """
    held = (
        in_area(scopes, "held_matters__division_code")
        & is_live("held_matters__")
        & Q(
            held_matters__state=MatterState.OPEN,
            held_matters__holder_deputy__isnull=True,
            held_matters__case__isnull=False,
        )
    )
    overdue = Q(held_matters__next_due_at__lt=at)
    rows = Organ.objects.filter(held)
    for word in text.split():
        rows = rows.filter(Q(name__icontains=word) | Q(short_name__icontains=word))
    return rows.annotate(
        open=Count("held_matters"),
        late=Count("held_matters", filter=overdue),
        oldest_at=Min("held_matters__next_due_at", filter=overdue),
    )


def ladder(scopes: tuple[str, ...]) -> list[tuple[str, int]]:
    """How many live matters stand at each step. One query."""
    rows = (
        Matter.objects.filter(in_area(scopes), is_live(), case__isnull=False)
        .exclude(step="")
        .values("step")
        .annotate(number=Count("pk"))
        .order_by()
    )
    found = {row["step"]: row["number"] for row in rows}
    return [(step.value, found.get(step.value, 0)) for step in Step]


def late_units(scopes: tuple[str, ...], *, at: datetime, most: int) -> list[Organ]:
    """The units with the most late matters, for the board."""
    rows: Any = units(scopes, at=at)
    return list(rows.filter(late__gt=0).order_by("-late", "-open", "id")[:most])

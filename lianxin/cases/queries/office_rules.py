"""The rules of the clocks and the rows a place keeps itself, as their pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from lianxin.cases.models import Category, RefusalReason
from lianxin.congress.models import Actor
from lianxin.handling.models import AnswerClass, ClockRule
from lianxin.handling.services.clockrules import OWN_CHOICE
from lianxin.kernel.paging import Page, keyset
from lianxin.places.queries import ancestors, names_for, within_q

ORDER = ("purpose", "division_code", "matter_kind", "urgency", "-effective_from", "id")


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A row of a rule: `when` is now, later or before; `is_own` says it is the project's choice."""

    rule: ClockRule
    place: str
    when: str
    is_own: bool


def reach(actor: Actor) -> tuple[str, ...]:
    """The divisions whose rules the actor may read: as keeper or as supervising office."""
    return tuple(
        dict.fromkeys((*actor.scopes_with("rule.manage"), *actor.scopes_with("matter.supervise")))
    )


def _near(rows: QuerySet[Any], scopes: Iterable[str]) -> QuerySet[Any]:
    """Rows of the places above, of the scopes themselves, and below them."""
    found = rows.none()
    for scope in scopes:
        found |= rows.filter(division_code__in=["", *ancestors(scope)])
        found |= rows.filter(within_q(scope))
    return found


def rule_page(
    scopes: tuple[str, ...], *, after: str | None, on: date, size: int = 60
) -> tuple[Page[ClockRule], list[RuleLine]]:
    """The rules that matter here, grouped by what they give time for. Two queries."""
    page = keyset(_near(ClockRule.objects.all(), scopes), order=ORDER, after=after, size=size)
    names = names_for({row.division_code for row in page.items if row.division_code})
    found, seen = [], set()
    for row in page.items:
        scope = (row.purpose, row.division_code, row.matter_kind, row.urgency)
        when = "later" if row.effective_from > on else "before" if scope in seen else "now"
        if when == "now":
            seen.add(scope)
        name = names.get(row.division_code)
        found.append(RuleLine(row, name.name if name else "", when, row.source == OWN_CHOICE))
    return page, found


def classes(scopes: tuple[str, ...]) -> list[tuple[AnswerClass, str]]:
    """Classes of answers here, each with the name of its place."""
    rows = list(_near(AnswerClass.objects.all(), scopes).order_by("division_code", "sort", "code"))
    names = names_for({row.division_code for row in rows if row.division_code})
    return [
        (row, names[row.division_code].name if row.division_code in names else "") for row in rows
    ]


def reasons() -> list[RefusalReason]:
    return list(RefusalReason.objects.order_by("-is_active", "sort", "code"))


def categories() -> list[tuple[Category, list[Category]]]:
    """The whole tree, switched-off rows too. One query."""
    rows = list(Category.objects.order_by("sort", "code"))
    below: dict[Any, list[Category]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    return [(top, below.get(top.pk, [])) for top in below.get(None, [])]

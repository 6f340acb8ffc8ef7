"""Values that the public pages hand to the components: figures, filters, rows of results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lianxin.cases.models import Publication
from lianxin.cases.queries.catalogue import Branch
from lianxin.cases.queries.front import Front
from lianxin.cases.queries.results import ResultFilters
from lianxin.handling.enums import Outcome
from lianxin.places.queries import names_for
from lianxin.web.parts import Chip, Tile, Tone

TONES: dict[str, Tone] = {
    Outcome.SOLVED: "good",
    Outcome.PLANNED: "info",
    Outcome.NOTED: "neutral",
    Outcome.UPWARD: "warn",
}


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A published result as the list shows it."""

    result: Publication
    href: str
    place: str
    outcome: str
    tone: Tone
    kind: str


def result_rows(rows: Sequence[Publication]) -> list[ResultRow]:
    """Rows with the names of their places: one query for all."""
    names = names_for(row.division_code for row in rows)
    return [
        ResultRow(
            result=row,
            href=reverse("cases:result", args=[row.pk]),
            place=names[row.division_code].tail(2) if row.division_code in names else "",
            outcome=str(Outcome(row.outcome).label),
            tone=TONES[row.outcome],
            kind=str(row.category) if row.category else "",
        )
        for row in rows
    ]


def tiles(front: Front) -> list[Tile]:
    """Figures with what they are drawn from; too few say nothing and are left out."""
    made = []
    if front.reported:
        label = _("matters reported in %(year)s") % {"year": front.year}
        made.append(Tile(value=f"{front.reported:,}", label=label))
    if front.days is not None:
        days = ngettext("%(n)s day", "%(n)s days", front.days) % {"n": front.days}
        basis = _("median of the latest %(n)s results") % {"n": front.days_basis}
        made.append(Tile(value=days, label=_("from report to answer"), note=basis))
    if front.satisfied is not None:
        basis = _("latest %(n)s verdicts; silence is not counted") % {"n": front.satisfied_basis}
        label = _("satisfied or basically satisfied")
        made.append(Tile(value=f"{front.satisfied}%", label=label, note=basis))
    return made if len(made) > 1 else []


def result_chips(
    query: QueryDict, asked: ResultFilters, branches: Iterable[Branch]
) -> dict[str, list[Chip]]:
    """Filter chips that keep the rest of the address; a second tap takes a filter off."""

    def chip(name: str, value: str, label: str, *, active: bool) -> Chip:
        wanted = query.copy()
        wanted.pop("after", None)
        wanted[name] = "" if active else value
        return Chip(label=label, href=f"?{wanted.urlencode()}", active=active)

    kinds = [
        chip("category", b.category.code, str(b.category), active=asked.category == b.category.code)
        for b in branches
    ]
    outcomes = [
        chip("outcome", value, str(label), active=asked.outcome == value)
        for value, label in Outcome.choices
    ]
    return {"kinds": kinds, "outcomes": outcomes}

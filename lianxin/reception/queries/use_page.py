"""What the pages of use show: one place with its parts and venues, or the venues of a desk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.congress.models import Actor
from lianxin.kernel.paging import Page, keyset
from lianxin.kernel.refused import Forbidden
from lianxin.places.queries import ancestors, names_for, within
from lianxin.reception.queries.use import (
    Reach,
    by_part,
    by_venue,
    next_length,
    scopes_of,
    watched,
)
from lianxin.reception.rules.use import Figures, Term, total
from lianxin.venues.models import Venue
from lianxin.web.parts import Link

PAGE = 30
#: A desk serves a few venues at most; an export of a province has all of its fourteen thousand.
MOST_OWN = 200
MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Row:
    """One part or venue with its figures; `code` leads deeper, empty where it does not."""

    label: str
    figures: Figures
    code: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """`code` is the place looked at, empty for the venues of one's own desk."""

    code: str
    label: str
    path: list[Link]
    total: Figures
    parts: list[Row]
    venues: Page[Venue]
    venue_rows: list[Row]


class NothingToSee(Forbidden):
    message = gettext_lazy("These figures are for venues and the offices above them.")
    code = "no_venues"


def overview(actor: Actor, term: Term, place: str, after: str | None, *, on: date) -> Overview:
    """The figures of a place or of one's own venues. Five queries, whatever their number.

    `place` outside the actor's area gives the whole area. Raises NothingToSee.
    """
    scopes = scopes_of(actor)
    if not scopes:
        return _own(actor, term, on)
    code = place if any(within(place, one) for one in scopes) else scopes[0]
    reach = Reach(term, on, code)
    parts = by_part(reach)
    here = watched(actor).filter(division_code=code)
    page = keyset(here, order=("name", "id"), after=after, size=PAGE)
    ids = tuple(venue.pk for venue in page.items)
    figures = by_venue(Reach(term, on, venue_ids=ids)) if ids else {}
    names = names_for({*parts, *ancestors(code)})
    return Overview(
        code=code,
        label=names[code].name if code in names else code,
        path=_path(code, scopes, names),
        total=total(parts.values()),
        parts=_part_rows(parts, code, names),
        venues=page,
        venue_rows=[Row(venue.name, figures.get(venue.pk, Figures())) for venue in page.items],
    )


def _own(actor: Actor, term: Term, on: date) -> Overview:
    venues = list(watched(actor).order_by("name", "id")[:MOST_OWN])
    if not venues:
        raise NothingToSee
    reach = Reach(term, on, venue_ids=tuple(venue.pk for venue in venues))
    figures = by_venue(reach)
    rows = [Row(venue.name, figures.get(venue.pk, Figures())) for venue in venues]
    return Overview(
        code="",
        label=venues[0].name if len(venues) == 1 else _("My venues"),
        path=[],
        total=total(figures.values()),
        parts=[],
        venues=Page(venues, None, None),
        venue_rows=rows if len(rows) > 1 else [],
    )


def _path(code: str, scopes: tuple[str, ...], names: dict[str, Any]) -> list[Link]:
    """From the top of the actor's area down to the place; the last without a link."""
    top = next(one for one in scopes if within(code, one))
    steps = [one for one in ancestors(code) if len(one) >= len(top) and one in names]
    return [
        Link(label=names[one].name, href="" if one == code else f"&place={one}") for one in steps
    ]


def _part_rows(parts: dict[str, Figures], code: str, names: dict[str, Any]) -> list[Row]:
    """Parts by code; what lies in none of them is said in its own row, without a way deeper."""
    whole = next_length(code) > len(code)
    return [
        Row(
            label=names[one].name if one in names else one,
            figures=figures,
            code=one if one != code else "",
        )
        for one, figures in sorted(parts.items())
        if whole
    ]


def all_venues(actor: Actor, term: Term, seen: Overview, *, on: date) -> Iterator[Row]:
    """Every venue of the place, for the export. Ten queries."""
    rows = watched(actor)
    if seen.code:
        rows = rows.filter(division_code__startswith=seen.code)
        figures = by_venue(Reach(term, on, seen.code))
    else:
        figures = by_venue(Reach(term, on, venue_ids=tuple(one.pk for one in seen.venues.items)))
    listed: Iterable[tuple[Any, str]] = rows.order_by("division_code", "name", "id").values_list(
        "pk", "name"
    )[:MOST_ROWS]
    for pk, name in listed:
        yield Row(name, figures.get(pk, Figures()))

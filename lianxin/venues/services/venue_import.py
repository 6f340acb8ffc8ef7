"""Venues from a table: one row each, new or changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.congress.models import Actor
from lianxin.congress.queries import cells
from lianxin.record.services.imports import Column, Row
from lianxin.venues.enums import VenueKind
from lianxin.venues.models import Venue
from lianxin.venues.services.venues_in_bulk import Wanted, take_over

_LONGEST = {"name": 120, "topic": 60, "address": 200, "phone": 30, "hours": 120}
_PORTION = 5000
_BETWEEN_AREAS = re.compile(r"[;；\n]+")
Key = tuple[str, str]


class VenueImporter:
    """Record's `Importer` of venues, known by place and name. A new one gets its desk and its code."""

    title = gettext_lazy("Venues")
    columns: Sequence[Column] = (
        Column(
            "place",
            gettext_lazy("Place of the venue"),
            required=True,
            hint=gettext_lazy("The path in words, or the code."),
            example="昆明市西山区前卫街道润城社区",
        ),
        Column(
            "name",
            gettext_lazy("Name of the venue"),
            required=True,
            example="润城社区人大代表联络室",
        ),
        Column("kind", gettext_lazy("Kind"), required=True, example="联络室"),
        Column(
            "parent",
            gettext_lazy("Belongs to"),
            hint=gettext_lazy("Name of a venue known already, or of another row of this table."),
        ),
        Column("topic", gettext_lazy("Topic"), hint=gettext_lazy("Of specialised stations.")),
        Column("address", gettext_lazy("Address")),
        Column("phone", gettext_lazy("Phone"), example="0871-00000000"),
        Column("hours", gettext_lazy("Opening hours"), example="周一至周五 9:00—17:00"),
        Column(
            "areas",
            gettext_lazy("Places served"),
            hint=gettext_lazy("Separated by semicolons; its own place, if empty."),
        ),
    )

    def check(self, rows: Sequence[Row], /) -> Mapping[int, Sequence[str]]:
        """Refuses unknown places, kinds and parents, too long cells, and rows said twice."""
        places = _places(rows)
        parents = {row["name"] for row in rows} | _known(row["parent"] for row in rows)
        refusals: dict[int, list[str]] = {}
        seen: dict[Key, int] = {}
        for row in rows:
            wrong = _wrong(row, places, parents)
            if not wrong:
                first = seen.setdefault((places.code(row["place"]), row["name"]), row.number)
                if first != row.number:
                    wrong = [_("The same venue stands in row %(row)s.") % {"row": first}]
            if wrong:
                refusals[row.number] = wrong
        return refusals

    def apply(self, rows: Sequence[Row], /, *, by: Actor | None, at: datetime) -> int:
        """Opens and changes venues in bulk, parents among them; returns how many differ.

        Raises Forbidden where a row lies outside the operator's places.
        """
        places = _places(rows)
        return take_over([_wanted(row, places) for row in rows], by=by, at=at)


def _areas(row: Row) -> list[str]:
    return [text.strip() for text in _BETWEEN_AREAS.split(row["areas"]) if text.strip()]


def _places(rows: Sequence[Row]) -> cells.PlaceCells:
    return cells.PlaceCells(text for row in rows for text in (row["place"], *_areas(row)))


def _known(names: Iterable[str]) -> set[str]:
    """Which of these names open venues have."""
    wanted = sorted({name for name in names if name})
    found: set[str] = set()
    for start in range(0, len(wanted), _PORTION):
        rows = Venue.objects.filter(name__in=wanted[start : start + _PORTION], is_active=True)
        found.update(rows.values_list("name", flat=True))
    return found


def _wrong(row: Row, places: cells.PlaceCells, parents: set[str]) -> list[str]:
    said = (row["place"], *_areas(row))
    wrong = [sentence for text in said if (sentence := places.refusal(text))]
    if _kind(row["kind"]) is None:
        wrong.append(_("“%(word)s” is no kind of venue.") % {"word": row["kind"]})
    if row["parent"] and row["parent"] == row["name"]:
        wrong.append(_("A venue cannot belong to itself."))
    elif row["parent"] and row["parent"] not in parents:
        wrong.append(_("We know no venue called “%(name)s”.") % {"name": row["parent"]})
    return wrong + cells.too_long(dict(row.values), _LONGEST)


@cache
def _kind(word: str) -> str | None:
    return cells.choice_by_word(VenueKind.choices, word[:40])


def _wanted(row: Row, places: cells.PlaceCells) -> Wanted:
    code = places.code(row["place"])
    return Wanted(
        name=row["name"],
        kind=_kind(row["kind"]) or "",
        division_code=code,
        parent=row["parent"],
        areas=tuple(dict.fromkeys(places.code(text) for text in _areas(row))),
        topic=row["topic"],
        address=row["address"],
        phone=row["phone"],
        hours=row["hours"],
    )

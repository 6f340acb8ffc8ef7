"""Venues from a table: one row each, new or changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.congress.models import Actor
from lianxin.congress.queries import cells
from lianxin.record.services.imports import Column, Row
from lianxin.venues.enums import VenueKind
from lianxin.venues.models import Venue
from lianxin.venues.services.venues import add_area, open_venue, update_venue

_LONGEST = {"name": 120, "topic": 60, "address": 200, "phone": 30, "hours": 120}
_CHANGED = ("topic", "address", "phone", "hours")
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
        in_table = {row["name"] for row in rows}
        parents = {row["parent"] for row in rows if row["parent"]}
        known = set(
            Venue.objects.filter(name__in=parents, is_active=True).values_list("name", flat=True)
        )
        refusals: dict[int, list[str]] = {}
        seen: dict[Key, int] = {}
        for row in rows:
            wrong = _wrong(row, places, in_table | known)
            if not wrong:
                first = seen.setdefault((places.code(row["place"]), row["name"]), row.number)
                if first != row.number:
                    wrong = [_("The same venue stands in row %(row)s.") % {"row": first}]
            if wrong:
                refusals[row.number] = wrong
        return refusals

    def apply(self, rows: Sequence[Row], /, *, by: Actor | None, at: datetime) -> int:
        """Opens and changes venues through the services, parents last; returns how many differ.

        Raises Forbidden where a row lies outside the operator's places.
        """
        places = _places(rows)
        venues: list[tuple[Row, Venue]] = []
        touched: set[object] = set()
        for row in rows:
            venue, changed = _taken(row, places, by, at)
            venues.append((row, venue))
            if changed:
                touched.add(venue.pk)
        for row, venue in venues:
            parent = _parent(row["parent"], venue) if row["parent"] else None
            if parent and parent.pk != venue.parent_id:
                update_venue(venue_id=venue.pk, by=by, at=at, parent_id=parent.pk)
                touched.add(venue.pk)
        return len(touched)


def _areas(row: Row) -> list[str]:
    return [text.strip() for text in _BETWEEN_AREAS.split(row["areas"]) if text.strip()]


def _places(rows: Sequence[Row]) -> cells.PlaceCells:
    return cells.PlaceCells(text for row in rows for text in (row["place"], *_areas(row)))


def _wrong(row: Row, places: cells.PlaceCells, parents: set[str]) -> list[str]:
    said = (row["place"], *_areas(row))
    wrong = [sentence for text in said if (sentence := places.refusal(text))]
    if _kind(row) is None:
        wrong.append(_("“%(word)s” is no kind of venue.") % {"word": row["kind"]})
    if row["parent"] and row["parent"] == row["name"]:
        wrong.append(_("A venue cannot belong to itself."))
    elif row["parent"] and row["parent"] not in parents:
        wrong.append(_("We know no venue called “%(name)s”.") % {"name": row["parent"]})
    return wrong + cells.too_long(dict(row.values), _LONGEST)


def _kind(row: Row) -> str | None:
    return cells.choice_by_word(VenueKind.choices, row["kind"])


def _taken(
    row: Row, places: cells.PlaceCells, by: Actor | None, at: datetime
) -> tuple[Venue, bool]:
    code = places.code(row["place"])
    areas = [places.code(text) for text in _areas(row)]
    venue = Venue.objects.filter(division_code=code, name=row["name"]).first()
    values: dict[str, Any] = {name: row[name] for name in _CHANGED}
    if venue is None:
        opened = open_venue(
            name=row["name"],
            kind=_kind(row) or "",
            division_code=code,
            areas=areas,
            by=by,
            at=at,
            **values,
        )
        return opened, True
    differs = any(getattr(venue, name) != value for name, value in values.items())
    venue = update_venue(venue_id=venue.pk, by=by, at=at, **values)
    served = set(venue.areas.values_list("division_code", flat=True))
    for area in areas:
        if area not in served:
            add_area(venue_id=venue.pk, division_code=area, by=by, at=at)
            differs = True
    return venue, differs


def _parent(name: str, venue: Venue) -> Venue | None:
    """The venue of that name up the line: the one whose place is nearest to this one's."""
    found = Venue.objects.filter(name=name, is_active=True).exclude(pk=venue.pk)
    return max(found, key=lambda one: _common(one.division_code, venue.division_code), default=None)


def _common(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))

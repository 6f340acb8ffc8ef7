"""Grids from an xlsx table: one row each, new or changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.kernel.refused import Forbidden
from lianxin.places import queries
from lianxin.places.enums import Level
from lianxin.places.models import Division, Grid
from lianxin.places.rules.outlines import OutlineRefused, outline_of
from lianxin.places.services.grids import renew_map
from lianxin.record.services.imports import Column, Row

IMPORT = "import.run"
FIELDS = ("name", "addresses", "office_phone")
LONGEST = {"number": 20, "name": 60, "office_phone": 30}


class Importing(Protocol):
    def can_in(self, ability: str, division_code: str) -> bool: ...


class GridImporter:
    """Record's `Importer` of grids. The village is given as a code of 12 digits or as a path.

    A grid is known by village and number; a row of a known one changes it and puts it in use.
    """

    title = gettext_lazy("Grids")
    columns: Sequence[Column] = (
        Column(
            "place",
            gettext_lazy("Village or community"),
            required=True,
            hint=gettext_lazy("The names from the county down, or the code of 12 digits."),
            example="530902002005",
        ),
        Column("number", gettext_lazy("Grid number"), required=True, example="1"),
        Column("name", gettext_lazy("Name"), required=True),
        Column(
            "addresses",
            gettext_lazy("Houses and addresses in it"),
            hint=gettext_lazy("Streets and numbers, separated by commas or line breaks."),
        ),
        Column(
            "office_phone",
            gettext_lazy("Office phone"),
            hint=gettext_lazy("The number of the office, never a private one."),
            example="0883-0000000",
        ),
        Column(
            "outline",
            gettext_lazy("Outline"),
            hint=gettext_lazy(
                "A polygon as WKT in degrees of WGS-84, longitude first. Left out: stays as it is."
            ),
            example="POLYGON((100.08 23.87, 100.09 23.87, 100.09 23.88, 100.08 23.87))",
        ),
    )

    def check(self, rows: Sequence[Row], /) -> Mapping[int, Sequence[str]]:
        """Refuses unknown or unclear places, what is no village, too long cells, equal numbers,
        and outlines that are none.
        """
        places = Places(rows)
        refusals: dict[int, list[str]] = {}
        seen: dict[tuple[str, str], int] = {}
        for row in rows:
            wrong = [*places.refusals(row), *_too_long(row), *_misdrawn(row)]
            if not wrong:
                first = seen.setdefault((places.code(row), row["number"]), row.number)
                if first != row.number:
                    wrong.append(_("The same grid stands in row %(row)s.") % {"row": first})
            if wrong:
                refusals[row.number] = wrong
        return refusals

    def apply(self, rows: Sequence[Row], /, *, by: Importing | None, at: datetime) -> int:
        """Makes and changes grids in bulk, and renews the map where outlines changed; the batch
        writes the journal. Returns how many differ.

        Raises Forbidden where a row lies outside the places the person may import for.
        """
        places = Places(rows)
        wanted = {(places.code(row), row["number"]): row for row in rows}
        codes = {code for code, _number in wanted}
        if by is not None and not all(by.can_in(IMPORT, code) for code in codes):
            raise Forbidden(_("This table has grids of places that are not yours."))
        known = {
            (grid.division_code, grid.number): grid
            for grid in Grid.objects.select_for_update().filter(division_code__in=codes)
        }
        new, changed, drawn = [], [], False
        for (code, number), row in wanted.items():
            grid, values = known.get((code, number)), _values(row)
            if grid is None:
                new.append(Grid(division_code=code, number=number, **values))
                drawn |= "shape" in values
            elif not grid.is_active or any(getattr(grid, n) != v for n, v in values.items()):
                drawn |= values.get("shape", grid.shape) != (grid.shape if grid.is_active else None)
                grid.is_active = True
                for name, value in values.items():
                    setattr(grid, name, value)
                changed.append(grid)
        Grid.objects.bulk_create(new, batch_size=500)
        Grid.objects.bulk_update(changed, (*FIELDS, "shape", "is_active"), batch_size=200)
        if drawn:
            renew_map()
        return len(new) + len(changed)


class Places:
    """The divisions that the rows name, each spelling looked up once."""

    def __init__(self, rows: Sequence[Row]) -> None:
        said = {row["place"] for row in rows}
        codes = {text for text in said if text.isdecimal()}
        by_code = {row.code: row for row in Division.objects.filter(code__in=codes, is_active=True)}
        self._found: dict[str, list[Division]] = {
            text: [by_code[text]] if text in by_code else [] for text in codes
        }
        self._found.update({text: queries.resolve(text) for text in said - codes})

    def refusals(self, row: Row) -> list[str]:
        found = self._found[row["place"]]
        if not found:
            return [_("We know no place called “%(place)s”.") % {"place": row["place"]}]
        if len(found) > 1:
            paths = "; ".join(one.path for one in found[:3])
            return [_("Several places are called so: %(paths)s.") % {"paths": paths}]
        if found[0].level != Level.VILLAGE:
            return [_("“%(place)s” is no village or community.") % {"place": found[0].path}]
        return []

    def code(self, row: Row) -> str:
        return self._found[row["place"]][0].code


def _too_long(row: Row) -> list[str]:
    return [
        _("“%(text)s…” is too long, %(most)s characters at most.")
        % {"text": row[name][:10], "most": most}
        for name, most in LONGEST.items()
        if len(row[name]) > most
    ]


def _misdrawn(row: Row) -> list[str]:
    try:
        _outline(row)
    except OutlineRefused as refused:
        return [str(refused.message)]
    return []


def _outline(row: Row) -> bytes | None:
    text = row.values.get("outline", "")
    return outline_of(text) if text else None


def _values(row: Row) -> dict[str, Any]:
    values: dict[str, Any] = {name: row[name] for name in FIELDS}
    if shape := _outline(row):
        values["shape"] = shape
    return values

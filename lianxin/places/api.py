"""The API of places: the divisions below one, and divisions by name."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from lianxin.places import queries
from lianxin.places.enums import Level
from lianxin.places.models import Division
from lianxin.web.rest.doors import Doors
from lianxin.web.rest.fields import AnyPlace, Sought, one_of
from lianxin.web.rest.schemas import Said, Shown

open_doors = Doors(_("Divisions and venues"))
ANSWERS = 12


class DivisionShown(Shown):
    code: str
    name: str
    level: str = Field(json_schema_extra=one_of(Level))
    path: list[str] = Field(description="full names, from the province down")


class DivisionsShown(Shown):
    above: DivisionShown | None
    items: list[DivisionShown]


class FoundShown(Shown):
    items: list[DivisionShown]


class Below(Said):
    under: AnyPlace = ""


class Named(Said):
    q: Sought
    within: AnyPlace = ""


@open_doors.read(
    "/divisions",
    DivisionsShown,
    _("The divisions directly below one; the provinces for none"),
    kept=3600,
)
def divisions(request: HttpRequest, asked: Query[Below]) -> DivisionsShown:
    above = queries.division(asked.under) if asked.under else None
    below = queries.children(above.code if above else "")
    return DivisionsShown(
        above=_shown(above) if above else None, items=[_shown(row) for row in below]
    )


@open_doors.read("/divisions/search", FoundShown, _("Divisions by name, at most twelve"), kept=3600)
def divisions_named(request: HttpRequest, asked: Query[Named]) -> FoundShown:
    found = queries.search(asked.q, within=asked.within, limit=ANSWERS)
    return FoundShown(items=[_shown(row) for row in found])


def _shown(row: Division) -> DivisionShown:
    return DivisionShown(code=row.code, name=row.name, level=row.level, path=list(row.path_names))

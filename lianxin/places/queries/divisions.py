"""Divisions by code: names and paths, children, what lies in what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.among import Unindexed
from lianxin.kernel.reference import remembered, remembered_each
from lianxin.kernel.refused import Absent
from lianxin.places.enums import LEVEL_OF_LENGTH, Level
from lianxin.places.models import PATH_SIGN, Division


@dataclass(frozen=True, slots=True)
class DivisionName:
    """What a page needs to name a division. `path` has the full names, province first."""

    code: str
    name: str
    short: str
    level: Level
    path: tuple[str, ...]

    @property
    def text(self) -> str:
        return PATH_SIGN.join(self.path)

    def tail(self, n: int = 2) -> str:
        """The last n names of the path: 西山区 › 前卫街道."""
        return PATH_SIGN.join(self.path[-n:])

    def __str__(self) -> str:
        return self.text


def level_of(code: str) -> Level:
    """The level that the length of a code says; ValueError where no division has such a length."""
    if code.isdecimal() and len(code) in LEVEL_OF_LENGTH:
        return LEVEL_OF_LENGTH[len(code)]
    raise ValueError(f"{code!r} is not the code of a division.")


def ancestors(code: str) -> tuple[str, ...]:
    """Codes from the province down to the division itself: 53, 5301, 530112, 530112005."""
    return tuple(code[:length] for length in LEVEL_OF_LENGTH if length <= len(code))


def within(code: str, prefix: str) -> bool:
    """Whether a division is the other one or lies in it. Everything lies in the empty code."""
    return code.startswith(prefix)


def within_q(prefix: str, field: str = "division_code") -> Q:
    """`within` as a filter. A range of codes, so that an index serves it on both engines.

    The end of the range is made of digits alone, whose order no collation changes. ValueError
    where the prefix is no code.
    """
    first, beyond = _range(prefix)
    if not first:
        return Q()
    begun = Q(**{f"{field}__gte": first})
    return begun & Q(**{f"{field}__lt": beyond}) if beyond else begun


def within_unindexed_q(prefix: str) -> Q:
    """`within_q` of `division_code` for so much of a table that another index serves better."""
    first, beyond = _range(prefix)
    if not first:
        return Q()
    column = Unindexed(F("division_code"))
    begun = Q(GreaterThanOrEqual(column, first))
    return begun & Q(LessThan(column, beyond)) if beyond else begun


def _range(prefix: str) -> tuple[str, str]:
    """The first code of a division, and the first behind it; empty where there is none."""
    if prefix and not prefix.isdecimal():
        raise ValueError(f"{prefix!r} is not the code of a division.")
    beyond = str(int(prefix) + 1).zfill(len(prefix)) if prefix else ""
    return prefix, beyond if len(beyond) == len(prefix) else ""


@remembered_each(Division)
def names_for(codes: Iterable[str]) -> dict[str, DivisionName]:
    """Names and paths of any number of divisions, retired ones too. One query for those that are
    not remembered, none for no code."""
    rows = Division.objects.filter(code__in=set(codes)).values_list(
        "code", "name", "short_name", "level", "path_names"
    )
    return {
        code: DivisionName(code, name, short, Level(level), tuple(path))
        for code, name, short, level, path in rows
    }


def division(code: str) -> Division:
    """The division of a code; raises Absent."""
    found = Division.objects.filter(code=code).first()
    if found is None:
        raise Absent(_("There is no such division."), code="places.no_division")
    return found


@remembered(Division)
def active_division(code: str) -> Division | None:
    """The division of a code where the list still has it; remembered, not to be changed."""
    return Division.objects.filter(code=code, is_active=True).first()


def path(code: str) -> str:
    """云南省 › 昆明市 › 西山区 › 前卫街道; the code itself where the division is not known."""
    known = names_for([code]).get(code)
    return known.text if known else code


def children(code: str) -> QuerySet[Any]:
    """The divisions directly below, in the order of the list; the provinces for an empty code.

    Each has `has_children`.
    """
    below = Division.objects.filter(parent_code=OuterRef("code"), is_active=True)
    return (
        Division.objects.filter(parent_code=code, is_active=True)
        .annotate(has_children=Exists(below))
        .order_by("sort", "code")
    )


@remembered(Division)
def children_of(code: str) -> tuple[Any, ...]:
    """The same, all of them; remembered, not to be changed."""
    return tuple(children(code))

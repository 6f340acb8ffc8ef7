"""Units and offices from a table: one row each, new or changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.congress.enums import OrganKind
from lianxin.congress.models import Actor, Organ
from lianxin.congress.queries import cells
from lianxin.congress.services.organs import open_organ, update_organ
from lianxin.record.services.imports import Column, Row

_LONGEST = {"name": 120, "short_name": 40, "phone": 30, "address": 200}
_KINDS = [choice for choice in OrganKind.choices if choice[0] != OrganKind.VENUE_DESK]
Key = tuple[str, str, str]


class UnitImporter:
    """Record's `Importer` of organs, known by place, name and kind. Desks come with their venues."""

    title = gettext_lazy("Units and offices")
    columns: Sequence[Column] = (
        Column(
            "place",
            gettext_lazy("Place of the unit"),
            required=True,
            hint=gettext_lazy("The path in words, or the code."),
            example="昆明市西山区",
        ),
        Column("name", gettext_lazy("Name of the unit"), required=True, example="西山区某某局"),
        Column("short_name", gettext_lazy("Short name"), example="区某某局"),
        Column(
            "kind",
            gettext_lazy("Kind"),
            hint=gettext_lazy("Handling unit, if empty."),
            example="承办单位",
        ),
        Column(
            "superior",
            gettext_lazy("Superior"),
            hint=gettext_lazy("Name of an organ known already, or of another row of this table."),
        ),
        Column(
            "needs_approval",
            gettext_lazy("Answers need approval"),
            hint=gettext_lazy("yes or no"),
            example="是",
        ),
        Column("phone", gettext_lazy("Office phone"), example="0871-00000000"),
        Column("address", gettext_lazy("Office address")),
    )

    def check(self, rows: Sequence[Row], /) -> Mapping[int, Sequence[str]]:
        """Refuses unknown places, kinds and superiors, too long cells, and rows said twice."""
        places = cells.PlaceCells(row["place"] for row in rows)
        superiors = {row["name"] for row in rows}
        superiors |= _known({row["superior"] for row in rows if row["superior"]})
        refusals: dict[int, list[str]] = {}
        seen: dict[Key, int] = {}
        for row in rows:
            wrong = _wrong(row, places, superiors)
            if not wrong:
                first = seen.setdefault(_key(row, places), row.number)
                if first != row.number:
                    wrong = [_("The same unit stands in row %(row)s.") % {"row": first}]
            if wrong:
                refusals[row.number] = wrong
        return refusals

    def apply(self, rows: Sequence[Row], /, *, by: Actor | None, at: datetime) -> int:
        """Opens and changes organs through the services, superiors last; returns how many differ.

        Raises Forbidden where a row lies outside the operator's places.
        """
        places = cells.PlaceCells(row["place"] for row in rows)
        organs: list[tuple[Row, Organ]] = []
        touched: set[object] = set()
        for row in rows:
            organ, is_new = _taken(row, _key(row, places), by, at)
            organs.append((row, organ))
            if is_new:
                touched.add(organ.pk)
        for row, organ in organs:
            superior = _superior(row["superior"], organ) if row["superior"] else None
            values = {
                "short_name": row["short_name"],
                "needs_approval": bool(cells.yes_or_no(row["needs_approval"])),
                "phone": row["phone"],
                "address": row["address"],
                "superior_id": superior.pk if superior else organ.superior_id,
            }
            if any(getattr(organ, name) != value for name, value in values.items()):
                update_organ(organ_id=organ.pk, by=by, at=at, **values)
                touched.add(organ.pk)
        return len(touched)


def _wrong(row: Row, places: cells.PlaceCells, superiors: set[str]) -> list[str]:
    wrong = [sentence for sentence in (places.refusal(row["place"]),) if sentence]
    if row["kind"] and cells.choice_by_word(_KINDS, row["kind"]) is None:
        wrong.append(_("“%(word)s” is no kind of unit.") % {"word": row["kind"]})
    if cells.yes_or_no(row["needs_approval"]) is None:
        wrong.append(_("“%(word)s” is neither yes nor no.") % {"word": row["needs_approval"]})
    superior = row["superior"]
    if superior and superior == row["name"]:
        wrong.append(_("A unit cannot be its own superior."))
    elif superior and superior not in superiors:
        wrong.append(_("We know no organ called “%(name)s”.") % {"name": superior})
    return wrong + cells.too_long(dict(row.values), _LONGEST)


def _known(names: set[str]) -> set[str]:
    found = Organ.objects.filter(name__in=names, is_active=True)
    return set(found.values_list("name", flat=True))


def _key(row: Row, places: cells.PlaceCells) -> Key:
    kind = cells.choice_by_word(_KINDS, row["kind"]) if row["kind"] else OrganKind.UNIT
    return places.code(row["place"]), row["name"], str(kind)


def _taken(row: Row, key: Key, by: Actor | None, at: datetime) -> tuple[Organ, bool]:
    code, name, kind = key
    organ = Organ.objects.filter(division_code=code, name=name, kind=kind).first()
    if organ:
        return organ, False
    opened = open_organ(
        name=name,
        kind=kind,
        division_code=code,
        short_name=row["short_name"],
        needs_approval=bool(cells.yes_or_no(row["needs_approval"])),
        phone=row["phone"],
        address=row["address"],
        by=by,
        at=at,
    )
    return opened, True


def _superior(name: str, organ: Organ) -> Organ:
    """The organ of that name nearest to this one: the longest common code wins."""
    found = Organ.objects.filter(name=name, is_active=True).exclude(pk=organ.pk)
    return max(found, key=lambda one: _common(one.division_code, organ.division_code))


def _common(one: str, other: str) -> int:
    return next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )

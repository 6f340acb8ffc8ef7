"""Outlines of grids: set one by one, or from a GeoJSON file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.kernel.foreign import read_json
from lianxin.kernel.refused import Forbidden
from lianxin.places.models import Grid, GridMap
from lianxin.places.rules.outlines import Outline, OutlineRefused, outline_of
from lianxin.places.services.grid_import import IMPORT, Importing, Places
from lianxin.places.services.grids import renew_map
from lianxin.record import services as record
from lianxin.record.services.imports import Row

MOST_FEATURES = 100_000


@dataclass(slots=True)
class OutlineReport:
    """What a file holds: feature number (from 1) → sentence where it is refused, the others' WKB."""

    total: int = 0
    refused: dict[int, str] = field(default_factory=dict)
    outlines: dict[UUID, bytes] = field(default_factory=dict)
    changed: int = 0


@transaction.atomic
def set_shape(
    *, grid_id: UUID, outline: Outline | None, by: Importing | None, at: datetime
) -> Grid:
    """The outline of a grid, or none any more: then its addresses alone are known.

    Locks the grid → may import for its place → outline checked → saved → map renewed → journal.
    The same outline again writes nothing. Raises Forbidden, OutlineRefused.
    """
    grid = Grid.objects.select_for_update().get(pk=grid_id)
    if by is not None and not by.can_in(IMPORT, grid.division_code):
        raise Forbidden(_("Outlines of grids are kept by the system administrator of the place."))
    shape = None if outline is None else outline_of(outline)
    if shape == (None if grid.shape is None else bytes(grid.shape)):
        return grid
    grid.shape = shape
    grid.save(update_fields=("shape",))
    renew_map()
    record.write(
        action="places.grid.outlined",
        by=by,  # type: ignore[arg-type]
        at=at,
        division_code=grid.division_code,
        subject=grid,
        data={"bytes": len(shape or b"")},
    )
    return grid


def look_through(text: str) -> OutlineReport:
    """What a GeoJSON file would change; writes nothing.

    A FeatureCollection whose features have `place` (path or code of the village) and `number` of
    a known grid. Raises OutlineRefused where the file is none.
    """
    features = _features(text)
    rows = [Row(n, _cells(feature)) for n, feature in enumerate(features, start=1)]
    places = Places(rows)
    known = _known({places.code(row) for row in rows if not places.refusals(row)})
    report = OutlineReport(total=len(rows))
    for row, feature in zip(rows, features, strict=True):
        wrong = places.refusals(row)
        grid_id = None if wrong else known.get((places.code(row), row["number"]))
        if wrong or grid_id is None:
            report.refused[row.number] = (
                wrong[0] if wrong else _("There is no grid no. %(number)s.") % dict(row.values)
            )
        elif grid_id in report.outlines:
            report.refused[row.number] = _("This grid has an outline further up.")
        else:
            _take(report, row.number, grid_id, feature)
    return report


@transaction.atomic
def import_outlines(*, text: str, by: Importing | None, at: datetime) -> OutlineReport:
    """Takes over every outline of a file that is not refused, in one transaction.

    Grids changed in bulk → map renewed → one journal entry. Raises Forbidden where a grid lies
    outside the places the person may import for, and OutlineRefused for the file as a whole.
    """
    report = look_through(text)
    grids = list(Grid.objects.select_for_update().filter(pk__in=report.outlines))
    if by is not None and not all(by.can_in(IMPORT, grid.division_code) for grid in grids):
        raise Forbidden(_("This file has grids of places that are not yours."))
    changed = [g for g in grids if g.shape is None or bytes(g.shape) != report.outlines[g.pk]]
    for grid in changed:
        grid.shape = report.outlines[grid.pk]
    Grid.objects.bulk_update(changed, ("shape",), batch_size=200)
    report.changed = len(changed)
    if changed:
        renew_map()
        record.write(
            action="places.grid.outlines_imported",
            by=by,  # type: ignore[arg-type]
            at=at,
            division_code=_common([grid.division_code for grid in changed]),
            subject=("places.gridmap", GridMap.objects.get().pk),
            data={"grids": len(changed), "refused": len(report.refused)},
        )
    return report


def _features(text: str) -> list[Mapping[str, Any]]:
    try:
        found = read_json(text)
        features = list(found["features"])
    except (ValueError, KeyError, TypeError) as wrong:
        raise OutlineRefused(_("The file is no GeoJSON with a list of features.")) from wrong
    if len(features) > MOST_FEATURES:
        raise OutlineRefused(_("The file has too many features."))
    return [one if isinstance(one, dict) else {} for one in features]


def _cells(feature: Mapping[str, Any]) -> dict[str, str]:
    given = feature.get("properties")
    given = given if isinstance(given, dict) else {}
    return {name: str(given.get(name) or "").strip() for name in ("place", "number")}


def _known(codes: set[str]) -> dict[tuple[str, str], UUID]:
    found: dict[tuple[str, str], UUID] = {}
    batches = sorted(codes)
    for start in range(0, len(batches), 500):
        grids = Grid.objects.filter(division_code__in=batches[start : start + 500], is_active=True)
        found |= {
            (code, number): pk
            for code, number, pk in grids.values_list("division_code", "number", "id")
        }
    return found


def _take(report: OutlineReport, number: int, grid_id: UUID, feature: Mapping[str, Any]) -> None:
    try:
        report.outlines[grid_id] = outline_of(feature.get("geometry") or {})
    except OutlineRefused as refused:
        report.refused[number] = str(refused.message)


def _common(codes: list[str]) -> str:
    """The smallest division that holds all of them."""
    first, last = min(codes), max(codes)
    return next((first[:n] for n in (12, 9, 6, 4, 2) if first[:n] == last[:n]), "")

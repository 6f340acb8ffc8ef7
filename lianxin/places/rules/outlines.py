"""Outlines of grids: what is taken for one, and what is refused with a sentence.

Degrees of WGS-84, longitude first, as GeoJSON (RFC 7946) and WKT have them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import shapely
from django.utils.translation import gettext_lazy as _
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from lianxin.kernel.refused import Refused

#: Degrees west, south, east, north: Yunnan with a margin.
BOUNDS = (97.0, 20.0, 107.0, 30.0)
MOST_POINTS = 5_000
#: Square degrees; a hundredth is about 110 km², more than the largest village has for a grid.
LARGEST = 0.1
#: Digits after the point that are kept: 1 cm.
PRECISION = 7

Outline = str | bytes | Mapping[str, Any]


class OutlineRefused(Refused):
    message = _("This is no outline of a grid.")
    code = "places.outline"
    status = 422


def outline_of(given: Outline) -> bytes:
    """WKB of an outline given as WKB, as WKT or as GeoJSON (text or object); height is left out.

    Raises OutlineRefused: unreadable, no polygon, crossing itself, outside BOUNDS (also where
    latitude stands first), too many points, too large.
    """
    shape = _read(given)
    if not isinstance(shape, Polygon | MultiPolygon) or shape.is_empty:
        raise OutlineRefused(_("An outline is a polygon or several polygons."))
    if shapely.get_num_coordinates(shape) > MOST_POINTS:
        raise OutlineRefused(
            _("An outline has at most %(most)s points; please simplify it.") % {"most": MOST_POINTS}
        )
    _check_bounds(shape)
    shape = shapely.transform(shapely.force_2d(shape), lambda points: points.round(PRECISION))
    if not shape.is_valid:
        raise OutlineRefused(
            _("The outline crosses itself: %(where)s") % {"where": shapely.is_valid_reason(shape)}
        )
    if shape.area > LARGEST:
        raise OutlineRefused(_("The outline is larger than a grid can be."))
    return bytes(shapely.to_wkb(shape))


def _read(given: Outline) -> BaseGeometry:
    try:
        if isinstance(given, bytes):
            return shapely.from_wkb(given)
        if isinstance(given, str) and not given.lstrip().startswith("{"):
            return shapely.from_wkt(given)
        text = given if isinstance(given, str) else json.dumps(given)
        return shapely.from_geojson(text)
    except (shapely.errors.ShapelyError, TypeError, ValueError) as wrong:
        raise OutlineRefused(_("The outline cannot be read.")) from wrong


def _check_bounds(shape: BaseGeometry) -> None:
    west, south, east, north = BOUNDS
    x_least, y_least, x_most, y_most = shape.bounds
    if west <= x_least and x_most <= east and south <= y_least and y_most <= north:
        return
    if west <= y_least and y_most <= east and south <= x_least and x_most <= north:
        raise OutlineRefused(_("The outline has latitude first; longitude must stand first."))
    raise OutlineRefused(_("The outline does not lie in Yunnan; degrees of WGS-84 are expected."))

"""Writes of places."""

from lianxin.places.services.calendar import (
    announce_year,
    remove_calendar_day,
    remove_service_hours,
    set_calendar_day,
    set_service_hours,
)
from lianxin.places.services.divisions import DivisionRow, LoadReport, load_divisions
from lianxin.places.services.grid_import import GridImporter
from lianxin.places.services.grid_shapes import (
    OutlineReport,
    import_outlines,
    look_through,
    set_shape,
)

__all__ = (
    "DivisionRow",
    "GridImporter",
    "LoadReport",
    "OutlineReport",
    "announce_year",
    "import_outlines",
    "load_divisions",
    "look_through",
    "remove_calendar_day",
    "remove_service_hours",
    "set_calendar_day",
    "set_service_hours",
    "set_shape",
)

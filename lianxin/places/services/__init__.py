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

__all__ = (
    "DivisionRow",
    "GridImporter",
    "LoadReport",
    "announce_year",
    "load_divisions",
    "remove_calendar_day",
    "remove_service_hours",
    "set_calendar_day",
    "set_service_hours",
)

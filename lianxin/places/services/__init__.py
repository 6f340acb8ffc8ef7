"""Writes of places."""

from lianxin.places.services.calendar import (
    announce_year,
    load_year,
    remove_calendar_day,
    remove_service_hours,
    set_calendar_day,
    set_service_hours,
)
from lianxin.places.services.divisions import DivisionRow, LoadReport, load_divisions

__all__ = (
    "DivisionRow",
    "LoadReport",
    "announce_year",
    "load_divisions",
    "load_year",
    "remove_calendar_day",
    "remove_service_hours",
    "set_calendar_day",
    "set_service_hours",
)

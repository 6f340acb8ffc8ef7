"""Verbs of venues."""

from lianxin.venues.services.deputies import (
    bind_grid,
    end_stationing,
    station_deputy,
    unbind_grid,
)
from lianxin.venues.services.deputy_import import DeputyImporter
from lianxin.venues.services.venue_import import VenueImporter
from lianxin.venues.services.venues import (
    add_area,
    close_venue,
    open_venue,
    refresh_search,
    remove_area,
    update_venue,
)

__all__ = [
    "DeputyImporter",
    "VenueImporter",
    "add_area",
    "bind_grid",
    "close_venue",
    "end_stationing",
    "open_venue",
    "refresh_search",
    "remove_area",
    "station_deputy",
    "unbind_grid",
    "update_venue",
]

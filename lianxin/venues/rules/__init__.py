"""Who may keep a venue, what fits into one, and what differs between two boards."""

from lianxin.venues.rules.permissions import (
    VenueRefused,
    VenueTaken,
    check_grid_fits,
    check_is_deputy,
    check_may_import,
    check_may_keep_portrait,
    check_may_manage_venue,
    check_may_open_venue,
    check_may_print,
    may_keep_portrait,
    may_manage_venue,
    may_print,
    may_see_venue,
)

__all__ = [
    "VenueRefused",
    "VenueTaken",
    "check_grid_fits",
    "check_is_deputy",
    "check_may_import",
    "check_may_keep_portrait",
    "check_may_manage_venue",
    "check_may_open_venue",
    "check_may_print",
    "may_keep_portrait",
    "may_manage_venue",
    "may_print",
    "may_see_venue",
]

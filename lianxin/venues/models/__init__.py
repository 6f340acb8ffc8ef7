"""Nouns of the venues: the venues themselves, what their pages tell, their printed boards."""

from lianxin.venues.models.boards import BoardIssue
from lianxin.venues.models.contents import (
    CheckItem,
    CheckPoint,
    ClosedDay,
    Equipment,
    NewsItem,
    Partner,
    StaffLine,
    ThemedActivity,
    VenueText,
)
from lianxin.venues.models.venues import GridBinding, Stationing, Venue, VenueArea

__all__ = [
    "BoardIssue",
    "CheckItem",
    "CheckPoint",
    "ClosedDay",
    "Equipment",
    "GridBinding",
    "NewsItem",
    "Partner",
    "StaffLine",
    "Stationing",
    "ThemedActivity",
    "Venue",
    "VenueArea",
    "VenueText",
]

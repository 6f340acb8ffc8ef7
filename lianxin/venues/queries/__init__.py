"""Reads of venues: which serve a place, the public list and pages, who is stationed where."""

from lianxin.venues.queries.imports import (
    BatchPage,
    ImportKind,
    batch_page,
    batches_of,
    import_kinds,
    own_batch,
    scope_of,
)
from lianxin.venues.queries.pages import (
    DeputyPage,
    GridLine,
    VenueList,
    VenuePage,
    deputy_page,
    venue_list,
    venue_page,
)
from lianxin.venues.queries.venues import (
    deputies_of_venue,
    grids_of_deputy,
    nearest_venue,
    venue_by_code,
    venue_of_desk,
    venues_listed,
    venues_of_deputy,
    venues_serving,
)

__all__ = [
    "BatchPage",
    "DeputyPage",
    "GridLine",
    "ImportKind",
    "VenueList",
    "VenuePage",
    "batch_page",
    "batches_of",
    "deputies_of_venue",
    "deputy_page",
    "grids_of_deputy",
    "import_kinds",
    "nearest_venue",
    "own_batch",
    "scope_of",
    "venue_by_code",
    "venue_list",
    "venue_of_desk",
    "venue_page",
    "venues_listed",
    "venues_of_deputy",
    "venues_serving",
]

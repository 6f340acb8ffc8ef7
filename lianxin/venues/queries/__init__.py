"""Reads of venues: which serve a place, the public list and pages, who is stationed where."""

from lianxin.venues.queries.find import Nearby, Spot, Understood, at_position, understand
from lianxin.venues.queries.find_page import Answer, answer
from lianxin.venues.queries.find_table import Table, grid_table
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
    venue_about,
    venue_list,
    venue_page,
)
from lianxin.venues.queries.venues import (
    areas_of,
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
    "Answer",
    "BatchPage",
    "DeputyPage",
    "GridLine",
    "ImportKind",
    "Nearby",
    "Spot",
    "Table",
    "Understood",
    "VenueList",
    "VenuePage",
    "answer",
    "areas_of",
    "at_position",
    "batch_page",
    "batches_of",
    "deputies_of_venue",
    "deputy_page",
    "grid_table",
    "grids_of_deputy",
    "import_kinds",
    "nearest_venue",
    "own_batch",
    "scope_of",
    "understand",
    "venue_about",
    "venue_by_code",
    "venue_list",
    "venue_of_desk",
    "venue_page",
    "venues_listed",
    "venues_of_deputy",
    "venues_serving",
]

"""Grids of villages and communities."""

from __future__ import annotations

import re

from django.db.models import QuerySet

from lianxin.places.models import Grid
from lianxin.places.queries.divisions import within_q

BETWEEN_ADDRESSES = re.compile(r"[\n,，;；、]+")


def grids_in(prefix: str) -> QuerySet[Grid]:
    """Grids in use of a division and all below it, in the order of their numbers."""
    return Grid.objects.filter(within_q(prefix), is_active=True).order_by("division_code", "number")


def grid_for_address(division_code: str, text: str) -> Grid | None:
    """The one grid whose list names a part of the address; the longest part wins.

    None where nothing fits, or two grids name equally long parts: a person decides then.
    """
    said = text.replace(" ", "")
    found: dict[int, set[Grid]] = {}
    for grid in grids_in(division_code):
        for address in BETWEEN_ADDRESSES.split(grid.addresses):
            address = address.replace(" ", "")
            if len(address) >= 2 and address in said:
                found.setdefault(len(address), set()).add(grid)
    best = found[max(found)] if found else set()
    return best.pop() if len(best) == 1 else None

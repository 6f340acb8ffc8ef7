"""Grids of villages and communities."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db.models import QuerySet

from lianxin.places.models import Grid
from lianxin.places.queries.divisions import within_q

BETWEEN_ADDRESSES = re.compile(r"[\n,，;；、]+")


def grids_in(prefix: str) -> QuerySet[Grid]:
    """Grids in use of a division and all below it, in the order of their numbers."""
    return Grid.objects.filter(within_q(prefix), is_active=True).order_by("division_code", "number")


def grid_for_address(
    division_code: str, text: str, *, grids: Iterable[Grid] | None = None
) -> Grid | None:
    """The one grid whose list names a part of the address; the longest part wins.

    None where nothing fits, or two grids name equally long parts: a person decides then.
    `grids` are those of the division where they were read already. One query without them.
    """
    said = text.replace(" ", "")
    if not said:
        return None
    found: dict[int, set[Grid]] = {}
    for grid in grids_in(division_code) if grids is None else grids:
        for address in BETWEEN_ADDRESSES.split(grid.addresses):
            address = address.replace(" ", "")
            if len(address) >= 2 and address in said:
                found.setdefault(len(address), set()).add(grid)
    best = found[max(found)] if found else set()
    return best.pop() if len(best) == 1 else None

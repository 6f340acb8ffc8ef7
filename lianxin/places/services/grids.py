"""Grids (网格), one by one; many come by `grid_import`."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from lianxin.places.models import Grid, GridMap
from lianxin.places.services.calendar import rules
from lianxin.record import services as record


@transaction.atomic
def open_grid(
    *,
    division_code: str,
    number: str,
    name: str,
    addresses: str = "",
    office_phone: str = "",
    by: rules.Manager | None,
    at: datetime,
) -> Grid:
    """Open a grid of a village or community; `by` None is the installation itself. Journalled."""
    grid = Grid.objects.create(
        division_code=division_code,
        number=number,
        name=name,
        addresses=addresses,
        office_phone=office_phone,
    )
    record.write(
        action="places.grid.opened",
        by=by,
        at=at,
        division_code=division_code,
        subject=grid,
        data={"number": number},
    )
    return grid


def renew_map() -> None:
    """Every index of outlines built so far is good no more, with the commit of this transaction.

    The step is a random one: a change rolled back is never taken for the next.
    """
    GridMap.objects.get_or_create(only=True)
    row = GridMap.objects.select_for_update().get()
    row.version += 1 + secrets.randbelow(2**31)
    row.save(update_fields=("version",))

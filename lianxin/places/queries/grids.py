"""Grids of villages and communities: by place, by number, by address."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db.models import QuerySet

from lianxin.kernel.reference import remembered
from lianxin.places.models import Grid
from lianxin.places.queries.divisions import within_q
from lianxin.places.rules.addresses import houses_of, normal

#: Grids read at most where a street is looked for in a whole county or the province.
MOST_READ = 200


def grids_in(prefix: str) -> QuerySet[Grid]:
    """Grids in use of a division and all below it, in the order of their numbers."""
    return Grid.objects.filter(within_q(prefix), is_active=True).order_by("division_code", "number")


@remembered(Grid)
def grids_of(village: str, most: int) -> tuple[Grid, ...]:
    """The first grids in use of a village or community; remembered, not to be changed."""
    return tuple(grids_in(village)[:most])


def grid_for_address(
    division_code: str, text: str, *, grids: Iterable[Grid] | None = None
) -> Grid | None:
    """The one grid whose list names a part of the address; the longest part wins.

    None where nothing fits, or two grids name equally long parts: a person decides then.
    `grids` are those of the division where they were read already. One query without them.
    """
    best = fitting(grids_in(division_code) if grids is None else grids, text)
    return best[0] if len(best) == 1 else None


def fitting(grids: Iterable[Grid], text: str) -> list[Grid]:
    """The grids whose lists explain most of the address: one where it is clear, none, or several."""
    said = normal(text)
    return _best(
        grids, lambda grid: max((h.fits(said) for h in houses_of(grid.addresses)), default=0)
    )


def perhaps(grids: Iterable[Grid], text: str) -> list[Grid]:
    """The grids an address may lie in that leaves out the number or a part of the name."""
    said = normal(text)
    return _best(
        grids, lambda grid: max((h.may_fit(said) for h in houses_of(grid.addresses)), default=0)
    )


def grids_naming(text: str, *, within: str = "") -> list[Grid]:
    """Grids whose lists have a beginning of the address word for word, wherever they lie.

    At most MOST_READ of them. One query, which reads all lists of the place: 30 ms for 64,000.
    """
    word = _street(normal(text))
    if len(word) < 2:
        return []
    return list(grids_in(within).filter(addresses__contains=word)[:MOST_READ])


def _street(said: str) -> str:
    """The words before the first figure, to be looked for: 润城路12号 → 润城路."""
    figure = next((at for at, sign in enumerate(said) if sign.isdigit()), len(said))
    return said[:figure]


def _best(grids: Iterable[Grid], worth: Callable[[Grid], int]) -> list[Grid]:
    found: dict[int, list[Grid]] = {}
    for grid in grids:
        found.setdefault(worth(grid), []).append(grid)
    best = max(found, default=0)
    return found[best] if best else []

"""Loads alone: the cheapest way to share out the turns when only absences count.

Gap, language and pairs are set aside, so what comes out is a bound for every rota. The cost of each
member's load is convex; a rota whose turns cannot be handed along a chain of days for a gain is the
cheapest one, which is what the search looks for.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from lianxin.reception.rules.rota.table import Table


def cheapest_loads(
    table: Table, costs: Sequence[Sequence[int]], free: Sequence[int] | None = None
) -> list[int]:
    """Turns of each member at the least Σ costs[member][turns], starting from the table's seats.

    `free` are the days that each can take over (as bits), their free ones if it is not said.
    """
    turns, load = list(table.turns), list(table.load)
    free = [days & ~table.fixed for days in free or table.free]
    movable = ~table.fixed
    while True:
        chain = _gain([days & movable for days in turns], turns, load, free, costs)
        if not chain:
            return load
        load[chain[0]] -= 1
        load[chain[-1]] += 1
        for giver, taker in itertools.pairwise(chain):
            days = turns[giver] & movable & free[taker] & ~turns[taker]
            day = days & -days
            turns[giver] ^= day
            turns[taker] |= day


def _gain(
    givable: list[int],
    turns: list[int],
    load: list[int],
    free: list[int],
    costs: Sequence[Sequence[int]],
) -> list[int]:
    """A chain of members along which one turn is handed on with the largest gain; [] at the end."""
    members = range(len(load))
    more = [costs[one][load[one] + 1] - costs[one][load[one]] for one in members]
    less = [
        costs[one][load[one]] - costs[one][load[one] - 1] if load[one] else 0 for one in members
    ]
    best, chain = 0, []
    for start in sorted(members, key=lambda one: -less[one]):
        if not load[start] or less[start] - min(more, default=0) <= best:
            continue
        came = {start: start}
        waiting = [start]
        for one in waiting:
            for other in members:
                if other not in came and givable[one] & free[other] & ~turns[other]:
                    came[other] = one
                    waiting.append(other)
        end = min(came, key=lambda one: (more[one] if one != start else 10**60, one))
        if end != start and less[start] - more[end] > best:
            best, chain = less[start] - more[end], [end]
            while chain[-1] != start:
                chain.append(came[chain[-1]])
            chain.reverse()
    return chain


def most_seated(table: Table) -> int:
    """Seats of open days that somebody can take at all."""
    seats = table.problem.seats
    return sum(
        min(seats, sum(table.own[one][day] >= 0 for one in range(table.n))) for day in table.open
    )

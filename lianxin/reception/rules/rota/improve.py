"""Making a rota better by small steps: a seat to somebody else, two seats or two days exchanged.

Steps that cost nothing are taken too, so that the search walks along plains; when it has come to
rest, a few steps at random begin it anew from the best rota so far. It ends at the bound, or after
a number of tries that depends on the size alone: the same problem gives the same rota everywhere.
"""

from __future__ import annotations

import random

from lianxin.reception.rules.rota.problem import Seats
from lianxin.reception.rules.rota.table import FORBIDDEN, Table

#: Tries for each seat of the year, and how many without gain count as rest.
TRIES, REST = 160, 10
#: How often which step is tried; else two days exchange all their members.
REPLACES, EXCHANGES = 0.25, 0.65


def improve(table: Table, *, bound: int, effort: float = 1.0, seed: int = 1) -> Seats:
    """The best seats found from those on the table; the table holds them afterwards.

    `bound` is a price that cannot be beaten: reaching it ends the search.
    """
    chance = random.Random(seed)  # noqa: S311  (walks, hides nothing)
    best, seats = table.price, table.seats()
    turns = table.problem.seats * len(table.open)
    tries, rest, idle = int(turns * TRIES * effort), turns * REST, 0
    pick, whole, days = chance.random, len(table.open), table.open
    for _ in range(tries if table.n > table.problem.seats else 0):
        if best <= bound:
            break
        day = days[int(pick() * whole)]
        seated = table.members[day]
        if not seated:
            idle += 1
            continue
        member = seated[int(pick() * len(seated))]
        before, kind = table.price, pick()
        if kind < REPLACES:
            _replace(table, day, member, int(pick() * table.n))
        elif kind < REPLACES + EXCHANGES:
            _exchange(table, day, member, days[int(pick() * whole)], pick())
        else:
            _exchange_days(table, day, days[int(pick() * whole)])
        idle = 0 if table.price < before else idle + 1
        if table.price < best:
            best, seats = table.price, table.seats()
        elif idle > rest:
            restore(table, seats)
            _stir(table, chance)
            idle = 0
    restore(table, seats)
    return seats


def _replace(table: Table, day: int, member: int, other: int) -> None:
    """Gives the seat to another, unless that costs more."""
    if other in table.members[day] or table.own[other][day] == FORBIDDEN:
        return
    before = table.price
    table.take(day, member)
    table.give(day, other)
    if table.price > before:
        table.take(day, other)
        table.give(day, member)


def _exchange(table: Table, day: int, member: int, later: int, at: float) -> None:
    """Two seats of different days change hands, unless that costs more."""
    there = table.members[later]
    if day == later or not there or member in there or table.own[member][later] == FORBIDDEN:
        return
    other = there[int(at * len(there))]
    if other in table.members[day] or table.own[other][day] == FORBIDDEN:
        return
    before = table.price
    table.take(day, member)
    table.take(later, other)
    table.give(day, other)
    table.give(later, member)
    if table.price > before:
        table.take(day, other)
        table.take(later, member)
        table.give(day, member)
        table.give(later, other)


def _exchange_days(table: Table, day: int, later: int) -> None:
    """Two days exchange their members, unless that costs more."""
    here, there = table.members[day], table.members[later]
    if day == later or not set(here).isdisjoint(there):
        return
    if any(table.own[one][later] == FORBIDDEN for one in here):
        return
    if any(table.own[one][day] == FORBIDDEN for one in there):
        return
    before = table.price
    _move(table, day, here, later, there)
    if table.price > before:
        _move(table, day, there, later, here)


def _move(table: Table, day: int, here: list[int], later: int, there: list[int]) -> None:
    """Those here go to the later day, those there come to this one."""
    for one in here:
        table.take(day, one)
    for one in there:
        table.take(later, one)
    for one in there:
        table.give(day, one)
    for one in here:
        table.give(later, one)


def _stir(table: Table, chance: random.Random) -> None:
    """A few exchanges whatever they cost."""
    for _ in range(3):
        day, later = chance.choice(table.open), chance.choice(table.open)
        if day == later or not table.members[day] or not table.members[later]:
            continue
        one, other = chance.choice(table.members[day]), chance.choice(table.members[later])
        if one in table.members[later] or other in table.members[day]:
            continue
        if FORBIDDEN in (table.own[one][later], table.own[other][day]):
            continue
        table.take(day, one)
        table.take(later, other)
        table.give(day, other)
        table.give(later, one)


def restore(table: Table, seats: Seats) -> None:
    """The table as it was with these seats."""
    for day in table.open:
        if set(table.members[day]) != set(seats[day]):
            for member in list(table.members[day]):
                table.take(day, member)
            for member in seats[day]:
                table.give(day, member)

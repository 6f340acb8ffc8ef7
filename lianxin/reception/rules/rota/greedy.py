"""A first rota: day after day the pair that costs least then and there."""

from __future__ import annotations

from itertools import combinations

from lianxin.reception.rules.rota.problem import Problem, Seats
from lianxin.reception.rules.rota.table import Table


def fill(table: Table) -> None:
    """Takes every empty seat that somebody can take, in the order of the days.

    Seats held under the rota in force are kept where they still can be.
    """
    problem = table.problem
    for day in table.open:
        for member in problem.days[day].held:
            seated = table.members[day]
            if len(seated) < problem.seats and member not in seated and table.may(day, member):
                table.give(day, member)
    for day in table.open:
        while len(table.members[day]) < problem.seats:
            chosen = _cheapest(table, day, problem.seats - len(table.members[day]))
            if not chosen:
                break
            for member in chosen:
                table.give(day, member)


def _cheapest(table: Table, day: int, empty: int) -> tuple[int, ...]:
    """The one or two members who cost least on the day; equals go by who sat longest ago."""
    seated = table.members[day]
    costs = {
        member: (table.cost(day, member, seated), table.turns[member])
        for member in range(table.n)
        if member not in seated and table.may(day, member)
    }
    if empty < 2 or len(costs) < 2:
        return (min(costs, key=lambda one: costs[one]),) if costs else ()
    best: tuple[int, int] | None = None
    found: tuple[int, ...] = ()
    for one, other in combinations(costs, 2):
        together = costs[one][0] + costs[other][0] + table.alike[one][other]
        together += table.again[table.met[one][other]]
        rank = (together - _twice(table, day, one, other), costs[one][1] | costs[other][1])
        if best is None or rank < best:
            best, found = rank, (one, other)
    return found


def _twice(table: Table, day: int, one: int, other: int) -> int:
    """When both speak the language of the day, it was counted for each."""
    speaks = table.problem.speaks
    both = table.asked[day] and speaks(one, day) and speaks(other, day)
    return -table.language if both else 0


def plain(problem: Problem) -> Seats:
    """The plain greedy to compare with: on each day those who sat least so far and may, nothing else.

    It keeps to absences, the gap and weekdays off as long as somebody is left, and to the language.
    """
    members, load, last = (
        problem.members,
        [0] * len(problem.members),
        [-problem.gap - 1] * len(problem.members),
    )
    seats: list[tuple[int, ...]] = []
    for index, day in enumerate(problem.days):
        chosen = list(day.held) if day.is_fixed else []
        while not day.is_fixed and len(chosen) < problem.seats:
            left = [one for one in problem.available(index) if one not in chosen]
            if not left:
                break
            needs = problem.asked[index] and not any(problem.speaks(one, index) for one in chosen)
            chosen.append(
                min(
                    left,
                    key=lambda one: (
                        needs and not problem.speaks(one, index),
                        day.on.isoweekday() in members[one].days_off,
                        index - last[one] <= problem.gap,
                        load[one],
                        one,
                    ),
                )
            )
        for one in chosen:
            load[one], last[one] = load[one] + 1, index
        seats.append(tuple(chosen))
    return tuple(seats)

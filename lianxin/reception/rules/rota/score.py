"""How good a rota is: broken wishes first, then the goals, as one tuple in the order of ORDER.

This is the plain definition, reckoned from nothing but the problem and the seats. The search keeps
the same figures as it goes; tests hold the two together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from lianxin.reception.rules.rota.problem import ORDER, Goal, Problem, Seats, Wish

#: A turn and a half, in hundredths: as far as a load may be from its share before seats must change.
DRIFT = 150

Score = tuple[int, ...]

#: Figures whose floors are reckoned from one another, each from those before it.
LINKED: list[str] = [Goal.FAIR, Goal.LEVELS, Goal.PROFESSIONS, Goal.PAIRS, Goal.TRAVEL]

#: One figure for comparisons with other ways of making rotas. A rota itself is chosen by the order
#: of its figures, never by points.
POINTS: dict[str, int] = {
    "seats": 1_000_000,
    "language": 200_000,
    "quota": 100_000,
    "weekday": 50_000,
    "gap": 20_000,
    "share": 100,
    "changed": 5_000,
    "fair": 10,  # 2,000 for each turn that ought to be somebody else's
    "levels": 100,
    "professions": 30,
    "pairs": 10,
    "travel": 1,
}


def points(figures: Score) -> int:
    """The figures of a rota as one number."""
    return sum(POINTS[name] * one for name, one in zip(ORDER, figures, strict=True))


@dataclass(frozen=True, slots=True)
class Broken:
    """A wish that a rota does not keep: on which day, whose."""

    wish: Wish
    day: int | None = None
    member: int | None = None


def raised(floors: dict[str, int], name: str, to: int) -> None:
    """A floor goes up: later ones were reckoned for rotas at the old one and are no longer sure.

    Loads, from which all linked floors come, are those of rotas in which nobody sits on a weekday
    they asked off and every speaker who is alone comes, as long as the floors of these allow it.
    """
    if to > floors[name]:
        floors[name] = to
        if name in (Wish.SEATS, Wish.LANGUAGE, Wish.QUOTA, Wish.WEEKDAY, *LINKED):
            first = LINKED.index(name) + 1 if name in LINKED else 0
            floors.update(dict.fromkeys(LINKED[first:], 0))


def fair_cost(share: int, turns: int) -> int:
    """What `turns` cost: the square of the distance from the share, without its constant."""
    return 100 * turns * turns - 2 * share * turns


def drift_cost(share: int, turns: int) -> int:
    return max(0, abs(100 * turns - share) - DRIFT)


def ideal_fair(shares: tuple[int, ...], turns: int) -> int:
    """The least that `turns` can cost, if everybody could every day."""
    loads = [0] * len(shares)
    total = 0
    for _ in range(turns if shares else 0):
        costs = [
            100 * (2 * load + 1) - 2 * share for load, share in zip(loads, shares, strict=True)
        ]
        cheapest = costs.index(min(costs))
        loads[cheapest] += 1
        total += costs[cheapest]
    return total


def loads_of(problem: Problem, seats: Seats) -> list[int]:
    """Turns of each member."""
    found = Counter(member for day in seats for member in day)
    return [found[member] for member in range(len(problem.members))]


def pairs_of(seats: Seats) -> Counter[tuple[int, int]]:
    """How often which two sit together."""
    return Counter(pair for day in seats for pair in combinations(sorted(day), 2))


def broken(problem: Problem, seats: Seats) -> Iterator[Broken]:
    """Every wish that is not kept; nothing is wished of fixed days."""
    for index, (day, members) in enumerate(zip(problem.days, seats, strict=True)):
        if day.is_fixed:
            continue
        for _ in range(problem.seats - len(members)):
            yield Broken(Wish.SEATS, index)
        if problem.asked[index] and not any(problem.speaks(m, index) for m in members):
            yield Broken(Wish.LANGUAGE, index)
        for member in members:
            if day.on.isoweekday() in problem.members[member].days_off:
                yield Broken(Wish.WEEKDAY, index, member)
        for earlier in range(max(0, index - problem.gap), index):
            for member in set(members) & set(seats[earlier]):
                yield Broken(Wish.GAP, index, member)
        for later in range(index + 1, min(len(seats), index + problem.gap + 1)):
            if problem.days[later].is_fixed:
                for member in set(members) & set(seats[later]):
                    yield Broken(Wish.GAP, index, member)
    for member, load in enumerate(loads_of(problem, seats)):
        one = problem.members[member]
        short = max(0, one.least - load) + max(0, load - (load if one.most is None else one.most))
        for _ in range(short):
            yield Broken(Wish.QUOTA, None, member)


def score(problem: Problem, seats: Seats) -> Score:
    """The figures of a rota, the lower the better, to be compared as tuples."""
    wishes = Counter(one.wish for one in broken(problem, seats))
    loads, pairs = loads_of(problem, seats), pairs_of(seats)
    turns = list(zip(problem.shares, loads, strict=True))
    same = [(count, *pair) for pair, count in pairs.items()]
    members = problem.members
    found: dict[str, int] = {
        **{str(wish): count for wish, count in wishes.items()},
        "share": sum(drift_cost(*turn) for turn in turns) if problem.replans else 0,
        "changed": changed(problem, seats),
        "fair": sum(fair_cost(*turn) for turn in turns) - ideal_fair(problem.shares, sum(loads)),
        "levels": sum(
            count for count, one, other in same if members[one].level == members[other].level
        )
        * problem.mixes_levels,
        "professions": sum(
            count
            for count, one, other in same
            if members[one].profession and members[one].profession == members[other].profession
        )
        * problem.mixes_professions,
        "pairs": len(pairs)
        if problem.lasts
        else sum(count * (count - 1) // 2 for count, _one, _other in same),
        "travel": sum(members[m].distance * load for m, load in enumerate(loads)),
    }
    return tuple(found.get(name, 0) for name in ORDER)


def changed(problem: Problem, seats: Seats) -> int:
    """Seats that go to somebody who does not sit there under the rota in force."""
    if not problem.replans:
        return 0
    return sum(
        len(set(members) - set(day.held))
        for day, members in zip(problem.days, seats, strict=True)
        if day.held and not day.is_fixed
    )


def spread(problem: Problem, seats: Seats) -> int:
    """Most turns less fewest, among equals: of one share, free on the same days, without wishes of
    their own for more or fewer turns.
    """
    loads: dict[tuple[int, frozenset[int]], list[int]] = {}
    for member, load in enumerate(loads_of(problem, seats)):
        one = problem.members[member]
        if not one.least and one.most is None:
            free = frozenset(
                index
                for index, day in enumerate(problem.days)
                if problem.may(member, index) and day.on.isoweekday() not in one.days_off
            )
            loads.setdefault((problem.shares[member], free), []).append(load)
    return max((max(found) - min(found) for found in loads.values()), default=0)

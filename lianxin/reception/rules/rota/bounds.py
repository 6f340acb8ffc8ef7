"""What no rota can beat, reckoned in a moment: for each wish and goal a figure that is a floor.

A floor of a later goal holds for rotas that are at the floors of the earlier ones, as only those
are compared in it. Where every figure of a rota is at its floor, the rota is proven to be the best.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from itertools import combinations

from lianxin.reception.rules.rota.flow import cheapest_loads, most_seated
from lianxin.reception.rules.rota.problem import ORDER
from lianxin.reception.rules.rota.score import Score, drift_cost, fair_cost, ideal_fair
from lianxin.reception.rules.rota.table import Table

#: Outweighs any second cost in a cost of two ranks.
FIRST = 10**12


def even(total: int, parts: int) -> int:
    """Pairs of equals when `total` things lie in `parts` heaps as evenly as can be: Σ C(heap, 2)."""
    if parts <= 0:
        return 0
    whole, rest = divmod(total, parts)
    return parts * (whole * (whole - 1) // 2) + rest * whole


def bounds(table: Table) -> Score:
    """The floors, in the order of ORDER. The table holds a filled rota to start from."""
    problem = table.problem
    empty = problem.seats * len(table.open) - most_seated(table)
    turns = problem.wanted - empty
    found = {"seats": empty, "gap": _gap(table), "language": _language(table)}
    quota = _quota_costs(table)
    loads = cheapest_loads(table, quota)
    found["quota"] = sum(quota[one][loads[one]] for one in range(table.n)) // FIRST
    found["weekday"] = _weekdays(table)
    drift = [[drift_cost(s, x) for x in range(table.m + 2)] for s in problem.shares]
    fair = [[fair_cost(s, x) for x in range(table.m + 2)] for s in problem.shares]
    first = _over(quota, drift) if problem.replans else quota
    if problem.replans:
        loads = cheapest_loads(table, first)
        found["share"] = sum(drift[one][loads[one]] for one in range(table.n))
        found["changed"] = _lost(table)
    # Changed seats come between drift and fairness: a floor of fairness must not count on drift.
    shared = _Loads(table, _over(quota, fair), found)
    loads = shared.least()
    floor = sum(fair[one][loads[one]] for one in range(table.n))
    found["fair"] = max(0, floor - ideal_fair(problem.shares, turns))
    _mixing(table, shared, found)
    found["travel"] = _travel(table, shared)
    return tuple(found.get(name, 0) for name in ORDER)


class _Loads:
    """The fairest loads, and among them those at the least of a second cost.

    Where nobody need sit on a weekday they asked off, nobody does; and whoever alone speaks the
    language of some days sits on each of them.
    """

    def __init__(self, table: Table, costs: list[list[int]], found: dict[str, int]) -> None:
        self.table, self.costs = table, costs
        self.free = list(table.free)
        if not found["weekday"]:
            self.free = [days & ~off for days, off in zip(table.free, table.off, strict=True)]
        if not (found["seats"] or found["language"] or found["quota"]):
            for member, sure in _only_speakers(table).items():
                row = self.costs[member]
                self.costs[member] = [
                    cost + FIRST * FIRST * max(0, sure - x) for x, cost in enumerate(row)
                ]

    def least(self, second: Sequence[Sequence[int]] | None = None) -> list[int]:
        costs = _over(self.costs, second) if second else self.costs
        return cheapest_loads(self.table, costs, self.free)


def _only_speakers(table: Table) -> Counter[int]:
    """On how many days each is the only one who could come and speaks what is asked for; with the
    turns of fixed days.
    """
    problem, found = table.problem, Counter[int]()
    for day in table.open:
        if table.asked[day]:
            speakers = [one for one in problem.available(day) if problem.speaks(one, day)]
            if len(speakers) == 1:
                found[speakers[0]] += 1
    for member in found:
        found[member] += (table.turns[member] & table.fixed).bit_count()
    return found


def _over(first: Sequence[Sequence[int]], second: Sequence[Sequence[int]]) -> list[list[int]]:
    """Costs of two ranks; each table convex, so is the sum."""
    return [
        [one * FIRST + other for one, other in zip(a, b, strict=True)]
        for a, b in zip(first, second, strict=True)
    ]


def _quota_costs(table: Table) -> list[list[int]]:
    found = []
    for member in table.problem.members:
        most = table.m if member.most is None else member.most
        found.append(
            [FIRST * (max(0, member.least - x) + max(0, x - most)) for x in range(table.m + 2)]
        )
    return found


def _language(table: Table) -> int:
    speaks = table.problem.speaks
    return sum(
        table.asked[day] and not any(table.may(day, m) and speaks(m, day) for m in range(table.n))
        for day in table.open
    )


def _weekdays(table: Table) -> int:
    """Seats that only somebody can take who asked the weekday off."""
    problem, found = table.problem, 0
    for day in table.open:
        weekday = problem.days[day].on.isoweekday()
        can = list(problem.available(day))
        glad = sum(weekday not in problem.members[one].days_off for one in can)
        found += max(0, min(problem.seats, len(can)) - glad)
    return found


def _lost(table: Table) -> int:
    """Seats that cannot stay with whom they are, as too few of these can still come."""
    problem, found = table.problem, 0
    for day in table.open:
        held, can = problem.days[day].held, problem.available(day)
        if held:
            found += max(0, min(problem.seats, len(can)) - len(set(held) & set(can)))
    return found


def _gap(table: Table) -> int:
    """In gap + 1 days on end with too few members, some must come twice."""
    problem, found = table.problem, 0
    length = problem.gap + 1
    if problem.gap == 0:
        return 0
    step = 1 if problem.gap == 1 else length
    for start in range(0, table.m - length + 1, step):
        days = range(start, start + length)
        if any(problem.days[day].is_fixed for day in days):
            continue
        window = sum(1 << day for day in days)
        can = [free for free in table.free if free & window]
        turns = sum(min(problem.seats, sum(bool(free >> day & 1) for free in can)) for day in days)
        found += even(turns, len(can))
    return found


def _mixing(table: Table, shared: _Loads, found: dict[str, int]) -> None:
    problem = table.problem
    levels = [member.level for member in problem.members]
    professions = [member.profession or index for index, member in enumerate(problem.members)]
    if problem.mixes_levels:
        found["levels"] = _alike(table, levels, shared)
    if problem.mixes_professions:
        found["professions"] = _alike(table, professions, shared)
    if not found["seats"]:
        found["pairs"] = (_lasting if problem.lasts else _varied)(table, shared, found)


def _alike(table: Table, kinds: Sequence[Hashable], shared: _Loads) -> int:
    """Pairs of one kind that cannot be avoided: by the days, and by a kind that has the majority."""
    problem, by_kind = table.problem, defaultdict(list)
    for member, kind in enumerate(kinds):
        by_kind[kind].append(member)
    single = 0
    for day in range(table.m):
        if problem.days[day].is_fixed:
            can = list(table.members[day])
            single += sum(kinds[a] == kinds[b] for a, b in combinations(can, 2))
            continue
        present = {kinds[one] for one in range(table.n) if table.free[one] >> day & 1}
        sitting = min(problem.seats, sum(table.free[one] >> day & 1 for one in range(table.n)))
        single += even(sitting, len(present))
    if problem.seats != 2:
        return single
    largest = max(by_kind.values(), key=len, default=[])
    if 2 * len(largest) < table.n:
        return single
    inside = set(largest)
    loads = shared.least(
        [[x * (one in inside) for x in range(table.m + 2)] for one in range(table.n)]
    )
    return max(single, sum(loads[one] for one in largest) - table.m)


def _varied(table: Table, shared: _Loads, found: dict[str, int]) -> int:
    """Repetitions when days are spread as evenly as can be over the pairs that may be used."""
    problem = table.problem
    sizes = [len(day.held) if day.is_fixed else problem.seats for day in problem.days]
    meetings = sum(size * (size - 1) // 2 for size in sizes)
    kinds: dict[tuple[bool, bool], int] = defaultdict(int)
    for one, other in combinations(problem.members, 2):
        level = problem.mixes_levels and one.level == other.level
        trade = bool(one.profession) and one.profession == other.profession
        kinds[level, problem.mixes_professions and trade] += 1
    levels, trades = found.get("levels", 0), found.get("professions", 0)
    best = None
    for both in range(min(levels, trades) + 1):
        days = {(True, True): both, (True, False): levels - both, (False, True): trades - both}
        days[False, False] = meetings - sum(days.values())
        if any(count < 0 or (count and not kinds[kind]) for kind, count in days.items()):
            continue
        repeats = sum(even(count, kinds[kind]) for kind, count in days.items())
        best = repeats if best is None else min(best, repeats)
    loads = shared.least()
    partners = sum(even(load * (problem.seats - 1), table.n - 1) for load in loads) // 2
    # Loads of equals may differ from rota to rota; only where all are alike is the second floor sure.
    certain = len(set(loads)) == 1
    return max(best or 0, partners if certain else 0)


def _lasting(table: Table, shared: _Loads, found: dict[str, int]) -> int:
    """Everybody who sits has a partner; an odd number of them needs more, unless loads add up."""
    if table.problem.seats < 2:
        return 0
    loads = sorted(load for load in shared.least() if load)
    count = len(loads)
    if table.problem.seats > 2 or count < 3 or count % 2 == 0:
        return (count + 1) // 2
    adds_up = loads[0] + loads[1] <= loads[-1] + 3  # equals may have a turn more or less
    return (count + 1) // 2 if adds_up else (count + 3) // 2


def _travel(table: Table, shared: _Loads) -> int:
    distances = [member.distance for member in table.problem.members]
    if not any(distances):
        return 0
    loads = shared.least([[far * x for x in range(table.m + 2)] for far in distances])
    return sum(distances[one] * loads[one] for one in range(table.n))

"""Which pairs how often, without days: a small model whose best figures are floors for every rota.

Days, gaps and languages are set aside; loads, and on how many days two can meet at all, are kept.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from lianxin.reception.rules.rota.exact import solver_of
from lianxin.reception.rules.rota.problem import ORDER, Goal, Problem, Seats, Wish
from lianxin.reception.rules.rota.sat import sat
from lianxin.reception.rules.rota.score import LINKED, Score, fair_cost, ideal_fair, raised

#: What the solver may spend on one figure; it seldom needs a tenth.
WORK = 0.3


@dataclass(frozen=True, slots=True)
class Raised:
    """Floors, and how often each pair would sit in the best case: {(one, other): times}."""

    floors: Score
    counts: dict[tuple[int, int], int]


def raise_floors(problem: Problem, found: Score, floors: Score) -> Raised:
    """The floors with those of levels, professions, pairs and travel as high as pairs alone say.

    Only where every turn is taken and the loads are as fair as they can be.
    """
    known = dict(zip(ORDER, floors, strict=True))
    got = dict(zip(ORDER, found, strict=True))
    unfit = got[Wish.SEATS] or got[Wish.QUOTA] or got[Goal.FAIR] > known[Goal.FAIR]
    if unfit or problem.replans or problem.seats < 2:
        return Raised(floors, {})
    model, counts = _Pairs(problem), {}
    for name in LINKED:
        if got[name] > known[name]:
            model.cp.minimize(model.figures[name])
            solver = solver_of(WORK)
            if solver.solve(model.cp) not in (sat().OPTIMAL, sat().FEASIBLE):
                break
            raised(known, name, round(solver.best_objective_bound))
            counts = {pair: solver.value(count) for pair, count in model.counts.items()}
            got[name] = round(solver.objective_value)
        model.cp.add(model.figures[name] <= got[name])
        if got[name] > known[name]:
            break  # a floor of the next would hold for rotas that may not exist
    return Raised(tuple(known[name] for name in ORDER), counts)


def lay_out(problem: Problem, counts: dict[tuple[int, int], int]) -> Seats:
    """The pairs on days, as far as they fit: those that are to sit most often go first."""
    left = Counter(counts)
    last = [-len(problem.days)] * len(problem.members)
    seats: list[tuple[int, ...]] = []
    for day in problem.days:
        if day.is_fixed:
            left.subtract(combinations(sorted(day.held), 2))
    for index, day in enumerate(problem.days):
        chosen: tuple[int, ...] = day.held if day.is_fixed else ()
        if not day.is_fixed:
            fit = [
                (
                    min(index - last[one], index - last[other], problem.gap + 1),
                    left[one, other],
                    one,
                    other,
                )
                for one, other in left
                if left[one, other] > 0 and problem.may(one, index) and problem.may(other, index)
            ]
            chosen = max(fit)[2:] if fit else ()
            left.subtract([chosen] if chosen else [])
        for one in chosen:
            last[one] = index
        seats.append(chosen)
    return tuple(seats)


class _Pairs:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.cp = sat().CpModel()
        days: list[set[int]] = [set() for _ in problem.members]
        for member in range(len(problem.members)):
            days[member] = {
                index
                for index, day in enumerate(problem.days)
                if (member in day.held if day.is_fixed else problem.may(member, index))
            }
        self.counts = counts = {
            pair: self.cp.new_int_var(0, len(days[pair[0]] & days[pair[1]]), "")
            for pair in combinations(range(len(problem.members)), 2)
        }
        loads = []
        fair: Any = -ideal_fair(problem.shares, problem.wanted)
        for member, one in enumerate(problem.members):
            most = len(days[member]) if one.most is None else min(one.most, len(days[member]))
            load = self.cp.new_int_var(min(one.least, most), most, "")
            met = sum(count for pair, count in counts.items() if member in pair)
            self.cp.add(met == (problem.seats - 1) * load)
            costs = [fair_cost(problem.shares[member], x) for x in range(most + 1)]
            fair += self._convex(load, costs)
            loads.append(load)
        self.cp.add(sum(loads) == problem.wanted)
        self.figures: dict[str, Any] = {Goal.FAIR: fair, **self._goals(counts, loads)}

    def _goals(self, counts: dict[tuple[int, int], Any], loads: list[Any]) -> dict[str, Any]:
        problem, members = self.problem, self.problem.members
        levels: Any = 0
        professions: Any = 0
        pairs: Any = 0
        for (one, other), count in counts.items():
            a, b = members[one], members[other]
            if problem.mixes_levels and a.level == b.level:
                levels += count
            if problem.mixes_professions and a.profession and a.profession == b.profession:
                professions += count
            most = len(problem.days)
            if problem.lasts:
                used = self.cp.new_bool_var("")
                self.cp.add(count <= most * used)
                pairs += used
            else:
                pairs += self._convex(count, [x * (x - 1) // 2 for x in range(most + 1)])
        travel = sum(one.distance * load for one, load in zip(members, loads, strict=True))
        return {
            Goal.LEVELS: levels,
            Goal.PROFESSIONS: professions,
            Goal.PAIRS: pairs,
            Goal.TRAVEL: travel,
        }

    def _convex(self, amount: Any, costs: list[int]) -> Any:
        """The cost of an amount, as the highest of the lines through neighbouring points."""
        cost = self.cp.new_int_var(min(costs), max(costs), "")
        for x in range(len(costs) - 1):
            slope = costs[x + 1] - costs[x]
            self.cp.add(cost >= costs[x] + slope * (amount - x))
        return cost

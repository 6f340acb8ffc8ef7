"""The rota as a model of OR-Tools CP-SAT: proves what the quick search found, or finds better.

Wishes and goals are minimised one after the other, each with the figures of the earlier ones held.
The solver is given the seats found so far as a hint, one thread, a fixed seed and an amount of work
instead of a time, so that the same problem gives the same rota on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

from lianxin.reception.rules.rota.problem import ORDER, Goal, Problem, Seats, Wish
from lianxin.reception.rules.rota.sat import sat
from lianxin.reception.rules.rota.score import (
    DRIFT,
    POINTS,
    Score,
    fair_cost,
    ideal_fair,
    raised,
    score,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The seats, and for each figure of ORDER a floor that the solver vouches for."""

    seats: Seats
    floors: Score


class Model:
    """Variables and figures of one problem. `sits[member, day]` is 1 where the member has a seat."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.cp = sat().CpModel()
        self.sits: dict[tuple[int, int], Any] = {}
        self.figures: dict[str, list[Any]] = {name: [] for name in ORDER}
        self.members, self.days = range(len(problem.members)), range(len(problem.days))
        self._seats()
        self._language()
        self._gaps()
        self._loads()
        self._meetings()

    def _seats(self) -> None:
        problem, figures = self.problem, self.figures
        for index, day in enumerate(problem.days):
            if day.is_fixed:
                for member in self.members:
                    self.sits[member, index] = int(member in day.held)
                continue
            can = problem.available(index)
            for member in can:
                seat = self.sits[member, index] = self.cp.new_bool_var(f"x{member}.{index}")
                if day.on.isoweekday() in problem.members[member].days_off:
                    figures[Wish.WEEKDAY].append(seat)
                if problem.replans and day.held and member not in day.held:
                    figures[Goal.CHANGED].append(seat)
            empty = self.cp.new_int_var(max(0, problem.seats - len(can)), problem.seats, "")
            self.cp.add(sum(self.sits[member, index] for member in can) + empty == problem.seats)
            figures[Wish.SEATS].append(empty)

    def at(self, member: int, day: int) -> Any:
        return self.sits.get((member, day), 0)

    def _language(self) -> None:
        for index in self._open():
            if self.problem.asked[index]:
                silent = self.cp.new_bool_var("")
                speakers = [
                    m for m in self.problem.available(index) if self.problem.speaks(m, index)
                ]
                self.cp.add(sum(self.at(member, index) for member in speakers) + silent >= 1)
                self.figures[Wish.LANGUAGE].append(silent)

    def _gaps(self) -> None:
        """One for each two turns of a member that are too near, unless both days are fixed."""
        for index in self.days:
            for later in range(index + 1, min(len(self.days), index + self.problem.gap + 1)):
                if self.problem.days[index].is_fixed and self.problem.days[later].is_fixed:
                    continue
                for member in self.members:
                    one, other = self.at(member, index), self.at(member, later)
                    if _possible(one) and _possible(other):
                        near = self.cp.new_bool_var("")
                        self.cp.add(one + other - near <= 1)
                        self.figures[Wish.GAP].append(near)

    def _loads(self) -> None:
        problem, figures = self.problem, self.figures
        days = len(problem.days)
        for member, share in zip(self.members, problem.shares, strict=True):
            one = problem.members[member]
            sure = sum(member in day.held for day in problem.days if day.is_fixed)
            may = sum(_possible(self.at(member, day)) for day in self.days)
            load = self.cp.new_int_var(sure, may, f"load{member}")
            self.cp.add(load == sum(self.at(member, day) for day in self.days))
            steps = [fair_cost(share, x) for x in range(days + 1)]
            figures[Goal.FAIR].append(self._convex(load, sure, may, steps))
            if one.distance:
                figures[Goal.TRAVEL].append(one.distance * load)
            if one.least > sure:
                figures[Wish.QUOTA].append(self._over(one.least - load, one.least))
            if one.most is not None and one.most < may:
                figures[Wish.QUOTA].append(self._over(load - one.most, days))
            if problem.replans:
                far = self.cp.new_int_var(0, 100 * days + share, "")
                self.cp.add(far >= 100 * load - share - DRIFT)
                self.cp.add(far >= share - 100 * load - DRIFT)
                figures[Goal.SHARE].append(far)

    def _over(self, amount: Any, most: int) -> Any:
        """max(0, amount)."""
        over = self.cp.new_int_var(0, most, "")
        self.cp.add(over >= amount)
        return over

    def _convex(self, load: Any, low: int, high: int, steps: list[int]) -> Any:
        """The cost of a load: what it is at `low`, and the price of each further turn, dearer by
        the turn."""
        further = [self.cp.new_bool_var("") for _ in range(low, high)]
        self.cp.add(load == low + sum(further))
        for one, other in pairwise(further):
            self.cp.add_implication(other, one)
        costs = [steps[x + 1] - steps[x] for x in range(low, high)]
        return steps[low] + sum(cost * one for cost, one in zip(costs, further, strict=True))

    def _meetings(self) -> None:
        problem, figures = self.problem, self.figures
        if problem.seats < 2:
            return
        for one, other in combinations(self.members, 2):
            met = [
                self._both(self.at(one, day), self.at(other, day))
                for day in self.days
                if _possible(self.at(one, day)) and _possible(self.at(other, day))
            ]
            if not met:
                continue
            a, b = problem.members[one], problem.members[other]
            if problem.mixes_levels and a.level == b.level:
                figures[Goal.LEVELS].extend(met)
            if problem.mixes_professions and a.profession and a.profession == b.profession:
                figures[Goal.PROFESSIONS].extend(met)
            if problem.lasts:
                pair = self.cp.new_bool_var("")
                for meeting in met:
                    self.cp.add(pair >= meeting)
                figures[Goal.PAIRS].append(pair)
            elif len(met) > 1:
                count = self.cp.new_int_var(0, len(met), "")
                self.cp.add(count == sum(met))
                repeats = [x * (x - 1) // 2 for x in range(len(met) + 1)]
                figures[Goal.PAIRS].append(self._convex(count, 0, len(met), repeats))

    def _both(self, one: Any, other: Any) -> Any:
        if isinstance(one, int) or isinstance(other, int):
            return other if isinstance(one, int) else one  # a seat that is sure
        both = self.cp.new_bool_var("")
        self.cp.add(one + other - both <= 1)
        return both

    def _open(self) -> Iterator[int]:
        return (index for index, day in enumerate(self.problem.days) if not day.is_fixed)

    # --- solving --------------------------------------------------------------------------

    def hold(self, name: str, most: int) -> None:
        """The figure may not be worse than this from now on."""
        if self.figures[name]:
            self.cp.add(sum(self.figures[name]) <= most)

    def hint(self, seats: Seats) -> None:
        self.cp.clear_hints()
        for (member, day), seat in self.sits.items():
            if not isinstance(seat, int):
                self.cp.add_hint(seat, member in seats[day])

    def seats_of(self, solver: Any) -> Seats:
        """Held seats keep their order, so that nobody changes chairs for nothing."""
        found = []
        for index, day in enumerate(self.problem.days):
            here = [m for m in self.members if _true(solver, self.at(m, index))]
            first = [m for m in day.held if m in here]
            found.append((*first, *(m for m in here if m not in first)))
        return tuple(found)


def prove(problem: Problem, seats: Seats, floors: Score, *, work: float) -> Answer:
    """Seats at least as good as these, and higher floors, within an amount of work.

    `work` is deterministic time of the solver: near to seconds on a machine of today.
    """
    model, known = Model(problem), dict(zip(ORDER, floors, strict=True))
    offset = ideal_fair(problem.shares, problem.wanted - floors[0])
    for position, name in enumerate(ORDER):
        found = score(problem, seats)
        base = offset if name == Goal.FAIR else 0
        if found[position] > known[name] and work > 0:
            model.cp.minimize(sum(model.figures[name]))
            model.hint(seats)
            solver = solver_of(work)
            status = solver.solve(model.cp)
            work -= solver.response_proto.deterministic_time
            if status in (sat().OPTIMAL, sat().FEASIBLE):
                better = model.seats_of(solver)
                seats = better if score(problem, better) < found else seats
                raised(known, name, round(solver.best_objective_bound) - base)
        found = score(problem, seats)
        model.hold(name, found[position] + base)
    return Answer(seats, tuple(known[name] for name in ORDER))


def solver_of(work: float, *, seconds: float = 600) -> Any:
    """One thread, a fixed seed, an amount of work; the seconds are for a machine that stands still."""
    solver = sat().CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = work
    solver.parameters.max_time_in_seconds = seconds
    return solver


def naive(problem: Problem, *, seconds: float) -> Answer | None:
    """One plain model with one weighted sum, no hint and no floors: what the rest is measured by.

    None when the solver finds nothing in time.
    """
    model = Model(problem)
    model.cp.minimize(sum(POINTS[name] * sum(model.figures[name]) for name in ORDER))
    solver = sat().CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model.cp)
    if status not in (sat().OPTIMAL, sat().FEASIBLE):
        return None
    return Answer(model.seats_of(solver), (int(status == sat().OPTIMAL),))


def _possible(seat: Any) -> bool:
    """Whether the seat could be the member's."""
    return not (isinstance(seat, int) and seat == 0)


def _true(solver: Any, seat: Any) -> bool:
    return bool(seat if isinstance(seat, int) else solver.value(seat))

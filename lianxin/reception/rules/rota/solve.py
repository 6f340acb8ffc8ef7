"""From a problem to a rota: greedy, small steps, floors, and the exact solver where they differ."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cached_property

from lianxin.reception.rules.rota import exact
from lianxin.reception.rules.rota.bounds import bounds
from lianxin.reception.rules.rota.flow import most_seated
from lianxin.reception.rules.rota.greedy import fill
from lianxin.reception.rules.rota.improve import improve, restore
from lianxin.reception.rules.rota.pairs import lay_out, raise_floors
from lianxin.reception.rules.rota.problem import ORDER, WISHES, Goal, Problem, Seats
from lianxin.reception.rules.rota.score import Broken, Score, broken, ideal_fair, score
from lianxin.reception.rules.rota.table import Table

#: Meetings that the exact solver may weigh for each unit of work: beyond that it would only cost time.
WORTH = 40_000
PAIR = 2


@dataclass(frozen=True)
class Rota:
    """Seats with what they are worth: `score` and `floors` in the order of ORDER."""

    problem: Problem
    seats: Seats
    score: Score
    floors: Score
    how: str = "steps"  # what was needed: steps, pairs, model

    @property
    def keeps_wishes(self) -> bool:
        return not any(self.score[:WISHES])

    @property
    def is_proven(self) -> bool:
        """Whether no rota is better: each figure is at its floor."""
        return self.score == self.floors

    @property
    def gap(self) -> float:
        """How far the first figure that is not proven may be from the best: (it − floor) / max(1,
        floor). Figures after it are compared only among rotas that are equal in it.
        """
        for name, figure, floor in zip(ORDER, self.score, self.floors, strict=True):
            if figure > floor:
                unit = 200 if name == Goal.FAIR else 100 if name == Goal.SHARE else 1
                return (figure - floor) / max(unit, floor)
        return 0.0

    @cached_property
    def broken(self) -> tuple[Broken, ...]:
        return tuple(broken(self.problem, self.seats))


def solve(problem: Problem, *, effort: float = 1.0, work: float = 1.0) -> Rota:
    """The best rota that is found: always the same one for the same problem.

    `effort` scales the tries of the quick search, `work` is what the exact solver may spend
    (deterministic time, about seconds); 0 leaves it out.
    """
    search = _Search(problem, effort)
    search.walk(0.3)
    if search.is_open:
        raised = raise_floors(problem, search.score, search.floors)
        search.floors, search.how = raised.floors, "pairs"
        if search.is_open and raised.counts and problem.seats == PAIR:
            search.also_from(lay_out(problem, raised.counts), 0.4)
    if search.is_open:
        search.walk(0.5)
    if search.is_open and work * WORTH >= size_of(problem):
        answer = exact.prove(problem, search.seats, search.floors, work=work)
        search.floors, search.how = answer.floors, "model"
        if answer.seats != search.seats:
            search.also_from(answer.seats, 0.3)
    return Rota(problem, in_order(problem, search.seats), search.score, search.floors, search.how)


def size_of(problem: Problem) -> int:
    """Meetings that the exact model would have to weigh."""
    members, days = len(problem.members), sum(not day.is_fixed for day in problem.days)
    return members * (members - 1) // 2 * days


class _Search:
    """A table with the best seats so far, their score, and the floors known by now."""

    def __init__(self, problem: Problem, effort: float) -> None:
        self.problem, self.effort = problem, effort
        self.seed = zlib.crc32(problem.venue.encode())
        self.table = Table(problem)
        fill(self.table)
        self.floors = bounds(self.table)
        self.how = "steps"
        self.empty = problem.seats * len(self.table.open) - most_seated(self.table)
        self._take(self.table.seats())

    @property
    def is_open(self) -> bool:
        """Whether a better rota is still possible."""
        return self.score != self.floors

    def walk(self, effort: float) -> None:
        """Small steps from the best seats, until they are proven or the tries are used up."""
        weights, turns = self.table.weights, self.problem.wanted - self.empty
        bound = sum(weights[name] * floor for name, floor in zip(ORDER, self.floors, strict=True))
        bound += weights[Goal.FAIR] * ideal_fair(self.problem.shares, turns)
        self.seed += 1
        effort *= self.effort
        self._take(improve(self.table, bound=bound, effort=effort, seed=self.seed))

    def also_from(self, seats: Seats, effort: float) -> None:
        """Small steps from other seats; the better of the two rotas stays."""
        best, figures = self.seats, self.score
        restore(self.table, seats)
        fill(self.table)
        self._take(self.table.seats())
        self.walk(effort)
        if figures <= self.score:
            restore(self.table, best)
            self._take(best)

    def _take(self, seats: Seats) -> None:
        self.seats, self.score = seats, score(self.problem, seats)


def in_order(problem: Problem, seats: Seats) -> Seats:
    """Each day's members by seat: who sits there already keeps the chair, others take the free ones."""
    ordered = []
    for day, members in zip(problem.days, seats, strict=True):
        new = sorted(set(members) - set(day.held))
        chairs = [one if one in members else None for one in day.held]
        chairs += [None] * (len(members) - len(chairs))
        filled = [one if one is not None else (new.pop(0) if new else None) for one in chairs]
        ordered.append(tuple(one for one in filled if one is not None))
    return tuple(ordered)

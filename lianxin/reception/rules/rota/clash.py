"""Why the wishes of a rota cannot all be kept: a smallest set of them that collide, and what to relax.

Most collisions are seen at once (too few are free, nobody left speaks the language). For the others
CP-SAT is given every wish as an assumption; the set it names is then made smaller one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from lianxin.reception.rules.rota.exact import solver_of
from lianxin.reception.rules.rota.problem import Problem, Why, Wish
from lianxin.reception.rules.rota.sat import sat
from lianxin.reception.rules.rota.score import spread
from lianxin.reception.rules.rota.solve import Rota, solve

#: Work for one question to the solver, and how many questions a collision is worth.
WORK, QUESTIONS = 1.0, 60


@dataclass(frozen=True, slots=True)
class Cause:
    """What takes part in a collision: an absence (Why) or a wish, with its day and member if any."""

    kind: str
    day: int | None = None
    member: int | None = None


@dataclass(frozen=True, slots=True)
class Collision:
    """A wish that cannot be kept on a day (or over the year), and what stands against it."""

    wish: Wish
    day: int | None
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One wish given up, and what would come of it. `to` is the gap that is left."""

    wish: Wish
    helps: bool
    left: int  # wishes broken all the same
    spread: int
    to: int = 0


def collisions(rota: Rota, *, most: int = 12) -> tuple[Collision, ...]:
    """What collides, the dearest wish first; nothing for a rota that keeps all wishes."""
    found: dict[tuple[Wish, int | None], Collision] = {}
    unexplained = False
    for one in rota.broken:
        key = (one.wish, one.day)
        if key in found or len(found) >= most:
            continue
        collision = _seen_at_once(rota.problem, one.wish, one.day)
        if collision:
            found[key] = collision
        else:
            unexplained = True
    if unexplained:
        for collision in _reasoned(rota.problem):
            found[collision.wish, collision.day] = collision
    order = list(Wish)
    return tuple(sorted(found.values(), key=lambda one: (order.index(one.wish), one.day or 0)))


def _seen_at_once(problem: Problem, wish: Wish, day: int | None) -> Collision | None:
    if day is None:
        return None
    can = problem.available(day)
    members = range(len(problem.members))
    if wish is Wish.SEATS and len(can) < problem.seats:
        return Collision(wish, day, tuple(_absences(problem, day, members)))
    if wish is Wish.LANGUAGE:
        speakers = [one for one in members if problem.speaks(one, day)]
        if not set(speakers) & set(can):
            return Collision(wish, day, tuple(_absences(problem, day, speakers)))
    if wish is Wish.WEEKDAY:
        off = [one for one in can if _is_off(problem, one, day)]
        if len(can) - len(off) < problem.seats:
            away = _absences(problem, day, members)
            return Collision(wish, day, (*away, *(Cause("weekday", day, one) for one in off)))
    if wish is Wish.GAP:
        return _window(problem, day)
    return None


def _window(problem: Problem, day: int) -> Collision | None:
    """In the days just before and after there are fewer members than seats."""
    for start in range(max(0, day - problem.gap), day + 1):
        days = range(start, min(len(problem.days), start + problem.gap + 1))
        free = {one for index in days for one in problem.available(index)}
        needed = sum(min(problem.seats, len(problem.available(index))) for index in days)
        if len(free) < needed:
            away = [
                cause
                for index in days
                for cause in _absences(problem, index, set(range(len(problem.members))) - free)
            ]
            seats = [Cause("seats", index) for index in days]
            return Collision(Wish.GAP, day, (*seats, *away))
    return None


def _absences(problem: Problem, day: int, members: Any) -> Iterator[Cause]:
    for member in members:
        why = problem.away.get((member, day))
        if why and why is not Why.NOT_HERE:
            yield Cause(str(why), day, member)


def _is_off(problem: Problem, member: int, day: int) -> bool:
    return problem.days[day].on.isoweekday() in problem.members[member].days_off


# --- by assumptions -------------------------------------------------------------------------


class _Assumed:
    """All wishes and absences, each behind a literal: what must hold together to be impossible."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.cp = sat().CpModel()
        self.causes: dict[int, Cause] = {}
        self.literals: dict[int, Any] = {}
        self.sits = [[self.cp.new_bool_var("") for _ in problem.days] for _ in problem.members]
        self._days()
        self._members()
        self._gap()

    def _behind(self, cause: Cause) -> Any:
        literal = self.cp.new_bool_var("")
        self.causes[literal.index] = cause
        self.literals[literal.index] = literal
        return literal

    def _days(self) -> None:
        problem = self.problem
        for index, day in enumerate(problem.days):
            column = [row[index] for row in self.sits]
            if day.is_fixed:
                for member, seat in enumerate(column):
                    self.cp.add(seat == (member in day.held))
                continue
            self.cp.add(sum(column) <= problem.seats)
            behind = self._behind(Cause("seats", index))
            self.cp.add(sum(column) >= problem.seats).only_enforce_if(behind)
            if problem.asked[index]:
                speakers = [x for one, x in enumerate(column) if problem.speaks(one, index)]
                behind = self._behind(Cause("language", index))
                self.cp.add(sum(speakers) >= 1).only_enforce_if(behind)

    def _members(self) -> None:
        problem = self.problem
        free = [index for index, day in enumerate(problem.days) if not day.is_fixed]
        for member, one in enumerate(problem.members):
            row = self.sits[member]
            whys = [(problem.away.get((member, index)), index) for index in free]
            for why, spell in groupby(whys, key=lambda pair: pair[0]):
                days = [index for _why, index in spell]
                if why is Why.NOT_HERE:
                    self.cp.add(sum(row[index] for index in days) == 0)
                elif why:
                    behind = self._behind(Cause(str(why), days[0], member))
                    self.cp.add(sum(row[i] for i in days) == 0).only_enforce_if(behind)
            off = [row[index] for index in free if _is_off(problem, member, index)]
            if off:
                behind = self._behind(Cause("weekday", None, member))
                self.cp.add(sum(off) == 0).only_enforce_if(behind)
            if one.least:
                behind = self._behind(Cause("least", None, member))
                self.cp.add(sum(row) >= one.least).only_enforce_if(behind)
            if one.most is not None:
                behind = self._behind(Cause("most", None, member))
                self.cp.add(sum(row) <= one.most).only_enforce_if(behind)

    def _gap(self) -> None:
        problem = self.problem
        if not problem.gap:
            return
        behind = self._behind(Cause("gap"))
        for index in range(len(problem.days)):
            window = range(index, min(len(problem.days), index + problem.gap + 1))
            if all(problem.days[day].is_fixed for day in window):
                continue
            for row in self.sits:
                self.cp.add(sum(row[day] for day in window) <= 1).only_enforce_if(behind)

    def collide(self, assumed: list[int]) -> list[int] | None:
        """The assumptions that are enough to be impossible; None when they can hold together."""
        self.cp.clear_assumptions()
        self.cp.add_assumptions([self.literals[one] for one in assumed])
        solver = solver_of(WORK)
        if solver.solve(self.cp) != sat().INFEASIBLE:
            return None
        return list(solver.sufficient_assumptions_for_infeasibility()) or assumed


def _reasoned(problem: Problem) -> Iterator[Collision]:
    """One smallest set of wishes and absences that cannot hold together."""
    model = _Assumed(problem)
    core = model.collide(list(model.causes))
    if core is None:
        return
    for one in core[:QUESTIONS]:
        if one in core:
            smaller = model.collide([other for other in core if other != one])
            core = core if smaller is None else [other for other in core if other in smaller]
    causes = tuple(sorted((model.causes[one] for one in core), key=_rank))
    yield Collision(
        _wish_of(causes), next((c.day for c in causes if c.day is not None), None), causes
    )


def _rank(cause: Cause) -> tuple[int, int]:
    order = (
        "language",
        "least",
        "most",
        "gap",
        "weekday",
        "leave",
        "meeting",
        "elsewhere",
        "seats",
    )
    return order.index(cause.kind), cause.day or 0


def _wish_of(causes: tuple[Cause, ...]) -> Wish:
    kinds = {cause.kind for cause in causes}
    if "language" in kinds:
        return Wish.LANGUAGE
    if kinds & {"least", "most"}:
        return Wish.QUOTA
    return Wish.GAP if "gap" in kinds else Wish.WEEKDAY if "weekday" in kinds else Wish.SEATS


# --- what to relax --------------------------------------------------------------------------


def relaxations(problem: Problem, *, effort: float = 0.3) -> tuple[Relaxation, ...]:
    """Each wish given up alone, the cheapest first, and what that would give."""
    found = []
    for wish, eased in _eased(problem):
        rota = solve(eased, effort=effort, work=0)
        left = sum(1 for _ in rota.broken)
        found.append(Relaxation(wish, left == 0, left, spread(eased, rota.seats), eased.gap))
    return tuple(found)


def _eased(problem: Problem) -> Iterator[tuple[Wish, Problem]]:
    members, days = problem.members, problem.days
    for gap in reversed(range(problem.gap)):
        yield Wish.GAP, replace(problem, gap=gap)
    if any(one.days_off for one in members):
        free = tuple(replace(one, days_off=frozenset()) for one in members)
        yield Wish.WEEKDAY, replace(problem, members=free)
    if any(one.least or one.most is not None for one in members):
        free = tuple(replace(one, least=0, most=None) for one in members)
        yield Wish.QUOTA, replace(problem, members=free)
    if any(problem.asked):
        yield Wish.LANGUAGE, replace(problem, days=tuple(replace(d, language="") for d in days))
    if problem.seats > 1:
        yield Wish.SEATS, replace(problem, seats=problem.seats - 1)

"""The rota while it is searched for: every change is priced at once.

A price is one whole number in which a wish or goal outweighs all that come after it, so that
comparing prices is comparing scores. Days of a member are bits of a number.
"""

from __future__ import annotations

from collections.abc import Iterable

from lianxin.reception.rules.rota.problem import ORDER, Goal, Problem, Seats, Wish
from lianxin.reception.rules.rota.score import drift_cost, fair_cost

FORBIDDEN = -1


def weights_of(problem: Problem) -> dict[str, int]:
    """What one unit of each costs: more than all later ones together can reach."""
    days, seats = len(problem.days), problem.seats
    turns = days * seats + 1
    pairs = days * max(1, seats * (seats - 1) // 2)
    most: dict[str, int] = {
        Goal.TRAVEL: turns * max((m.distance for m in problem.members), default=0),
        Goal.PAIRS: pairs if problem.lasts else pairs * max(1, days // 2),
        Goal.PROFESSIONS: pairs,
        Goal.LEVELS: pairs,
        Goal.FAIR: 100 * turns * turns,
        Goal.CHANGED: turns,
        Goal.SHARE: 100 * turns,
        Wish.GAP: turns * 2 * max(1, problem.gap),
        Wish.WEEKDAY: turns,
        Wish.QUOTA: turns * 2,
        Wish.LANGUAGE: days,
    }
    weights, unit = {}, 1
    for name in reversed(ORDER):
        weights[name] = unit
        unit *= most.get(name, 0) + 1
    return weights


class Table:
    """Who sits when, and what giving or taking a turn would cost."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.n, self.m = len(problem.members), len(problem.days)
        self.weights = weights_of(problem)
        self.open = [index for index, day in enumerate(problem.days) if not day.is_fixed]
        self.members: list[list[int]] = [[] for _ in problem.days]
        self.turns = [0] * self.n
        self.load = [0] * self.n
        self.price = 0
        self._own()
        self._loads()
        self._pairs()
        self._windows()
        self.language = self.weights[Wish.LANGUAGE]
        self.asked = [problem.asked[i] and not day.is_fixed for i, day in enumerate(problem.days)]
        self.price = sum(self.language for asked in self.asked if asked)
        self.price += self.weights[Wish.SEATS] * problem.seats * len(self.open)
        self.price += sum(table[0] for table in self.by_load)
        for index, day in enumerate(problem.days):
            if day.is_fixed:
                for member in day.held:
                    self._sit(index, member)

    def _own(self) -> None:
        """own[member][day]: what a turn costs by itself; FORBIDDEN where it cannot be."""
        problem, w = self.problem, self.weights
        self.own = [[0] * self.m for _ in range(self.n)]
        for index, day in enumerate(problem.days):
            weekday = day.on.isoweekday()
            for member, one in enumerate(problem.members):
                cost = w[Goal.TRAVEL] * one.distance
                if not day.is_fixed:
                    cost += w[Wish.WEEKDAY] * (weekday in one.days_off)
                    if problem.replans and day.held and member not in day.held:
                        cost += w[Goal.CHANGED]
                self.own[member][index] = cost
        self.free = [(1 << self.m) - 1] * self.n
        #: Days on a weekday that the member asked off.
        self.off = [
            sum(1 << i for i, day in enumerate(problem.days) if day.on.isoweekday() in one.days_off)
            for one in problem.members
        ]
        for member, index in problem.away:
            self.own[member][index] = FORBIDDEN
            self.free[member] &= ~(1 << index)

    def _loads(self) -> None:
        """by_load[member][turns]: what the load over the year costs."""
        problem, w = self.problem, self.weights
        self.by_load = []
        for member, share in zip(problem.members, problem.shares, strict=True):
            most = self.m if member.most is None else member.most
            self.by_load.append(
                [
                    w[Goal.FAIR] * fair_cost(share, turns)
                    + (w[Goal.SHARE] * drift_cost(share, turns) if problem.replans else 0)
                    + w[Wish.QUOTA] * (max(0, member.least - turns) + max(0, turns - most))
                    for turns in range(self.m + 2)
                ]
            )

    def _pairs(self) -> None:
        """alike[a][b]: what two cost by being of one level or profession; met[a][b]: how often."""
        problem, w = self.problem, self.weights
        levels = w[Goal.LEVELS] * problem.mixes_levels
        professions = w[Goal.PROFESSIONS] * problem.mixes_professions
        self.alike = [
            [
                levels * (one.level == other.level)
                + professions * bool(one.profession and one.profession == other.profession)
                for other in problem.members
            ]
            for one in problem.members
        ]
        self.met = [[0] * self.n for _ in range(self.n)]
        once = [w[Goal.PAIRS]] + [0] * self.m
        again = [w[Goal.PAIRS] * count for count in range(self.m + 1)]
        #: What one more meeting costs after so many.
        self.again = once if problem.lasts else again

    def _windows(self) -> None:
        """near[day]: the days within the gap around it, itself left out."""
        gap, everything = self.problem.gap, (1 << self.m) - 1
        self.near = []
        for index in range(self.m):
            low = max(0, index - gap)
            window = ((1 << (index + gap + 1)) - 1) & ~((1 << low) - 1)
            self.near.append(window & ~(1 << index) & everything)
        self.tight = self.weights[Wish.GAP]
        self.fixed = sum(1 << i for i, day in enumerate(self.problem.days) if day.is_fixed)

    # --- one turn -------------------------------------------------------------------------

    def give(self, day: int, member: int) -> None:
        """The member takes a seat of an open day."""
        self.price += self.cost(day, member, self.members[day]) - self.weights[Wish.SEATS]
        self._sit(day, member, priced=True)

    def take(self, day: int, member: int) -> None:
        """The member's seat of the day is empty."""
        others = [one for one in self.members[day] if one != member]
        self.members[day] = others
        self.turns[member] &= ~(1 << day)
        self.load[member] -= 1
        row = self.met[member]
        for other in others:
            row[other] -= 1
            self.met[other][member] -= 1
        self.price -= self.cost(day, member, others) - self.weights[Wish.SEATS]

    def cost(self, day: int, member: int, others: Iterable[int]) -> int:
        """What a turn of the member beside `others` would add to the price, the seat aside."""
        load, table = self.load[member], self.by_load[member]
        cost = self.own[member][day] + table[load + 1] - table[load]
        cost += self.tight * (self.turns[member] & self.near[day]).bit_count()
        alike, met, again = self.alike[member], self.met[member], self.again
        for other in others:
            cost += alike[other] + again[met[other]]
        speaks = self.problem.speaks
        if self.asked[day] and speaks(member, day) and not any(speaks(o, day) for o in others):
            cost -= self.language
        return cost

    def may(self, day: int, member: int) -> bool:
        return self.own[member][day] != FORBIDDEN

    def _sit(self, day: int, member: int, *, priced: bool = False) -> None:
        """A seat is taken; of a fixed day whatever it costs, its member may be away by now."""
        others = self.members[day]
        if not priced:
            load, table = self.load[member], self.by_load[member]
            self.price += table[load + 1] - table[load]
            self.price += self.weights[Goal.TRAVEL] * self.problem.members[member].distance
            for other in others:
                self.price += self.alike[member][other] + self.again[self.met[member][other]]
        row = self.met[member]
        for other in others:
            row[other] += 1
            self.met[other][member] += 1
        self.members[day] = [*others, member]
        self.turns[member] |= 1 << day
        self.load[member] += 1

    def seats(self) -> Seats:
        return tuple(tuple(day) for day in self.members)

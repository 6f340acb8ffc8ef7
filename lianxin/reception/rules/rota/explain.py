"""Why each sits where: codes with figures, which pages turn into sentences."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from lianxin.reception.rules.rota.problem import Problem, Seats, Why
from lianxin.reception.rules.rota.score import broken, loads_of

#: A code with what belongs to it, as it is stored: ["fair", 3, 5].
Reason = list[Any]


def reasons(problem: Problem, seats: Seats) -> list[list[list[Reason]]]:
    """For each day and seat why it is this member; fixed days have none of their own.

    fair n total: the nth turn of so many; kept; instead member why; only speaker / speaks language;
    levels; professions; new_pair / again n / keeps_pair; away n: so many others could not;
    but wish: a wish that is not kept here.
    """
    nth: Counter[int] = Counter()
    met: Counter[tuple[int, ...]] = Counter()
    loads = loads_of(problem, seats)
    marks = defaultdict(list)
    for one in broken(problem, seats):
        if one.member is not None and one.day is not None:
            marks[one.day, one.member].append(["but", str(one.wish)])
    found = []
    for index, seated in enumerate(seats):
        row = []
        together = list(_together(problem, seated, met))
        for member in seated:
            nth[member] += 1
            codes: list[Reason] = [["fair", nth[member], loads[member]]]
            if not problem.days[index].is_fixed:
                codes += [*_change(problem, index, member, seated), *_free(problem, index, member)]
                codes += together
            row.append([*codes, *_once(marks[index, member])])
        found.append(row)
        met.update(combinations(sorted(seated), 2))
    return found


def _change(problem: Problem, day: int, member: int, seated: tuple[int, ...]) -> Iterator[Reason]:
    held = problem.days[day].held
    if not problem.replans or not held:
        return
    if member in held:
        yield ["kept"]
        return
    chair = seated.index(member)
    if chair < len(held) and held[chair] not in seated:
        other = held[chair]
        why = problem.away.get((other, day))
        yield ["instead", problem.members[other].key, str(why or "")]


def _free(problem: Problem, day: int, member: int) -> Iterator[Reason]:
    can = problem.available(day)
    away = sum(
        1
        for one in range(len(problem.members))
        if problem.away.get((one, day)) not in (None, Why.NOT_HERE)
    )
    if problem.asked[day] and problem.speaks(member, day):
        speakers = [one for one in can if problem.speaks(one, day)]
        code = "only_speaker" if speakers == [member] else "speaks"
        yield [code, problem.days[day].language]
    if away:
        yield ["no_other" if len(can) <= problem.seats else "away", away]


def _together(
    problem: Problem, seated: tuple[int, ...], met: Counter[tuple[int, ...]]
) -> Iterator[Reason]:
    """What speaks for those who sit together."""
    if len(seated) < 2:
        return
    people = [problem.members[one] for one in seated]
    if problem.mixes_levels and len({one.level for one in people}) == len(people):
        yield ["levels"]
    trades = [one.profession for one in people]
    if problem.mixes_professions and all(trades) and len(set(trades)) == len(trades):
        yield ["professions"]
    if len(seated) == 2:
        times = met[tuple(sorted(seated))]
        if problem.lasts:
            yield ["keeps_pair"] if times else ["new_pair"]
        else:
            yield ["again", times + 1] if times else ["new_pair"]


def _once(marks: list[Reason]) -> list[Reason]:
    return [mark for index, mark in enumerate(marks) if mark not in marks[:index]]

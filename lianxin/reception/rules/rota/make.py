"""A rota with everything that is said of it, as plain values: what a worker process hands back."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from lianxin.reception.rules.rota.clash import Cause, Collision, collisions, relaxations
from lianxin.reception.rules.rota.explain import reasons
from lianxin.reception.rules.rota.greedy import plain
from lianxin.reception.rules.rota.problem import ORDER, WISHES, Problem, Wish
from lianxin.reception.rules.rota.score import Score, loads_of, pairs_of, score, spread
from lianxin.reception.rules.rota.solve import Rota, solve


@dataclass(frozen=True, slots=True)
class Made:
    """A rota of `venue` for storing. `proposal` holds the seats of days that are not fixed."""

    venue: str
    figures: dict[str, Any]
    collisions: list[dict[str, Any]]
    proposal: list[list[Any]]
    score: Score
    floors: Score
    greedy: Score
    seconds: float
    cpu: float  # of the processor: what it would take on a quiet machine

    @property
    def keeps_wishes(self) -> bool:
        return not any(self.score[:WISHES])


def make(problem: Problem, *, work: float, explains: bool = True) -> Made:
    """Solves, and says why and why not. `explains` tries what each wish given up would bring, even
    where only the gap is at stake.
    """
    began, worked = time.perf_counter(), time.process_time()
    rota = solve(problem, work=work)
    found = collisions(rota)
    eased: list[list[Any]] = []
    if found and (explains or any(one.wish is not Wish.GAP for one in found)):
        eased = [
            [str(one.wish), one.helps, one.left, one.spread, one.to] for one in relaxations(problem)
        ]
    figures = figures_of(rota) | {"relaxations": eased}
    return Made(
        venue=problem.venue,
        figures=figures,
        collisions=[_stored(problem, one) for one in found],
        proposal=_proposal(rota),
        score=rota.score,
        floors=rota.floors,
        greedy=score(problem, plain(problem)),
        seconds=time.perf_counter() - began,
        cpu=time.process_time() - worked,
    )


def figures_of(rota: Rota) -> dict[str, Any]:
    """What is told of a rota; loads are turns and share (in hundredths) of each."""
    problem = rota.problem
    loads = loads_of(problem, rota.seats)
    wishes = dict(zip(ORDER, rota.score, strict=True))
    return {
        "how": rota.how,
        "is_proven": rota.is_proven,
        "gap": round(rota.gap, 4),
        "score": wishes,
        "floors": dict(zip(ORDER, rota.floors, strict=True)),
        "days": len(problem.days),
        "open": sum(not day.is_fixed for day in problem.days),
        "replans": problem.replans,
        "lasts": problem.lasts,
        "loads": {
            one.key: [load, share]
            for one, load, share in zip(problem.members, loads, problem.shares, strict=True)
        },
        "spread": spread(problem, rota.seats),
        "pairs": len(pairs_of(rota.seats)),
        "relaxed": {str(wish): wishes[wish] for wish in Wish if wishes[wish]},
    }


def _proposal(rota: Rota) -> list[list[Any]]:
    problem, rows = rota.problem, []
    for day, seated, why in zip(
        problem.days, rota.seats, reasons(problem, rota.seats), strict=True
    ):
        if not day.is_fixed:
            for seat, (member, reason) in enumerate(zip(seated, why, strict=True), start=1):
                rows.append([day.key, problem.members[member].key, seat, reason])
    return rows


def _stored(problem: Problem, one: Collision) -> dict[str, Any]:
    def day(index: int | None) -> str | None:
        return None if index is None else problem.days[index].key

    return {
        "wish": str(one.wish),
        "day": day(one.day),
        "causes": [
            [
                cause.kind,
                day(cause.day),
                None if cause.member is None else problem.members[cause.member].key,
                _about(problem, cause),
            ]
            for cause in one.causes
        ],
    }


def _about(problem: Problem, cause: Cause) -> Any:
    """What belongs to a wish of one member: how often, or which weekdays."""
    if cause.member is None:
        return None
    one = problem.members[cause.member]
    wishes = {"least": one.least, "most": one.most, "weekday": sorted(one.days_off)}
    return wishes.get(cause.kind)

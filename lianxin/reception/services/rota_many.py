"""Rotas of many venues at once: solved in processes of their own, kept in bulk.

A deputy of several venues must not be seated in two of them on one day. So venues that share a
deputy are planned one after the other, in waves; what a wave has seated, the next one knows.
"""

from __future__ import annotations

import multiprocessing
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from lianxin.congress.models import Actor
from lianxin.kernel.clock import local_date
from lianxin.kernel.moves import move
from lianxin.reception.enums import PLAN_MOVES, PlanState
from lianxin.reception.models import RotaPlan, Shift
from lianxin.reception.queries.rota_problem import basis, clashing, problems
from lianxin.reception.rules import permissions
from lianxin.reception.rules.rota.make import Made, make
from lianxin.reception.rules.rota.problem import Problem
from lianxin.reception.services.rota import (
    keep_draft,
    new_plan,
    new_shift,
    note,
    publish_rota,
    tell_of,
)
from lianxin.venues.models import Venue

#: Venues read, solved and written together.
TOGETHER = 250
#: What the exact solver may spend on one of many venues (deterministic time, about seconds).
WORK = 0.05


@dataclass(frozen=True, slots=True)
class Done:
    """A venue's rota and the problem it solves."""

    venue_id: UUID
    problem: Problem
    made: Made


@dataclass(slots=True)
class _Run:
    year: int
    publish: bool
    by: Actor | None
    at: datetime
    shared: set[UUID] = field(default_factory=set)
    #: Seats of this run that the database may not know: (deputy, day) → venue.
    taken: dict[tuple[UUID, date], UUID] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Venues on their way: read, and being solved."""

    problems: dict[UUID, Problem]
    rests_on: dict[UUID, str]
    answer: Any


def plan_many(
    *,
    venue_ids: Sequence[UUID],
    year: int,
    workers: int,
    publish: bool,
    by: Actor | None,
    at: datetime,
    work: float = WORK,
) -> Iterator[Done]:
    """Rotas of these venues as drafts, or in force with `publish`; venues without days or deputies
    are left out. Gives each back when it is kept.

    Effects for each venue are those of `keep_draft` and `publish_rota`; a batch of venues is one
    transaction. While one batch is solved the next one is read. Raises NotYourVenue before anything.
    """
    for venue in Venue.objects.filter(pk__in=venue_ids) if by else ():
        permissions.check_may_plan(by, venue)
    clashes = clashing(venue_ids)
    run = _Run(year=year, publish=publish, by=by, at=at, shared=set(clashes))
    with _pool(workers if len(venue_ids) > 1 else 0) as pool:
        for wave in waves(venue_ids, clashes):
            waiting: _Batch | None = None
            for start in range(0, len(wave), TOGETHER):
                begun = _begin(run, pool, wave[start : start + TOGETHER], work)
                if waiting:
                    yield from _end(run, waiting)
                waiting = begun
            if waiting:
                yield from _end(run, waiting)


def _pool(workers: int) -> Any:
    """Processes that solve; with none of them it is done here, batch after batch."""
    if not workers:
        return _Here()
    # Not forked: a copy of this process would hold its connection to the database, too.
    return multiprocessing.get_context("spawn").Pool(workers)


class _Here:
    """What a pool does, without processes."""

    def __enter__(self) -> _Here:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def map_async(
        self, solving: Callable[[Problem], Made], wanted: list[Problem], chunksize: int
    ) -> _Here:
        self.found = [solving(problem) for problem in wanted]
        return self

    def get(self) -> list[Made]:
        return self.found


def waves(venue_ids: Iterable[UUID], clashes: dict[UUID, set[UUID]]) -> list[list[UUID]]:
    """Venues in groups, none of which holds two that share a deputy; in the given order."""
    place: dict[UUID, int] = {}
    groups: dict[int, list[UUID]] = defaultdict(list)
    for venue_id in venue_ids:
        used = {place[other] for other in clashes.get(venue_id, ()) if other in place}
        free = next(number for number in range(len(used) + 1) if number not in used)
        place[venue_id] = free
        groups[free].append(venue_id)
    return [groups[number] for number in sorted(groups)]


def _begin(run: _Run, pool: Any, venue_ids: list[UUID], work: float) -> _Batch:
    """Reads a batch and hands it to the workers."""
    rests_on = basis(venue_ids, run.year)
    read = problems(venue_ids, run.year, on=local_date(run.at), taken=run.taken)
    wanted = {
        UUID(problem.venue): problem
        for problem in read
        if problem.members and any(not day.is_fixed for day in problem.days)
    }
    solving = partial(make, work=work, explains=False)
    answer = pool.map_async(solving, list(wanted.values()), chunksize=4)
    return _Batch(wanted, rests_on, answer)


def _end(run: _Run, batch: _Batch) -> list[Done]:
    """Waits for a batch, keeps it, and remembers who is seated where."""
    done = [
        Done(UUID(made.venue), batch.problems[UUID(made.venue)], made)
        for made in batch.answer.get()
    ]
    _keep(run, done, batch.rests_on)
    for one in done:
        if one.venue_id in run.shared:
            on = {day.key: day.on for day in one.problem.days}
            for day, deputy, _seat, _reason in one.made.proposal:
                run.taken[UUID(deputy), on[day]] = one.venue_id
    return done


@transaction.atomic
def _keep(run: _Run, done: list[Done], rests_on: dict[UUID, str]) -> None:
    """New plans in bulk; a venue that has a plan or seats of the year goes the way of a single one."""
    ids = [one.venue_id for one in done]
    venues = {v.pk: v for v in Venue.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    versions = dict(
        RotaPlan.objects.filter(venue__in=ids, year=run.year)
        .order_by()
        .values("venue")
        .annotate(last=Max("version"))
        .values_list("venue", "last")
    )
    plans, shifts = [], []
    for one in done:
        if one.venue_id in versions or any(day.held for day in one.problem.days):
            _keep_one(run, one, rests_on[one.venue_id])
            continue
        plan = new_plan(
            venues[one.venue_id], run.year, one.made, rests_on[one.venue_id], by=run.by, at=run.at
        )
        if run.publish:
            plan.state = move(PLAN_MOVES, PlanState.DRAFT, "publish")
            plan.published_at, plan.published_by_id = run.at, plan.made_by_id
            shifts += [
                new_shift(plan, UUID(day), seat, UUID(deputy), reason)
                for day, deputy, seat, reason in plan.proposal
            ]
        plans.append(plan)
    RotaPlan.objects.bulk_create(plans)
    Shift.objects.bulk_create(shifts, batch_size=2000)
    for plan in plans:
        note(plan, "publish" if run.publish else "draft", by=run.by, at=run.at)
        if run.publish:
            days = dict.fromkeys(UUID(row[0]) for row in plan.proposal)
            tell_of(plan, list(days), {UUID(row[1]) for row in plan.proposal}, at=run.at)


def _keep_one(run: _Run, one: Done, rests_on: str) -> None:
    plan = keep_draft(
        venue_id=one.venue_id,
        year=run.year,
        made=one.made,
        rests_on=rests_on,
        by=run.by,
        at=run.at,
    )
    if run.publish:
        publish_rota(plan_id=plan.pk, by=run.by, at=run.at)

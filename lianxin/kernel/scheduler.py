"""Recurring jobs: each slot of time is run once, whatever the number of processes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from lianxin.kernel import data_keys, failures
from lianxin.kernel.clock import LOCAL, now
from lianxin.kernel.db import retry_on_conflict
from lianxin.kernel.models import ScheduledJob
from lianxin.kernel.outbox import worker_name

logger = logging.getLogger(__name__)

START = datetime(2020, 1, 1, tzinfo=LOCAL)  # Slots of a day begin at midnight in Shanghai.
Run = Callable[[datetime], object]


@dataclass(frozen=True, slots=True)
class Job:
    """A job: `run(at)` each `every`, counted from midnight plus `after`.

    After a stop it runs once for all missed slots, unless `each` is set: then once per
    slot, with the slot's beginning as `at`. It must be idempotent: when its process is
    killed, it is run again after `lease`, which must be longer than it ever takes.
    """

    name: str
    every: timedelta
    run: Run
    after: timedelta = timedelta()
    each: bool = False
    lease: timedelta = timedelta(minutes=15)

    def slot(self, at: datetime) -> int:
        return (at - START - self.after) // self.every

    def begins(self, slot: int) -> datetime:
        return START + self.after + slot * self.every


_jobs: dict[str, Job] = {}
_owed: list[tuple[Job, datetime, str, Exception]] = []


def job(
    name: str,
    every: timedelta,
    *,
    run: Run,
    after: timedelta = timedelta(),
    each: bool = False,
    lease: timedelta = timedelta(minutes=15),
) -> None:
    """Registers a job, in config/wiring.py: `job("places.refresh", timedelta(days=1), run=f)`."""
    _jobs[name] = Job(name, every, run, after, each, lease)


def jobs() -> tuple[Job, ...]:
    return tuple(_jobs.values())


def tick(at: datetime | None = None, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Runs every job whose slot has come and that nobody else runs; returns how many runs."""
    runs = 0
    _settle()
    for one in jobs():
        while not stopping():
            moment = at or now()
            if not _run_slot(one, moment):
                break
            runs += 1
    return runs


def next_due(at: datetime) -> datetime | None:
    """When the next slot of any job begins."""
    return min((one.begins(one.slot(at) + 1) for one in jobs()), default=None)


def _run_slot(one: Job, at: datetime) -> bool:
    name = worker_name()
    slot = _claim(one, at, name)
    if slot is None:
        return False
    try:
        with data_keys.one_act():
            one.run(one.begins(slot) if one.each else at)
        return _finish(one, at, name, slot)
    except Exception as error:
        logger.exception("job %s failed", one.name)
        _owed.append((one, at, name, error))
        _settle()
        return False


def _settle() -> None:
    """Notes what failed. While the database is away this raises, and the next tick does it first:
    else a job would wait until its lease is over."""
    while _owed:
        _failed(*_owed[0])
        del _owed[0]


@retry_on_conflict
@transaction.atomic
def _claim(one: Job, at: datetime, name: str) -> int | None:
    """The slot to run now, leased to us; None when there is none."""
    ScheduledJob.objects.bulk_create([ScheduledJob(name=one.name)], ignore_conflicts=True)
    row = ScheduledJob.objects.select_for_update().get(name=one.name)
    current = one.slot(at)
    if row.last_slot is not None and row.last_slot > current:
        # The clock was set back: a slot is not run twice, and the future is not waited for.
        if row.last_slot > current + 1:
            row.last_slot = current
            row.save(update_fields=("last_slot",))
        return None
    leased = row.lease_until is not None and at < row.lease_until <= at + one.lease
    if row.last_slot == current or leased:
        return None
    row.lease_until, row.lease_by = at + one.lease, name
    row.save(update_fields=("lease_until", "lease_by"))
    return row.last_slot + 1 if one.each and row.last_slot is not None else current


@retry_on_conflict
def _finish(one: Job, at: datetime, name: str, slot: int) -> bool:
    return bool(
        ScheduledJob.objects.filter(name=one.name, lease_by=name).update(
            last_slot=slot,
            last_run_at=at,
            lease_until=None,
            lease_by="",
            attempts=0,
            last_error="",
        )
    )


@retry_on_conflict
@transaction.atomic
def _failed(one: Job, at: datetime, name: str, error: Exception) -> None:
    """Keeps the slot open for another try: after 1, 2, 4 … minutes, within the lease."""
    row = ScheduledJob.objects.select_for_update().get(name=one.name)
    if row.lease_by == name:
        row.attempts = min(row.attempts + 1, 1000)
        pause = (
            timedelta(minutes=min(2 ** (row.attempts - 1), 60)) if row.attempts < 8 else one.lease
        )
        row.lease_until, row.lease_by = at + min(pause, one.lease), ""
        row.last_error = failures.told(error)
        row.save(update_fields=("attempts", "lease_until", "lease_by", "last_error"))

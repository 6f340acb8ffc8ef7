"""How the installation is: what a balancer, a monitor and an operator ask."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, Error, connection
from django.db.models import Count, Min

from lianxin.kernel import scheduler
from lianxin.kernel.models import OutboxMessage, ScheduledJob
from lianxin.record.queries import ledger

#: A job is late when it ran no more for so long beyond its own distance.
GRACE = timedelta(minutes=5)
#: Below this the operator is warned; SQLite needs room for its log, PostgreSQL for its own.
LEAST_FREE = 512 * 1024 * 1024


@dataclass(frozen=True)
class Job:
    name: str
    ran_ago: float | None  # seconds, None when it never ran
    failures: int
    late: bool


@dataclass(frozen=True)
class Figures:
    """One moment. Ages in seconds; those of the database are missing while it is away."""

    at: datetime
    database: bool
    disks: dict[str, int]  # name of a folder -> bytes free
    messages: dict[str, int] = field(default_factory=dict)  # state -> how many
    oldest_message: float = 0.0
    jobs: tuple[Job, ...] = ()
    leaves_waiting: int = 0
    oldest_leaf: float = 0.0

    @property
    def ready(self) -> bool:
        """Whether this web server should be sent visitors. Late jobs and a full disk are no reason
        to send them away: reading goes on, and what cannot be kept is said so."""
        return self.database

    @property
    def words(self) -> dict[str, str]:
        """One word per part, for /ready/; what only the database knows is unknown without it."""
        late = any(job.late for job in self.jobs)
        low = any(free < LEAST_FREE for free in self.disks.values())
        parked = self.messages.get(OutboxMessage.State.PARKED, 0)
        disk = {"disk": "low" if low else "ok"}
        if not self.database:
            return {"database": "away", "jobs": "unknown", "outbox": "unknown", **disk}
        return {
            "database": "ok",
            "jobs": "late" if late else "ok",
            "outbox": "parked" if parked else "ok",
            **disk,
        }


def database_answers() -> bool:
    """Asks the database for nothing. Each request starts with a connection that is not worn out."""
    try:
        connection.ensure_connection()
        return connection.is_usable()
    except Error:
        return False


def figures(at: datetime) -> Figures:
    """A few indexed queries; nothing is written."""
    free = {name: _free(folder) for name, folder in _folders().items()}
    if not database_answers():
        return Figures(at=at, database=False, disks=free)
    try:
        return Figures(at=at, database=True, disks=free, **_of_database(at))
    except DatabaseError:
        return Figures(at=at, database=False, disks=free)


def _folders() -> dict[str, Path]:
    return {"var": Path(settings.VAR_DIR), "files": Path(settings.MEDIA_ROOT)}


def _free(folder: Path) -> int:
    """Bytes free below the folder, or where it will be made."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    return shutil.disk_usage(there).free


def _of_database(at: datetime) -> dict[str, Any]:
    states = (OutboxMessage.State.PENDING, OutboxMessage.State.PARKED)
    waiting = OutboxMessage.objects.filter(state__in=states).order_by()
    counts = waiting.values_list("state").annotate(n=Count("id"))
    pending = OutboxMessage.objects.filter(state=OutboxMessage.State.PENDING)
    leaves, oldest_leaf = ledger.waiting()
    return {
        "messages": dict.fromkeys(states, 0) | dict(counts),
        "oldest_message": _age(at, pending.aggregate(at=Min("created_at"))["at"]),
        "jobs": tuple(_jobs(at)),
        "leaves_waiting": leaves,
        "oldest_leaf": _age(at, oldest_leaf),
    }


def _age(at: datetime, since: datetime | None) -> float:
    return max((at - since).total_seconds(), 0.0) if since else 0.0


def _jobs(at: datetime) -> Iterator[Job]:
    rows = {row.name: row for row in ScheduledJob.objects.all()}
    for job in sorted(scheduler.jobs(), key=lambda one: one.name):
        row = rows.get(job.name)
        ran = row.last_run_at if row else None
        yield Job(
            name=job.name,
            ran_ago=_age(at, ran) if ran else None,
            failures=row.attempts if row else 0,
            late=ran is not None and at - ran > job.every + GRACE,
        )

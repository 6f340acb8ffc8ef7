"""What the passing of time does: reminders, overdue, escalation, silent closing. Idempotent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from lianxin.handling.enums import RUNNING, Act, Cause, ClockPurpose, MatterState, Step
from lianxin.handling.models import Dispatch, Matter
from lianxin.handling.queries.derive import Deriver, derive, due
from lianxin.handling.services import matters
from lianxin.handling.services.settle import append, differences, lock_dispatch, lock_matter, settle
from lianxin.kernel.clock import local_date


def sweep(*, at: datetime, limit: int = 2000) -> dict[str, int]:
    """Act on every clock that has something to say at `at`: returns counts by kind of act.

    Each matter is its own transaction: one that fails stops no other.
    """
    return {
        "reminded": sum(_remind(pk, at=at) for pk in _to_remind(at, limit)),
        "overdue": sum(_mark_overdue(pk, at=at) for pk in _to_mark(at, limit)),
        "escalated": sum(_escalate(pk, at=at) for pk in _to_escalate(at, limit)),
        "closed": sum(_close_silent(pk, at=at) for pk in _silent(at, limit)),
    }


def tick(*, matter_id: UUID, at: datetime) -> None:
    """The same for one matter: what the sweep would have done to it by `at`."""
    for pk in _running().filter(matter_id=matter_id).values_list("pk", flat=True):
        _remind(pk, at=at)
        _mark_overdue(pk, at=at)
        _escalate(pk, at=at)
    _close_silent(matter_id, at=at)


def _running() -> QuerySet[Dispatch]:
    return Dispatch.objects.filter(
        state__in=RUNNING, owes_answer=True, matter__paused_at__isnull=True
    )


def _to_remind(at: datetime, limit: int) -> list[UUID]:
    """Warned once at its share of the time, and once more on the day it is due."""
    rows = _running().filter(due_at__gte=at)
    warned = rows.filter(warn_at__lte=at, reminded=0).values_list("pk", flat=True)[:limit]
    last = rows.filter(reminded__gte=1).values_list("pk", "due_at").order_by("due_at")[:limit]
    today = [pk for pk, due_at in last if due_at and local_date(due_at) == local_date(at)]
    return [*warned, *today]


@transaction.atomic
def _remind(dispatch_id: UUID, *, at: datetime) -> int:
    dispatch = lock_dispatch(dispatch_id)
    if not dispatch.is_running or dispatch.due_at is None:
        return 0
    told = dispatch.events.filter(act=Act.REMIND, data__why="clock").order_by("number")
    days = [local_date(event.at) for event in told]
    due_today = local_date(dispatch.due_at) == local_date(at)
    if local_date(at) in days or len(days) >= 2 or (days and not due_today):
        return 0
    append(dispatch.matter, Act.REMIND, by=None, at=at, dispatch=dispatch, data={"why": "clock"})
    settle(dispatch.matter)
    return 1


def _to_mark(at: datetime, limit: int) -> list[UUID]:
    rows = _running().filter(due_at__lt=at, overdue_at__isnull=True)
    return list(rows.values_list("pk", flat=True)[:limit])


@transaction.atomic
def _mark_overdue(dispatch_id: UUID, *, at: datetime) -> int:
    """Overdue: said once per clock, public; the first step of the ladder is taken by rule.

    The office above is told by the task that listens to the event.
    """
    dispatch = lock_dispatch(dispatch_id)
    if (
        not dispatch.is_running
        or dispatch.overdue_at
        or not dispatch.due_at
        or dispatch.due_at >= at
    ):
        return 0
    append(
        dispatch.matter,
        Act.MARK_OVERDUE,
        by=None,
        at=at,
        dispatch=dispatch,
        data={"due": dispatch.due_at.isoformat()},
        public=True,
    )
    if not dispatch.matter.step:
        step = {"step": Step.REMINDER.value, "cause": Cause.OVERDUE.value}
        append(dispatch.matter, Act.STEP, by=None, at=at, data=step, public=True)
    settle(dispatch.matter)
    return 1


def _to_escalate(at: datetime, limit: int) -> list[UUID]:
    rows = _running().filter(overdue_at__lt=at, escalated_at__isnull=True)
    return list(rows.order_by("overdue_at").values_list("pk", flat=True)[:limit])


@transaction.atomic
def _escalate(dispatch_id: UUID, *, at: datetime) -> int:
    """Overdue for longer than the ESCALATE time of the rule: raised to the office above, once."""
    dispatch = lock_dispatch(dispatch_id)
    if not dispatch.is_running or dispatch.escalated_at or dispatch.overdue_at is None:
        return 0
    limit = due(
        purpose=ClockPurpose.ESCALATE,
        urgency=dispatch.matter.urgency,
        start=dispatch.overdue_at,
        division_code=dispatch.division_code,
        kind=dispatch.matter.kind,
    )
    if limit is None or at <= limit.at:
        return 0
    append(dispatch.matter, Act.ESCALATE, by=None, at=at, dispatch=dispatch, public=True)
    settle(dispatch.matter)
    return 1


def _silent(at: datetime, limit: int) -> list[UUID]:
    rows = Matter.objects.filter(state=MatterState.ANSWERED, owing=0, answered_at__lt=at)
    return list(rows.order_by("answered_at").values_list("pk", flat=True)[:limit])


@transaction.atomic
def _close_silent(matter_id: UUID, *, at: datetime) -> int:
    """Close an answered matter whose asker stayed silent for the SILENCE time. No verdict is made."""
    matter = lock_matter(matter_id)
    if matter.state != MatterState.ANSWERED or matter.owing or matter.answered_at is None:
        return 0
    limit = due(
        purpose=ClockPurpose.SILENCE,
        urgency=matter.urgency,
        start=matter.answered_at,
        division_code=matter.division_code,
        kind=matter.kind,
    )
    if limit is None or at <= limit.at:
        return 0
    matters.close(matter_id=matter_id, by=None, at=at, reason="silence")
    return 1


def resettle(*, division_code: str = "", open_only: bool = True) -> int:
    """Settle matters again after rules or working days changed; returns how many changed."""
    rows = Matter.objects.filter(division_code__startswith=division_code)
    if open_only:
        rows = rows.filter(state__in=(MatterState.OPEN, MatterState.ANSWERED))
    changed = 0
    for pk in list(rows.values_list("pk", flat=True)):
        with transaction.atomic():
            matter = lock_matter(pk)
            if differences(matter, derive(matter)):
                settle(matter)
                changed += 1
    return changed


def recheck(*, limit: int | None = None) -> list[tuple[UUID, dict[str, tuple[object, object]]]]:
    """The nightly check: derive every matter afresh; what is returned must be empty."""
    deriver = Deriver()
    rows = Matter.objects.order_by(F("last_event_at").desc(nulls_last=True))[:limit]
    found = ((m.pk, differences(m, deriver.view(m))) for m in rows.iterator(chunk_size=500))
    return [(pk, what) for pk, what in found if what]

"""The office's other lists: supervisions, requests for more time, commitments, figures per unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy

from lianxin.cases.enums import MATTER_KIND
from lianxin.cases.models import Case
from lianxin.cases.queries.cases import visible_to
from lianxin.cases.queries.office import MOST_COUNTED, Narrowing, matters, unscreened_late
from lianxin.cases.queries.unit import Due, Line, capped_of, lines, with_case
from lianxin.congress.models import Actor
from lianxin.congress.queries import within_any
from lianxin.handling.enums import (
    RUNNING,
    ClockPurpose,
    CommitmentState,
    DispatchKind,
    DispatchState,
    SupervisionState,
)
from lianxin.handling.models import Answer, Commitment, Dispatch, Matter, Supervision
from lianxin.handling.queries.derive import due
from lianxin.handling.queries.matters import extensions_to_decide
from lianxin.kernel.clock import local_date
from lianxin.kernel.paging import Page, keyset
from lianxin.kernel.refused import Absent
from lianxin.places.queries import calendars

SUPERVISIONS: dict[str, Any] = {
    "open": gettext_lazy("Waits for an answer"),
    "answered": gettext_lazy("Answered, to be concluded"),
    "done": gettext_lazy("Concluded"),
}
COMMITMENTS: dict[str, Any] = {
    "due": gettext_lazy("Due, to be checked"),
    "open": gettext_lazy("Promised, not yet due"),
    "broken": gettext_lazy("Not kept"),
    "kept": gettext_lazy("Kept"),
}


#: Of a resident's case. Asked row by row: as a join, SQLite begins with all the cases there are.
_OF_A_CASE = Exists(Case.objects.filter(matter=OuterRef("matter")))


class NoSuchStep(Absent):
    message = gettext_lazy("There is no such supervision step in your area.")
    code = "no_such_step"


def supervisions(scopes: tuple[str, ...], where: str) -> QuerySet[Supervision]:
    """Steps of the ladder in the area; order by ("-opened_at", "-id")."""
    answered = Q(dispatch__state=DispatchState.ANSWERED)
    open_ = Q(state=SupervisionState.OPEN)
    narrowed = {
        "answered": open_ & answered,
        "done": Q(state=SupervisionState.CONCLUDED),
    }.get(where, open_ & ~answered)
    return Supervision.objects.filter(within_any(scopes), narrowed, _OF_A_CASE).select_related(
        "organ", "matter__case", "dispatch__to_organ", "dispatch__presses__to_deputy__person"
    )


@dataclass(frozen=True, slots=True)
class StepLine:
    step: Supervision
    due: Due | None


def supervision_page(
    rows: QuerySet[Supervision], *, after: str | None, at: datetime, size: int = 30
) -> tuple[Page[Supervision], list[StepLine]]:
    page = keyset(rows, order=("-opened_at", "-id"), after=after, size=size)
    days = calendars()
    found = []
    for one in page.items:
        due_at = one.dispatch.due_at if one.dispatch.is_running else None
        left = days.of(one.division_code).left(at, due_at) if due_at else None
        found.append(StepLine(one, Due(at=due_at, left=left) if due_at and left else None))
    return page, found


def supervision_of(actor: Actor, supervision_id: UUID) -> Supervision:
    """A step in the actor's area, with what was answered. Raises NoSuchStep."""
    scopes = actor.scopes_with("matter.supervise")
    found = (
        Supervision.objects.filter(
            within_any(scopes), pk=supervision_id, matter__case__isnull=False
        )
        .select_related("organ", "matter__case", "dispatch__to_organ", "dispatch__presses")
        .first()
    )
    if found is None:
        raise NoSuchStep
    return found


def answers_to(step: Supervision) -> QuerySet[Answer]:
    """What was answered to the step, or by the dispatch it pressed after it was opened."""
    direct = Q(dispatch_id=step.dispatch_id)
    if step.dispatch.presses_id:
        direct |= Q(dispatch_id=step.dispatch.presses_id, given_at__gte=step.opened_at)
    return Answer.objects.filter(direct).select_related("organ").order_by("given_at", "id")


def extensions(
    actor: Actor, *, after: str | None, at: datetime, size: int = 30
) -> tuple[Page[Dispatch], list[Line]]:
    """Requests for more time that wait for a decision, the nearest deadline first."""
    rows = with_case(extensions_to_decide(actor)).select_related("extension__asked_by")
    page = keyset(rows, order=("due_at", "id"), after=after, size=size)
    return page, lines(page.items, at=at)


def commitments(scopes: tuple[str, ...], where: str, *, on: date) -> QuerySet[Commitment]:
    """Promises in the area; order by ("until_date", "id")."""
    waiting = Q(state=CommitmentState.OPEN)
    narrowed = {
        "open": waiting & Q(until_date__gt=on),
        "broken": Q(state__in=(CommitmentState.BROKEN, CommitmentState.CARRIED_OVER)),
        "kept": Q(state=CommitmentState.KEPT),
    }.get(where, waiting & Q(until_date__lte=on))
    return Commitment.objects.filter(within_any(scopes), narrowed, _OF_A_CASE).select_related(
        "organ", "owner", "matter__case"
    )


def board_counts(scopes: tuple[str, ...], actor: Actor, *, at: datetime) -> dict[str, str]:
    """The figures of the board, each the length of a list, capped. One query."""
    on = local_date(at)
    counted: dict[str, QuerySet[Any]] = {
        where: matters(scopes, Narrowing(where=where), at=at)
        for where in ("late", "soon", "again", "second")
    }
    counted |= {
        "unscreened": unscreened_late(scopes, at=at),
        "waiting": extensions_to_decide(actor),
        "due": commitments(scopes, "due", on=on),
        "broken": commitments(scopes, "broken", on=on),
        "answered": supervisions(scopes, "answered"),
    }
    return capped_of(counted, MOST_COUNTED)


def supervisable(actor: Actor, case_id: UUID) -> Case:
    """An accepted case in the actor's view, with the dispatches that can be pressed.

    Raises NoSuchStep where there is none, or nothing is handled yet.
    """
    owed = Dispatch.objects.filter(
        state__in=(*RUNNING, DispatchState.ANSWERED), owes_answer=True
    ).exclude(kind=DispatchKind.SUPERVISE)
    case = (
        visible_to(actor)
        .filter(pk=case_id, matter__isnull=False)
        .select_related("matter__owner", "matter__holder_organ", "matter__holder_deputy__person")
        .prefetch_related(
            Prefetch(
                "matter__dispatches",
                owed.select_related("to_organ", "to_deputy__person").order_by("sent_at", "id"),
                to_attr="owed",
            ),
            Prefetch(
                "matter__supervisions",
                Supervision.objects.select_related("organ", "dispatch__to_organ").order_by(
                    "opened_at", "id"
                ),
                to_attr="ladder",
            ),
        )
        .first()
    )
    if case is None:
        raise NoSuchStep
    return case


def matter_of(case: Case) -> Matter:
    """The matter of an accepted case. Raises NoSuchStep."""
    if case.matter is None:
        raise NoSuchStep
    return case.matter


def answer_due(case: Case, *, at: datetime) -> datetime | None:
    """When the answer to a step opened now is due by rule."""
    clock = due(
        purpose=ClockPurpose.SUPERVISE,
        urgency=case.urgency,
        start=at,
        division_code=case.division_code,
        kind=MATTER_KIND,
    )
    return clock.at if clock else None

"""The dispatches of a case as a tree in words: who was asked, what came of it, until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from lianxin.cases.models import Case
from lianxin.cases.queries.acts import ActLink, dispatch_acts
from lianxin.congress.models import Actor
from lianxin.handling.enums import (
    AnswerState,
    DispatchKind,
    DispatchState,
    ExtensionState,
    Part,
)
from lianxin.handling.models import Answer, Dispatch
from lianxin.places.queries import Calendars, WorkCalendar
from lianxin.web.dates import cn_day, cn_short, near
from lianxin.web.parts import Tone

TONES: dict[str, Tone] = {
    DispatchState.SENT: "warn",
    DispatchState.SIGNED: "info",
    DispatchState.SUBMITTED: "info",
    DispatchState.ANSWERED: "warn",
    DispatchState.ACCEPTED: "good",
    DispatchState.RETURNED: "bad",
}


@dataclass(slots=True)
class Node:
    """One dispatch with its own acts, answers and children."""

    id: UUID
    kind: str
    target: str
    part: str
    state: str
    tone: Tone
    clock: str
    clock_tone: str
    lines: list[str]
    instruction: str
    extension: str
    answers: Sequence[Answer]
    acts: Sequence[ActLink]
    is_over: bool
    children: list[Node] = field(default_factory=list)


def tree_of(
    actor: Actor, case: Case, days: Calendars, at: datetime
) -> list[tuple[int, list[Node]]]:
    """Rounds, the latest first, each with its roots. No query: the page prefetched."""
    matter = case.matter
    if matter is None:
        return []
    answers: dict[UUID | None, list[Answer]] = {}
    for answer in matter.answers.all():
        answers.setdefault(answer.dispatch_id, []).append(answer)
    calendar = days.of(case.division_code)
    nodes = {
        d.pk: _node(actor, d, answers.get(d.pk, []), calendar, at) for d in matter.dispatches.all()
    }
    rounds: dict[int, list[Node]] = {}
    for d in matter.dispatches.all():
        above = nodes.get(d.parent_id or d.presses_id)  # type: ignore[arg-type]
        if above:
            above.children.append(nodes[d.pk])
        else:
            rounds.setdefault(d.round, []).append(nodes[d.pk])
    return sorted(rounds.items(), reverse=True)


def target_name(d: Dispatch) -> str:
    if d.to_deputy:
        return gettext("Deputy %(name)s") % {"name": d.to_deputy.name}
    return d.to_organ.name if d.to_organ else ""


def _node(
    actor: Actor, d: Dispatch, answers: Sequence[Answer], calendar: WorkCalendar, at: datetime
) -> Node:
    clock, tone = _clock(d, calendar, at)
    return Node(
        id=d.pk,
        kind=str(DispatchKind(d.kind).label),
        target=target_name(d),
        part=str(Part(d.part).label) if d.part != Part.EACH else "",
        state=str(DispatchState(d.state).label),
        tone=TONES.get(d.state, "neutral"),
        clock=clock,
        clock_tone=tone,
        lines=_lines(d),
        instruction=d.instruction,
        extension=_extension(d),
        answers=[a for a in answers if a.state != AnswerState.WAITING or _may_read(actor, d)],
        acts=dispatch_acts(actor, d),
        is_over=not d.is_running and d.state != DispatchState.ANSWERED,
    )


def _may_read(actor: Actor, d: Dispatch) -> bool:
    """A draft that waits for approval is the unit's own business."""
    return d.to_organ_id in actor.organ_ids


def _clock(d: Dispatch, calendar: WorkCalendar, at: datetime) -> tuple[str, str]:
    if not d.is_running or not d.owes_answer:
        return "", "neutral"
    if d.matter.paused_at:
        return gettext("clock stopped"), "info"
    if d.due_at is None:
        return "", "neutral"
    left = calendar.left(at, d.due_at)
    return f"{left} · {cn_short(d.due_at)}", left.tone


def _lines(d: Dispatch) -> list[str]:
    found = [gettext("sent %(when)s") % {"when": near(d.sent_at)}]
    if d.signed_at:
        found.append(gettext("signed for %(when)s") % {"when": near(d.signed_at)})
    if d.answered_at:
        found.append(gettext("answered %(when)s") % {"when": near(d.answered_at)})
    if d.reminded:
        found.append(gettext("reminded %(n)s times") % {"n": d.reminded})
    if not d.owes_answer:
        found.append(gettext("owes no answer"))
    return found


def _extension(d: Dispatch) -> str:
    asked = getattr(d, "extension", None)
    if asked is None:
        return ""
    state = ExtensionState(asked.state).label
    words = gettext("More time until %(day)s: %(state)s. Reason: %(reason)s")
    return words % {"day": cn_day(asked.until_date), "state": state, "reason": asked.reason}

"""The derivation: states, holders and clocks of a matter from its events, and from nothing else.

The live path and the nightly check run this same function, so a counter cannot drift.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from lianxin.handling.enums import (
    DISPATCH_MOVES,
    MATTER_MOVES,
    RUNNING,
    UNSETTLED,
    Act,
    ClockPurpose,
    DispatchKind,
    DispatchState,
    MatterState,
    Part,
    RoundKind,
    Urgency,
)
from lianxin.handling.rules.clocks import Calendar, RuleBook, clock_of
from lianxin.kernel.moves import move


class Fact(Protocol):
    """What the derivation reads of an event row."""

    act: str
    at: datetime
    dispatch_id: UUID | None
    person_id: UUID | None
    data: Any


@dataclass(slots=True)
class DispatchView:
    """A dispatch as its events tell it."""

    id: UUID
    kind: str
    part: str
    round: int
    owes: bool
    to_organ: UUID | None
    to_deputy: UUID | None
    sent_at: datetime
    state: str = DispatchState.SENT
    set_due: datetime | None = None
    clock_from: datetime | None = None
    reworked: bool = False
    until: date | None = None
    signed_at: datetime | None = None
    handler: UUID | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    overdue_at: datetime | None = None
    escalated_at: datetime | None = None
    reminded: int = 0
    due_at: datetime | None = None
    warn_at: datetime | None = None
    sign_due_at: datetime | None = None


@dataclass(slots=True)
class MatterView:
    """A matter as its events tell it."""

    state: str = MatterState.OPEN
    urgency: str = Urgency.ORDINARY
    round: int = 1
    round_kind: str = RoundKind.FIRST
    step: str = ""
    merged_into: UUID | None = None
    opened_at: datetime | None = None
    round_began_at: datetime | None = None
    delivered_at: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    paused_at: datetime | None = None
    due_at: datetime | None = None
    warn_at: datetime | None = None
    pauses: list[tuple[datetime, datetime]] = field(default_factory=list)
    dispatches: dict[UUID, DispatchView] = field(default_factory=dict)

    @property
    def owing(self) -> list[DispatchView]:
        """Dispatches that keep the matter from closing, in the order they were sent."""
        return [d for d in self.dispatches.values() if d.owes and d.state in UNSETTLED]

    @property
    def holder(self) -> DispatchView | None:
        """Who has it now: the lead, else the first that still works on it; None is the owner."""
        running = [
            d
            for d in self.dispatches.values()
            if d.owes and d.state in RUNNING and d.kind != DispatchKind.SUPERVISE
        ]
        rank = {Part.LEAD: 0, Part.EACH: 1, Part.ASSIST: 2}
        return min(running, key=lambda d: rank[Part(d.part)], default=None)


def fold(events: Iterable[Fact], book: RuleBook, calendar: Calendar) -> MatterView:
    """Play the events in order, then read the clocks. Raises IllegalMove on an impossible row."""
    view = MatterView()
    for event in events:
        if event.dispatch_id is None:
            _on_matter(view, event)
        else:
            _on_dispatch(view, event)
        _settle_answered(view, event.at)
    _read_clocks(view, book, calendar)
    return view


def _on_matter(view: MatterView, event: Fact) -> None:
    act, at = event.act, event.at
    if act == Act.OPEN:
        view.opened_at = view.round_began_at = at
        view.urgency = event.data.get("urgency", view.urgency)
    elif act == Act.DELIVER:
        view.delivered_at = view.delivered_at or at
    elif act == Act.REOPEN:
        view.state = move(MATTER_MOVES, view.state, act)
        view.round += 1
        view.round_kind = event.data["round_kind"]
        view.round_began_at, view.step = at, ""
        view.delivered_at = view.answered_at = view.closed_at = None
        view.pauses.clear()
    elif act in (Act.CLOSE, Act.WITHDRAW, Act.MERGE):
        view.state = move(MATTER_MOVES, view.state, act)
        view.closed_at = at
        view.merged_into = UUID(event.data["into"]) if act == Act.MERGE else None
        _end_pause(view, at)
    elif act == Act.PAUSE:
        view.paused_at = view.paused_at or at
    elif act == Act.RESUME:
        _end_pause(view, at)
    elif act == Act.CHANGE_URGENCY:
        view.urgency = event.data["urgency"]
    elif act == Act.STEP:
        view.step = max(view.step, event.data["step"])


def _end_pause(view: MatterView, at: datetime) -> None:
    if view.paused_at is not None:
        view.pauses.append((view.paused_at, at))
        view.paused_at = None


def _on_dispatch(view: MatterView, event: Fact) -> None:
    assert event.dispatch_id is not None
    if event.act == Act.SEND:
        view.dispatches[event.dispatch_id] = _sent(view, event)
        return
    item = view.dispatches[event.dispatch_id]
    item.state = move(DISPATCH_MOVES, item.state, event.act)
    match event.act:
        case Act.SIGN:
            item.signed_at, item.handler = event.at, event.person_id
        case Act.GRANT_EXTENSION:
            item.until = date.fromisoformat(event.data["until"])
        case Act.ANSWER | Act.APPROVE:
            item.answered_at = event.at
            item.handler = item.handler or event.person_id
        case Act.REWORK:
            item.answered_at, item.clock_from, item.reworked = None, event.at, True
            item.set_due = item.until = item.overdue_at = item.escalated_at = None
        case Act.ACCEPT | Act.RETURN | Act.RECALL | Act.SUPERSEDE:
            item.ended_at = event.at
        case Act.REMIND:
            item.reminded += 1
        case Act.MARK_OVERDUE:
            item.overdue_at = event.at
        case Act.ESCALATE:
            item.escalated_at = event.at


def _sent(view: MatterView, event: Fact) -> DispatchView:
    data = event.data
    assert event.dispatch_id is not None
    return DispatchView(
        id=event.dispatch_id,
        kind=data["kind"],
        part=data["part"],
        round=view.round,
        owes=data["owes"],
        to_organ=UUID(data["to_organ"]) if data.get("to_organ") else None,
        to_deputy=UUID(data["to_deputy"]) if data.get("to_deputy") else None,
        sent_at=event.at,
        clock_from=event.at,
        set_due=datetime.fromisoformat(data["due"]) if data.get("due") else None,
    )


def _settle_answered(view: MatterView, at: datetime) -> None:
    """Answered: something of this round reached the asker and nobody (supervision apart) owes."""
    owed = any(d.kind != DispatchKind.SUPERVISE for d in view.owing)
    if view.state == MatterState.OPEN and view.delivered_at and not owed:
        view.state = move(MATTER_MOVES, view.state, "answer")
        view.answered_at = at
    elif view.state == MatterState.ANSWERED and owed:
        view.state = move(MATTER_MOVES, view.state, "resume_work")
        view.answered_at = None


def _read_clocks(view: MatterView, book: RuleBook, calendar: Calendar) -> None:
    """Due times: of the matter from the start of its round, of each dispatch from its sending."""
    start = view.round_began_at
    if start and view.state == MatterState.OPEN:
        due = book.due(ClockPurpose.OWED, view.urgency, start, calendar, view.pauses)
        view.due_at, view.warn_at = (due.at, due.warn_at) if due else (None, None)
    for item in view.dispatches.values():
        begin = item.clock_from or item.sent_at
        pauses = [pause for pause in view.pauses if pause[1] > begin]
        sign = book.due(ClockPurpose.SIGN, view.urgency, item.sent_at, calendar)
        item.sign_due_at = sign.at if sign else None
        if not item.owes:
            continue
        purpose = ClockPurpose.REWORK if item.reworked else clock_of(item.kind, item.part)
        due = book.due(purpose, view.urgency, begin, calendar, pauses)
        if due:
            item.due_at, item.warn_at = due.at, due.warn_at
        for fixed in (item.set_due, calendar.closing(item.until) if item.until else None):
            if fixed:
                rule = book.rule(purpose, view.urgency, begin)
                share = rule.warn_percent / 100 if rule else 0.8
                item.due_at, item.warn_at = fixed, calendar.at_share(begin, fixed, share)

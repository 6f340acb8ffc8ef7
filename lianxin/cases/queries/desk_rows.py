"""A row of a desk list in words: the matter, who has it, until when, and the one next act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import CaseState, Channel
from lianxin.cases.models import Case
from lianxin.cases.queries.acts import ActLink, href_of, next_act
from lianxin.cases.queries.desk import Desk
from lianxin.handling.enums import DispatchKind, MatterState, RoundKind, Urgency
from lianxin.kernel.clock import local_date
from lianxin.places.queries import DivisionName, names_for
from lianxin.web.dates import cn_short, due_words, near


@dataclass(frozen=True, slots=True)
class Pill:
    words: str
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class DeskRow:
    """What the list shows of a case."""

    id: UUID
    href: str
    title: str
    pills: Sequence[Pill]
    meta: Sequence[str]
    who: str
    who_note: str
    due: str
    due_note: str
    is_late: bool
    next: ActLink | None
    more: Sequence[ActLink] = field(default_factory=tuple)


def rows_of(desk: Desk, cases: Sequence[Case], *, where: str = "") -> list[DeskRow]:
    """One query more for all rows: the names of their places."""
    names = names_for(case.division_code for case in cases)
    return [_row(desk, case, names, where) for case in cases]


def _row(desk: Desk, case: Case, names: dict[str, DivisionName], where: str) -> DeskRow:
    due, note, late = _due(desk, case, where)
    who, since = _who(case)
    return DeskRow(
        id=case.pk,
        href=href_of("cases:case", case.pk),
        title=case.title,
        pills=_pills(case),
        meta=_meta(case, names),
        who=who,
        who_note=since,
        due=due,
        due_note=note,
        is_late=late,
        next=_next(desk, case, where),
    )


def _next(desk: Desk, case: Case, where: str) -> ActLink | None:
    for pile, key, code, label in (
        ("follow_ups", "follow_id", "follow-up", _("Follow up")),
        ("commitments", "promise_id", "commitment", _("Check the promise")),
    ):
        row = getattr(case, key, None)
        if where == pile and row:
            return ActLink(code, label, href_of(f"cases:case-{code}", row))
    return next_act(desk.actor, case)


def _pills(case: Case) -> list[Pill]:
    found = []
    if case.urgency == Urgency.URGENT:
        found.append(Pill(str(Urgency.URGENT.label), "bad"))
    if case.is_sensitive:
        found.append(Pill(gettext("Sensitive"), "warn"))
    matter = case.matter
    if matter and matter.state in (MatterState.OPEN, MatterState.ANSWERED) and matter.round > 1:
        found.append(Pill(str(RoundKind(matter.round_kind).label), "info"))
    if getattr(case, "unhappy", False) and case.is_open:
        found.append(Pill(gettext("Resident dissatisfied"), "bad"))
    if case.state == CaseState.ASKED_BACK:
        found.append(Pill(gettext("Asked back"), "info"))
    return found


def _meta(case: Case, names: dict[str, DivisionName]) -> list[str]:
    kind = getattr(case, "running_kind", None)
    place = names.get(case.division_code)
    parts: list[Any] = [
        case.number,
        DispatchKind(kind).label if kind else Channel(case.channel).label,
        case.grid.name if case.grid else (place.short if place else ""),
        case.category or "",
    ]
    if case.voices_count > 1:
        others = case.voices_count
        parts.append(ngettext("%(n)s person", "%(n)s people care", others) % {"n": others})
    return [str(part) for part in parts if part]


def _who(case: Case) -> tuple[str, str]:
    """Who has it, and since when."""
    if case.state == CaseState.FILED:
        since = gettext("filed %(when)s") % {"when": near(case.filed_at)}
        return gettext("Waits to be accepted"), since
    if case.state == CaseState.ASKED_BACK:
        return gettext("The resident"), gettext("was asked for more")
    matter = case.matter
    if matter is None:
        return str(CaseState(case.state).label), _when(case.screened_at)
    if matter.state not in (MatterState.OPEN, MatterState.ANSWERED):
        return str(MatterState(matter.state).label), _when(matter.closed_at)
    if matter.holder_deputy:
        name = gettext("Deputy %(name)s") % {"name": matter.holder_deputy.name}
    else:
        name = (matter.holder_organ or matter.owner).label
    if matter.state == MatterState.ANSWERED:
        return gettext("Answered, waits for the resident"), _when(matter.answered_at)
    return name, gettext("since %(when)s") % {"when": _when(matter.held_since_at)}


def _when(at: Any) -> str:
    return near(at) if at else ""


def _due(desk: Desk, case: Case, where: str) -> tuple[str, str, bool]:
    """The deadline in working days, its day, and whether it is over."""
    day = getattr(
        case, {"follow_ups": "follow_on", "commitments": "promise_on"}.get(where, ""), None
    )
    calendar = desk.days.of(case.division_code)
    if day is not None:
        days = calendar.working_days_between(local_date(desk.at), day)
        return due_words(days), near(day), days < 0
    if case.due_at is None:
        return gettext("No deadline runs"), _paused(case), False
    left = calendar.left(desk.at, case.due_at)
    return str(left), cn_short(case.due_at), left.overdue


def _paused(case: Case) -> str:
    is_paused = bool(case.matter and case.matter.paused_at)
    return gettext("clock stopped") if is_paused else ""

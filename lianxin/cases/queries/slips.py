"""The official slips: 分办单, 交办单, 转办单, 督办单. A composite: no official form of Yunnan was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lianxin.cases.models import Case
from lianxin.handling.enums import DispatchKind, Part
from lianxin.handling.models import Dispatch
from lianxin.kernel.clock import local_date
from lianxin.places.queries import names_for


@dataclass(frozen=True, slots=True)
class Slip:
    """Heading, number and the facts in the order of the form; dates are days in Shanghai."""

    title: str
    number: str
    office: str
    to: str
    facts: tuple[tuple[str, Any], ...]
    words: str
    instruction: str


def with_all(rows: QuerySet[Dispatch]) -> QuerySet[Dispatch]:
    return rows.select_related(
        "matter__owner",
        "matter__case__category",
        "from_organ",
        "from_deputy__person",
        "to_organ",
        "to_deputy__person",
        "supervision",
        "presses__to_organ",
    )


def of(dispatch: Dispatch) -> Slip:
    """The slip of one dispatch: three queries beyond the dispatch itself."""
    case: Case = dispatch.matter.case
    place = names_for([case.division_code]).get(case.division_code)
    sender = dispatch.from_organ or dispatch.from_deputy
    titles = {
        DispatchKind.TRIAGE: _("Slip of sharing out"),
        DispatchKind.ASSIGN: _("Slip of assignment"),
        DispatchKind.TRANSFER: _("Slip of transfer"),
        DispatchKind.SUPERVISE: _("Slip of supervision"),
    }
    return Slip(
        title=titles[DispatchKind(dispatch.kind)],
        number=case.number,
        office=sender.name if sender else "",
        to=dispatch.target.name,
        facts=(
            (_("Number"), case.number),
            (_("How reported"), case.get_channel_display()),
            (_("Title"), case.title),
            (_("Category"), case.category or ""),
            (_("Place"), place.text if place else ""),
            *_own_facts(dispatch),
            (_("Assigned on"), local_date(dispatch.sent_at)),
            (_("Answer due"), local_date(dispatch.due_at) if dispatch.due_at else ""),
            (_("Signed for on"), local_date(dispatch.signed_at) if dispatch.signed_at else ""),
            (_("Public or sensitive"), _("Sensitive") if case.is_sensitive else _("Ordinary")),
        ),
        words=case.words,
        instruction=dispatch.instruction,
    )


def _own_facts(dispatch: Dispatch) -> tuple[tuple[str, Any], ...]:
    if dispatch.kind == DispatchKind.SUPERVISE:
        step = dispatch.supervision
        pressed = dispatch.presses
        return (
            (_("Supervised"), dispatch.target.name),
            (_("Step"), step.get_step_display()),
            (_("Cause"), step.get_cause_display()),
            (
                _("Former date due"),
                local_date(pressed.due_at) if pressed and pressed.due_at else "",
            ),
            (_("Outcome"), step.outcome),
        )
    if dispatch.kind == DispatchKind.TRANSFER:
        return (
            (_("From"), dispatch.from_organ or dispatch.from_deputy or ""),
            (_("To"), dispatch.target.name),
            (_("To be answered back"), _("Yes") if dispatch.owes_answer else _("No")),
        )
    siblings = dispatch.matter.dispatches.filter(
        round=dispatch.round, kind=dispatch.kind
    ).select_related("to_organ", "to_deputy__person")
    lead = [d.target.name for d in siblings if d.part != Part.ASSIST]
    assisting = [d.target.name for d in siblings if d.part == Part.ASSIST]
    return (
        (_("Lead"), "、".join(lead)),
        (_("Assisting"), "、".join(assisting)),
        (_("Way of handling"), dispatch.get_part_display()),
    )

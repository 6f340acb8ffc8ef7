"""One dispatch as its holder needs it: words, place, photos, clock, what can be done now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.cases.models import Case
from lianxin.cases.queries.unit import Line, lines, sender_of, with_case
from lianxin.cases.rules.masking import masked
from lianxin.congress.models import Actor
from lianxin.handling.enums import (
    Act,
    AnswerState,
    ClockPurpose,
    DispatchKind,
    DispatchState,
)
from lianxin.handling.enums import Step as Ladder
from lianxin.handling.models import Answer, AnswerClass, Dispatch, Event
from lianxin.handling.queries.derive import due
from lianxin.handling.queries.matters import dispatches_visible_to
from lianxin.handling.rules import permissions
from lianxin.kernel.clock import local_date
from lianxin.kernel.refused import Absent
from lianxin.places.queries import ancestors, path
from lianxin.record.models import Attachment
from lianxin.record.queries import attachments_by_subject
from lianxin.web.parts import Link, Photo, Step

#: Steps of the ladder are named by their rung.
_RUNGS: dict[str, Any] = {
    Act.STEP: gettext_lazy("Supervision: %(step)s"),
    Act.CONCLUDE: gettext_lazy("Supervision concluded: %(step)s"),
}
CASE, ANSWER, EVENT = "cases.case", "handling.answer", "handling.event"


class NoSuchDispatch(Absent):
    message = gettext_lazy("This matter was not handed to you, or it is no longer with you.")
    code = "no_such_dispatch"


@dataclass(frozen=True, slots=True)
class Doing:
    """What the actor may do with the dispatch now: who and when together."""

    sign: bool = False
    answer: bool = False
    return_: bool = False
    extend: bool = False
    approve: bool = False
    pass_on: bool = False
    press: bool = False
    visit: bool = False


@dataclass(frozen=True, slots=True)
class Files:
    photos: list[Photo] = field(default_factory=list)
    papers: list[Link] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AnswerLine:
    answer: Answer
    files: Files

    @property
    def is_sent_back(self) -> bool:
        return self.answer.state == AnswerState.SENT_BACK


@dataclass(frozen=True, slots=True)
class DispatchPage:
    """`words` are the resident's own with phone numbers and the like replaced by ×."""

    line: Line
    words: str
    where: str
    files: Files
    answers: list[AnswerLine]
    steps: list[Step]
    doing: Doing
    return_until: datetime | None
    latest: date | None
    is_deputy: bool
    came_back: str

    @property
    def dispatch(self) -> Dispatch:
        return self.line.dispatch

    @property
    def case(self) -> Case:
        return self.line.case

    @property
    def waiting(self) -> AnswerLine | None:
        """The answer that waits for the head of the unit."""
        return next((a for a in self.answers if a.answer.state == AnswerState.WAITING), None)


def dispatch_page(dispatch_id: UUID, actor: Actor, *, at: datetime) -> DispatchPage:
    """Everything its page shows, with a fixed number of queries. Raises NoSuchDispatch."""
    rows = dispatches_visible_to(actor).select_related(
        "matter__owner",
        "matter__case__category",
        "to_organ",
        "from_organ",
        "to_deputy__person",
        "from_deputy__person",
        "extension",
    )
    found = with_case(rows).filter(pk=dispatch_id).first()
    if found is None:
        raise NoSuchDispatch
    [line] = lines([found], at=at)
    until = _limit(found, ClockPurpose.RETURN, found.sent_at)
    longest = _limit(found, ClockPurpose.EXTENSION, found.due_at) if found.due_at else None
    given, events = list(found.answers.all()), events_of(found)
    attached = attachments_by_subject(ANSWER, [answer.pk for answer in given])
    own = attachments_by_subject(CASE, [line.case.pk])
    return DispatchPage(
        line=line,
        words=masked(line.case.words),
        where=" · ".join(filter(None, (path(line.case.division_code), masked(line.case.address)))),
        files=files_of(own[line.case.pk]),
        answers=[AnswerLine(one, files_of(attached[one.pk])) for one in reversed(given)],
        steps=steps_of(events),
        doing=doing(found, actor, at=at, return_until=until),
        return_until=until,
        latest=local_date(longest) if longest else None,
        is_deputy=found.to_deputy_id is not None and found.to_deputy_id == actor.deputy_id,
        came_back=_came_back(found, events) if line.is_sent_back else "",
    )


def _limit(row: Dispatch, purpose: str, start: datetime) -> datetime | None:
    clock = due(
        purpose=purpose,
        urgency=row.matter.urgency,
        start=start,
        division_code=row.division_code,
        kind=row.matter.kind,
    )
    return clock.at if clock else None


def doing(
    row: Dispatch, actor: Actor, *, at: datetime, return_until: datetime | None = None
) -> Doing:
    """Which buttons the page has. The services ask the same rules again."""
    holds, records = permissions.may_hold(actor, row), permissions.may_record(actor, row)
    is_open = row.state in (DispatchState.SENT, DispatchState.SIGNED)
    is_supervised = row.kind == DispatchKind.SUPERVISE
    in_time = return_until is None or at <= return_until
    to_me = bool(row.to_deputy_id) and row.to_deputy_id == actor.deputy_id
    return Doing(
        sign=records and row.state == DispatchState.SENT and not to_me,
        answer=records and is_open and row.owes_answer,
        return_=holds and is_open and in_time and not is_supervised,
        extend=holds
        and not to_me
        and row.state == DispatchState.SIGNED
        and row.due_at is not None
        and getattr(row, "extension", None) is None,
        approve=row.state == DispatchState.SUBMITTED and permissions.may_approve(actor, row),
        pass_on=to_me and is_open,
        press=row.is_running and not holds and permissions.may_press(actor, row),
        visit=bool(actor.deputy_id) and actor.deputy_id in (row.to_deputy_id, row.from_deputy_id),
    )


def files_of(rows: Iterable[Attachment]) -> Files:
    """Pictures with their previews, papers as links."""
    found = Files()
    for row in rows:
        href = reverse("record:attachment", args=[row.pk, "full"])
        if row.is_image:
            small = reverse("record:attachment", args=[row.pk, "preview"])
            found.photos.append(Photo(src=small, href=href, alt=row.name or _("Photo")))
        else:
            found.papers.append(Link(label=row.name or _("Document"), href=href))
    return found


def events_of(row: Dispatch) -> list[Event]:
    """The public steps of the matter and every step of this dispatch, newest first."""
    return list(
        Event.objects.filter(matter_id=row.matter_id)
        .filter(Q(is_public=True) | Q(dispatch_id=row.pk))
        .select_related(
            "organ", "dispatch__to_organ", "dispatch__to_deputy__person",
            "dispatch__from_organ", "dispatch__from_deputy__person",
        )
        .order_by("-number")
    )  # fmt: skip


def _came_back(row: Dispatch, events: list[Event]) -> str:
    """Why the last answer was sent back."""
    acts = (Act.REWORK, Act.REJECT)
    return next((e.note for e in events if e.act in acts and e.dispatch_id == row.pk), "")


def steps_of(events: list[Event]) -> list[Step]:
    """Events as steps, with the photos of visits."""
    visits = [event.pk for event in events if event.act == Act.NOTE]
    attached = attachments_by_subject(EVENT, visits) if visits else {}
    return [_step(event, files_of(attached.get(event.pk, ()))) for event in events]


def _step(event: Event, files: Files) -> Step:
    title, text = str(Act(event.act).label), event.note
    held = event.dispatch
    if held and event.act == Act.SEND:
        who = str(held.target.name)
        title = f"{DispatchKind(held.kind).label} → {who}"
        text = held.instruction
    if event.act in _RUNGS and event.data.get("step"):
        title = str(_RUNGS[event.act]) % {"step": Ladder(event.data["step"]).label}
    by = event.organ.label if event.organ else ""
    if held and held.from_deputy and event.act == Act.SEND:
        by = sender_of(held)
    return Step(
        title=title, text=text, at=event.at, note=by, links=files.papers, photos=files.photos
    )


def answer_classes(division_code: str) -> list[AnswerClass]:
    """Classes of answers in force here: of each letter the row nearest to the place. One query."""
    codes = ["", *ancestors(division_code)]
    rows = AnswerClass.objects.filter(division_code__in=codes)
    nearest: dict[str, AnswerClass] = {}
    for row in sorted(rows, key=lambda one: len(one.division_code)):
        nearest[row.code] = row
    return sorted((r for r in nearest.values() if r.is_active), key=lambda r: (r.sort, r.code))

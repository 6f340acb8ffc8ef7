"""What was handed over: reading it, and acts of its holder, its approver, its sender."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from lianxin.cases.api.acting import DispatchDone, ReasonSaid, RemarkSaid, on_dispatch
from lianxin.cases.api.case_acts import AnswerSaid
from lianxin.cases.api.doors import staff_doors
from lianxin.cases.api.lists import DispatchShown, line_facts
from lianxin.cases.api.shown import StepShown, step_shown
from lianxin.cases.forms import desk as forms
from lianxin.cases.forms import desk_answers as answers
from lianxin.cases.queries.acts import dispatch_acts
from lianxin.cases.queries.deputy import unit_named
from lianxin.cases.queries.unit_page import dispatch_page
from lianxin.handling.enums import ReplyChannel
from lianxin.handling.services import answers as engine
from lianxin.handling.services import dispatches, extensions
from lianxin.kernel.clock import now
from lianxin.kernel.refused import Absent
from lianxin.web.rest.fields import Day, Key, OneOf
from lianxin.web.rest.schemas import Said

Words = Annotated[str, Field(min_length=1, max_length=1000)]


class DispatchPageShown(DispatchShown):
    words: str = Field(description="the resident's own, with numbers replaced by ×")
    where: str
    came_back: str = Field(description="why the last answer was sent back")
    return_until: Day | None
    more_time_until: Day | None = Field(description="the latest day that can be asked for")
    steps: list[StepShown]
    acts: list[str]


class UntilSaid(Said):
    until: Day
    reason: Words


class PassOnSaid(Said):
    organ: Key
    instruction: Words


class ApproveSaid(Said):
    approve: bool
    note: str = Field("", max_length=500, description="needed when it is given back")


class TakeSaid(Said):
    send_on: bool = Field(description="whether the resident gets this answer as it stands")


class DecideSaid(Said):
    grant: bool
    reason: str = Field("", max_length=5000, description="needed for a refusal")


class WriteDownSaid(AnswerSaid):
    channel: Annotated[
        str, OneOf(one for one in ReplyChannel.values if one != ReplyChannel.PLATFORM)
    ]


@staff_doors.read("/dispatches/{uuid:dispatch_id}", DispatchPageShown, _("One thing handed over"))
def dispatch(request: HttpRequest, dispatch_id: UUID) -> DispatchPageShown:
    page = dispatch_page(dispatch_id, request.actor, at=now())
    return DispatchPageShown(
        **line_facts(page.line),
        words=page.words,
        where=page.where,
        came_back=page.came_back,
        return_until=page.return_until.date() if page.return_until else None,
        more_time_until=page.latest,
        steps=[step_shown(one) for one in page.steps],
        acts=[one.code for one in dispatch_acts(request.actor, page.dispatch)],
    )


@staff_doors.act("/dispatches/{uuid:dispatch_id}/sign", DispatchDone, _("Sign for it"))
def sign(request: HttpRequest, dispatch_id: UUID) -> DispatchDone:
    on = on_dispatch(request, dispatch_id, "sign")
    dispatches.sign(dispatch_id=dispatch_id, by=on.by, at=on.at)
    return on.done()


@staff_doors.act(
    "/dispatches/{uuid:dispatch_id}/return", DispatchDone, _("Return what is not ours")
)
def return_dispatch(request: HttpRequest, dispatch_id: UUID, said: ReasonSaid) -> DispatchDone:
    on = on_dispatch(request, dispatch_id, "return")
    dispatches.return_(dispatch_id=dispatch_id, by=on.by, at=on.at, reason=said.reason)
    return on.done()


@staff_doors.act("/dispatches/{uuid:dispatch_id}/extend", DispatchDone, _("Ask for more time"))
def extend(request: HttpRequest, dispatch_id: UUID, said: UntilSaid) -> DispatchDone:
    on = on_dispatch(request, dispatch_id, "extend")
    extensions.ask_extension(
        dispatch_id=dispatch_id, until=said.until, reason=said.reason, by=on.by, at=on.at
    )
    return on.done()


@staff_doors.act(
    "/dispatches/{uuid:dispatch_id}/answer", DispatchDone, _("Answer what was handed over")
)
def answer_dispatch(request: HttpRequest, dispatch_id: UUID, said: AnswerSaid) -> DispatchDone:
    on = on_dispatch(request, dispatch_id, "dispatch-answer")
    form = on.form(answers.ReplyForm, said, answer_class="kind")
    engine.answer_dispatch(dispatch_id=dispatch_id, reply=form.reply, by=on.by, at=on.at)
    return on.done()


@staff_doors.act(
    "/dispatches/{uuid:dispatch_id}/write-down",
    DispatchDone,
    _("Write down an answer that came by phone, letter or in a talk"),
)
def write_down(request: HttpRequest, dispatch_id: UUID, said: WriteDownSaid) -> DispatchDone:
    on = on_dispatch(request, dispatch_id, "write-down")
    form = on.form(answers.WriteDownForm, said, answer_class="kind")
    engine.answer_dispatch(dispatch_id=dispatch_id, reply=form.reply, by=on.by, at=on.at)
    return on.done()


@staff_doors.act("/dispatches/{uuid:dispatch_id}/approve", DispatchDone, _("Approve, or give back"))
def approve(request: HttpRequest, dispatch_id: UUID, said: ApproveSaid) -> DispatchDone:
    on = on_dispatch(request, dispatch_id, "approve")
    engine.decide_approval(
        dispatch_id=dispatch_id, approve=said.approve, by=on.by, at=on.at, note=said.note
    )
    return on.done()


@staff_doors.act("/dispatches/{uuid:dispatch_id}/pass-on", DispatchDone, _("Pass on to a unit"))
def pass_on(request: HttpRequest, dispatch_id: UUID, said: PassOnSaid) -> DispatchDone:
    on = on_dispatch(request, dispatch_id, "pass-on")
    if not unit_named(on.dispatch.division_code, str(said.organ)):
        raise Absent
    dispatches.pass_on(
        dispatch_id=dispatch_id,
        organ_id=said.organ,
        instruction=said.instruction,
        by=on.by,
        at=on.at,
    )
    return on.done()


@staff_doors.act("/dispatches/{uuid:dispatch_id}/take", DispatchDone, _("Take the answer"))
def take(request: HttpRequest, dispatch_id: UUID, said: TakeSaid) -> DispatchDone:
    on = on_dispatch(request, dispatch_id, "take")
    engine.accept_answer(dispatch_id=dispatch_id, by=on.by, at=on.at, send_on=said.send_on)
    return on.done()


@staff_doors.act("/dispatches/{uuid:dispatch_id}/rework", DispatchDone, _("Send back for rework"))
def rework(request: HttpRequest, dispatch_id: UUID, said: ReasonSaid) -> DispatchDone:
    on = on_dispatch(request, dispatch_id, "rework")
    reason = on.form(forms.ReasonForm, said).cleaned_data["reason"]
    engine.rework_answer(dispatch_id=dispatch_id, by=on.by, at=on.at, reason=reason)
    return on.done()


@staff_doors.act("/dispatches/{uuid:dispatch_id}/decide", DispatchDone, _("Decide on more time"))
def decide(request: HttpRequest, dispatch_id: UUID, said: DecideSaid) -> DispatchDone:
    on = on_dispatch(request, dispatch_id, "decide")
    extensions.decide_extension(
        dispatch_id=dispatch_id, grant=said.grant, by=on.by, at=on.at, note=said.reason
    )
    return on.done()


@staff_doors.act("/dispatches/{uuid:dispatch_id}/remind", DispatchDone, _("Remind whoever owes"))
def remind(request: HttpRequest, dispatch_id: UUID, said: RemarkSaid) -> DispatchDone:
    on = on_dispatch(request, dispatch_id, "remind")
    dispatches.remind(dispatch_id=dispatch_id, by=on.by, at=on.at, note=said.reason)
    return on.done()


@staff_doors.act("/dispatches/{uuid:dispatch_id}/recall", DispatchDone, _("Call back"))
def recall(request: HttpRequest, dispatch_id: UUID, said: ReasonSaid) -> DispatchDone:
    on = on_dispatch(request, dispatch_id, "recall")
    reason = on.form(forms.ReasonForm, said).cleaned_data["reason"]
    dispatches.recall(dispatch_id=dispatch_id, by=on.by, at=on.at, reason=reason)
    return on.done()

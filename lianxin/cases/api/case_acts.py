"""Acts on a case: what the desk decides, hands on, answers and closes."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from lianxin.cases.api.acting import CaseDone, OnCase, ReasonSaid, RemarkSaid, on_case
from lianxin.cases.api.doors import staff_doors
from lianxin.cases.api.filing import ReceiptShown, receipt_shown
from lianxin.cases.forms import desk as forms
from lianxin.cases.forms import desk_answers as answers
from lianxin.cases.forms import desk_handing as handing
from lianxin.cases.forms.desk_handing import HandForm
from lianxin.cases.queries.desk_case import case_for
from lianxin.cases.services import joining, publishing, screening
from lianxin.handling.enums import DispatchKind, RoundKind, Urgency
from lianxin.handling.services import matters
from lianxin.handling.services.answers import answer_asker
from lianxin.handling.services.dispatches import send
from lianxin.web.rest.fields import Day, IdempotencyKey, Key, OneOf
from lianxin.web.rest.schemas import Said

Words = Annotated[str, Field(min_length=1, max_length=5000)]


class QuestionSaid(Said):
    question: Words


class RefuseSaid(Said):
    reason: Key = Field(description="one of refusal_reasons")
    explanation: str = Field("", max_length=5000)


class DescribeSaid(Said):
    title: str = Field(min_length=1, max_length=120)
    category: Key | None = None
    urgency: Annotated[str, OneOf(Urgency.values)]
    is_sensitive: bool


class AssignSaid(Said):
    lead: Key | None = None
    assist: list[Key] = Field(default_factory=list, max_length=20)
    instruction: Words
    due_on: Day | None = None


class ShareSaid(Said):
    deputies: list[Key] = Field(default_factory=list, max_length=20)
    units: list[Key] = Field(default_factory=list, max_length=20)
    instruction: Words
    due_on: Day | None = None


class TransferSaid(Said):
    organ: Key
    owes: bool = Field(True, description="whether it answers back to us")
    instruction: Words
    due_on: Day | None = None


class AnswerSaid(Said):
    text: Words
    answer_class: Key = Field(description="one of answer_classes")
    promised_until: Day | None = None
    promise: str = Field("", max_length=200)


class NoteSaid(Said):
    text: Words
    public: bool = Field(False, description="whether the resident reads it, too")


class JoinCaseSaid(Said):
    other: Key


class MergeSaid(JoinCaseSaid):
    reason: Words


class SplitSaid(Said):
    words: Words
    title: str = Field("", max_length=120)


class PublishSaid(Said):
    title: str = Field(min_length=1, max_length=120)
    words: Words
    answer: Words


@staff_doors.act("/cases/{uuid:case_id}/accept", CaseDone, _("Accept a case"))
def accept(request: HttpRequest, case_id: UUID) -> CaseDone:
    on = on_case(request, case_id, "accept")
    accepted = screening.accept(case_id=case_id, by=on.by, at=on.at)
    return OnCase(accepted, on.by, on.at).done()


@staff_doors.act("/cases/{uuid:case_id}/ask-back", CaseDone, _("Ask the resident a question"))
def ask_back(request: HttpRequest, case_id: UUID, said: QuestionSaid) -> CaseDone:
    on = on_case(request, case_id, "ask-back")
    form = on.form(forms.AskBackForm, said)
    question = form.cleaned_data["question"]
    screening.ask_back(case_id=case_id, question=question, by=on.by, at=on.at)
    return on.done()


@staff_doors.act("/cases/{uuid:case_id}/refuse", CaseDone, _("Refuse a case, with the right door"))
def refuse(request: HttpRequest, case_id: UUID, said: RefuseSaid) -> CaseDone:
    on = on_case(request, case_id, "refuse")
    words = on.form(forms.RefuseForm, said).cleaned_data
    screening.refuse(
        case_id=case_id,
        reason_id=words["reason"].pk,
        explanation=words["explanation"],
        by=on.by,
        at=on.at,
    )
    return on.done()


@staff_doors.act("/cases/{uuid:case_id}/describe", CaseDone, _("Title, category, urgency"))
def describe(request: HttpRequest, case_id: UUID, said: DescribeSaid) -> CaseDone:
    on = on_case(request, case_id, "describe")
    form = on.form(forms.DescribeForm, said, category="category_id")
    screening.describe(
        case_id=case_id,
        title=form.cleaned_data["title"],
        category_id=form.category,
        urgency=said.urgency,
        is_sensitive=said.is_sensitive,
        by=on.by,
        at=on.at,
    )
    return on.done()


@staff_doors.act("/cases/{uuid:case_id}/assign", CaseDone, _("Assign to units"))
def assign(request: HttpRequest, case_id: UUID, said: AssignSaid) -> CaseDone:
    on = on_case(request, case_id, "assign")
    form = on.form(handing.AssignForm, said)
    return _send(on, DispatchKind.ASSIGN, form)


@staff_doors.act("/cases/{uuid:case_id}/share", CaseDone, _("Share out to deputies or units"))
def share(request: HttpRequest, case_id: UUID, said: ShareSaid) -> CaseDone:
    on = on_case(request, case_id, "share")
    form = on.form(handing.ShareForm, said)
    return _send(on, DispatchKind.TRIAGE, form)


@staff_doors.act("/cases/{uuid:case_id}/transfer", CaseDone, _("Transfer elsewhere"))
def transfer(request: HttpRequest, case_id: UUID, said: TransferSaid) -> CaseDone:
    on = on_case(request, case_id, "transfer")
    form = on.form(handing.TransferForm, said)
    return _send(on, DispatchKind.TRANSFER, form)


def _send(on: OnCase, kind: str, form: HandForm) -> CaseDone:
    send(
        matter_id=on.matter_id,
        kind=kind,
        targets=form.targets,  # type: ignore[attr-defined]
        instruction=form.cleaned_data["instruction"],
        owes_answer=form.cleaned_data.get("owes", "yes") == "yes",
        due_at=form.due_at,
        by=on.by,
        at=on.at,
    )
    return on.done()


@staff_doors.act("/cases/{uuid:case_id}/answer", CaseDone, _("Answer the resident"))
def answer(request: HttpRequest, case_id: UUID, said: AnswerSaid) -> CaseDone:
    on = on_case(request, case_id, "answer")
    form = on.form(answers.ReplyForm, said, answer_class="kind")
    answer_asker(matter_id=on.matter_id, reply=form.reply, by=on.by, at=on.at)
    return on.done()


@staff_doors.act("/cases/{uuid:case_id}/close", CaseDone, _("Close"))
def close(request: HttpRequest, case_id: UUID, said: RemarkSaid) -> CaseDone:
    on = on_case(request, case_id, "close")
    matters.close(matter_id=on.matter_id, by=on.by, at=on.at, reason=said.reason)
    return on.done()


@staff_doors.act("/cases/{uuid:case_id}/reopen", CaseDone, _("Handle again"))
def reopen(request: HttpRequest, case_id: UUID, said: ReasonSaid) -> CaseDone:
    return _again(on_case(request, case_id, "reopen"), RoundKind.REOPENED, said)


@staff_doors.act("/cases/{uuid:case_id}/second-look", CaseDone, _("Somebody else looks at it anew"))
def second_look(request: HttpRequest, case_id: UUID, said: ReasonSaid) -> CaseDone:
    return _again(on_case(request, case_id, "second-look"), RoundKind.SECOND_LOOK, said)


def _again(on: OnCase, kind: str, said: ReasonSaid) -> CaseDone:
    reason = on.form(forms.ReasonForm, said).cleaned_data["reason"]
    matters.reopen(matter_id=on.matter_id, round_kind=kind, by=on.by, at=on.at, reason=reason)
    return on.done()


@staff_doors.act(
    "/cases/{uuid:case_id}/pause", CaseDone, _("Stop the clock: the resident is asked")
)
def pause(request: HttpRequest, case_id: UUID, said: ReasonSaid) -> CaseDone:
    on = on_case(request, case_id, "pause")
    reason = on.form(forms.PauseForm, said).cleaned_data["reason"]
    matters.pause(matter_id=on.matter_id, by=on.by, at=on.at, note=reason)
    return on.done()


@staff_doors.act("/cases/{uuid:case_id}/resume", CaseDone, _("Let the clock run again"))
def resume(request: HttpRequest, case_id: UUID, said: RemarkSaid) -> CaseDone:
    on = on_case(request, case_id, "resume")
    matters.resume(matter_id=on.matter_id, by=on.by, at=on.at, note=said.reason)
    return on.done()


@staff_doors.act("/cases/{uuid:case_id}/note", CaseDone, _("Make a note"))
def note(request: HttpRequest, case_id: UUID, said: NoteSaid) -> CaseDone:
    on = on_case(request, case_id, "note")
    text = on.form(forms.NoteForm, said).cleaned_data["text"]
    matters.note(matter_id=on.matter_id, by=on.by, at=on.at, text=text, public=said.public)
    return on.done()


@staff_doors.act("/cases/{uuid:case_id}/merge", CaseDone, _("Merge into another case"))
def merge(request: HttpRequest, case_id: UUID, said: MergeSaid) -> CaseDone:
    on = on_case(request, case_id, "merge")
    other = case_for(on.by, said.other)
    joining.merge(case_id=case_id, into_id=other.pk, by=on.by, at=on.at, reason=said.reason)
    return on.done()


@staff_doors.act("/cases/{uuid:case_id}/link", CaseDone, _("Note that two cases belong together"))
def link(request: HttpRequest, case_id: UUID, said: JoinCaseSaid) -> CaseDone:
    on = on_case(request, case_id, "link")
    other = case_for(on.by, said.other)
    joining.link(case_id=case_id, other_id=other.pk, by=on.by, at=on.at)
    return on.done()


@staff_doors.act(
    "/cases/{uuid:case_id}/split", ReceiptShown, _("Split another matter off"), status=201
)
def split(
    request: HttpRequest, case_id: UUID, said: SplitSaid, key: IdempotencyKey
) -> ReceiptShown:
    on = on_case(request, case_id, "split")
    receipt = joining.split(
        case_id=case_id, words=said.words, title=said.title, key=key, by=on.by, at=on.at
    )
    return receipt_shown(receipt)


@staff_doors.act("/cases/{uuid:case_id}/withdraw", CaseDone, _("Withdraw, at the resident's word"))
def withdraw(request: HttpRequest, case_id: UUID, said: ReasonSaid) -> CaseDone:
    on = on_case(request, case_id, "withdraw")
    reason = on.form(forms.ReasonForm, said).cleaned_data["reason"]
    screening.withdraw(case_id=case_id, voice=None, by=on.by, at=on.at, reason=reason)
    return on.done()


@staff_doors.act("/cases/{uuid:case_id}/publish", CaseDone, _("Publish the masked result"))
def publish(request: HttpRequest, case_id: UUID, said: PublishSaid) -> CaseDone:
    on = on_case(request, case_id, "publish")
    publishing.publish(case_id=case_id, by=on.by, at=on.at, **said.model_dump())
    return on.done()


@staff_doors.act("/cases/{uuid:case_id}/take-back", CaseDone, _("Take back what was published"))
def take_back(request: HttpRequest, case_id: UUID, said: ReasonSaid) -> CaseDone:
    on = on_case(request, case_id, "take-back")
    reason = on.form(forms.ReasonForm, said).cleaned_data["reason"]
    publishing.take_back(case_id=case_id, by=on.by, at=on.at, reason=reason)
    return on.done()

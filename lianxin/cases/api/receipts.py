"""What a receipt code opens: the matter as its resident sees it, and what can be said there."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from lianxin.cases.api.doors import open_doors
from lianxin.cases.api.shown import CustodyShown, StepShown, custody_shown, step_shown
from lianxin.cases.enums import CaseState, MessageKind
from lianxin.cases.forms.resident_filing import MOST_PHOTOS
from lianxin.cases.forms.resident_says import VerdictForm
from lianxin.cases.models import Voice
from lianxin.cases.queries import resident as queries
from lianxin.cases.queries.cases import voice_by_code
from lianxin.cases.queries.proofs import leaf_of_voice, words_of_voice
from lianxin.cases.services import judging, screening, speaking
from lianxin.handling.enums import CommitmentState, Outcome, Satisfaction
from lianxin.kernel import codes
from lianxin.kernel.clock import now
from lianxin.kernel.refused import Absent
from lianxin.record import services as record
from lianxin.record.queries.ledger import proof_of
from lianxin.web.rest.fields import Day, IdempotencyKey, Key, Moment, OneOf, one_of
from lianxin.web.rest.problems import of_form
from lianxin.web.rest.schemas import Said, Shown
from lianxin.web.visitors import found_by_code

SAYS = [kind for kind in MessageKind.values if kind != MessageKind.ASK_BACK]


class AnswerShown(Shown):
    text: str
    outcome: str = Field(json_schema_extra=one_of(Outcome))
    answer_class: str
    organ: str
    delivered_at: Moment | None


class PromiseShown(Shown):
    what: str
    organ: str
    until: Day
    state: str = Field(json_schema_extra=one_of(CommitmentState))


class TrackingShown(Shown):
    number: str
    state: str = Field(json_schema_extra=one_of(CaseState))
    title: str
    words: str = Field(description="empty for who joined: those are somebody else's words")
    place: str
    custody: CustodyShown
    steps: list[StepShown]
    answers: list[AnswerShown]
    promises: list[PromiseShown]
    question: str = Field(description="what the resident was asked and has not answered yet")
    verdict: str = Field(description="the verdict given in this round, if any")
    acts: list[str] = Field(description="what can be said or done now, the main act first")


class MessageSaid(Said):
    kind: Annotated[str, OneOf(SAYS)]
    text: str = Field("", max_length=3000)
    photos: list[str] = Field(default_factory=list, max_length=MOST_PHOTOS)


class MessageShown(Shown):
    id: Key


class VerdictSaid(Said):
    result: Annotated[str, OneOf(Satisfaction.values)]
    attitude: Annotated[str, OneOf(["", *Satisfaction.values])] = ""
    is_done: bool | None = None
    reason: str = Field("", max_length=2000, description="needed where something is wrong")
    second_look: bool = Field(False, description="somebody else should look at it")


class WithdrawalSaid(Said):
    reason: str = Field("", max_length=500)


class ProofShown(Shown):
    kind: str = Field(json_schema_extra={"enum": ["promise", "proof"]})
    text: str = Field(description="a C2SP tlog-proof, or the signed promise of one within a minute")


@open_doors.read(
    "/receipts/{code}", TrackingShown, _("Follow a matter by its receipt code"), is_guessed=True
)
def receipt(request: HttpRequest, code: str) -> TrackingShown:
    return _tracked(_voice(request, code), code)


@open_doors.act(
    "/receipts/{code}/messages",
    MessageShown,
    _("Reply, add something, press or object"),
    status=201,
)
def say(request: HttpRequest, code: str, said: MessageSaid, key: IdempotencyKey) -> MessageShown:
    voice = _voice(request, code)
    made = speaking.say(
        voice_id=voice.pk, kind=said.kind, text=said.text, key=key, at=now(), uploads=said.photos
    )
    return MessageShown(id=made)


@open_doors.act("/receipts/{code}/verdict", TrackingShown, _("Judge the answer"))
def judge(request: HttpRequest, code: str, said: VerdictSaid) -> TrackingShown:
    voice = _voice(request, code)
    done = {True: "yes", False: "no", None: ""}[said.is_done]
    form = VerdictForm({**said.model_dump(), "is_done": done})
    if not form.is_valid():
        raise of_form(form)
    judging.judge(
        voice_id=voice.pk,
        result=said.result,
        attitude=said.attitude,
        is_done=said.is_done,
        reason=said.reason,
        ask_second_look=said.second_look,
        at=now(),
    )
    return _tracked(_voice(request, code), code)


@open_doors.act("/receipts/{code}/withdrawal", TrackingShown, _("Take the matter back"))
def withdraw_own(request: HttpRequest, code: str, said: WithdrawalSaid) -> TrackingShown:
    voice = _voice(request, code)
    screening.withdraw(case_id=voice.case_id, voice=voice, by=None, at=now(), reason=said.reason)
    return _tracked(_voice(request, code), code)


@open_doors.read(
    "/receipts/{code}/proof",
    ProofShown,
    _("The proof that the matter stands in the ledger"),
    is_guessed=True,
)
def proof(request: HttpRequest, code: str) -> ProofShown:
    voice = _voice(request, code)
    leaf = leaf_of_voice(voice)
    if leaf is None:
        raise Absent
    if leaf.index is None:
        return ProofShown(kind="promise", text=record.ledger.promise(leaf, now()))
    return ProofShown(kind="proof", text=proof_of(leaf, content=words_of_voice(voice)))


def _voice(request: HttpRequest, code: str) -> Voice:
    """Raises Absent, or TooMany once too many codes that could be right were wrong."""
    found = found_by_code(request, code, kind="cases.code", look=voice_by_code)
    if found is None:
        raise Absent
    return found


def _tracked(voice: Voice, code: str) -> TrackingShown:
    told = queries.tracking(voice, code=str(codes.normalise(code)), at=now())
    return TrackingShown(
        number=told.root.number,
        state=told.root.state,
        title=told.title,
        words=told.words,
        place=told.place,
        custody=custody_shown(told.card),
        steps=[step_shown(one) for one in told.steps],
        answers=[
            AnswerShown(
                text=one.text,
                outcome=one.outcome,
                answer_class=one.class_label,
                organ=one.organ.name if one.organ else "",
                delivered_at=one.delivered_at,
            )
            for one in told.answers
        ],
        promises=[
            PromiseShown(what=one.what, organ=one.organ.name, until=one.until_date, state=one.state)
            for one in told.commitments
        ],
        question=told.question,
        verdict=told.verdict.result if told.verdict else "",
        acts=list(told.acts),
    )

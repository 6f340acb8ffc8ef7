"""Answering: a unit's answer, its approval, taking it or sending it back, and telling the asker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Actor
from lianxin.handling.enums import (
    ANSWER_MOVES,
    DISPATCH_MOVES,
    MATTER_MOVES,
    Act,
    AnswerState,
    DispatchKind,
    DispatchState,
    Outcome,
    Part,
    ReplyChannel,
)
from lianxin.handling.events import AnswerDelivered
from lianxin.handling.models import Answer, Commitment, Dispatch, Matter
from lianxin.handling.rules import permissions
from lianxin.handling.services.dispatches import check_fresh_eyes
from lianxin.handling.services.matters import ReasonMissing
from lianxin.handling.services.settle import append, lock_dispatch, lock_matter, settle
from lianxin.kernel import bus
from lianxin.kernel.clock import local_date
from lianxin.kernel.moves import move
from lianxin.kernel.refused import Refused


class DateMissing(Refused):
    message = _("A planned answer needs the date until which it is promised.")
    code = "date_missing"
    status = 422


class TextMissing(Refused):
    message = _("Please write the answer.")
    code = "text_missing"
    status = 422


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered. `promised_until` is needed for PLANNED; dates are days in Shanghai."""

    text: str
    outcome: str
    class_label: str = ""
    channel: str = ReplyChannel.PLATFORM
    promise: str = ""
    promised_until: date | None = None


def _check(reply: Reply, at: datetime) -> None:
    if not reply.text.strip():
        raise TextMissing
    if reply.outcome == Outcome.PLANNED and (
        reply.promised_until is None or reply.promised_until < local_date(at)
    ):
        raise DateMissing


def _write(
    matter: Matter,
    reply: Reply,
    *,
    state: str,
    by: Actor,
    at: datetime,
    dispatch: Dispatch | None = None,
) -> Answer:
    return Answer.objects.create(
        matter=matter,
        division_code=matter.division_code,
        dispatch=dispatch,
        round=matter.round,
        text=reply.text,
        outcome=reply.outcome,
        class_label=reply.class_label,
        channel=reply.channel,
        state=state,
        organ_id=dispatch.to_organ_id if dispatch else matter.owner_id,
        author_name=by.name,
        given_at=at,
        given_by_id=by.person_id,
        promise=reply.promise or (reply.text[:200] if reply.promised_until else ""),
        promised_until=reply.promised_until if reply.outcome == Outcome.PLANNED else None,
    )


@transaction.atomic
def answer_dispatch(*, dispatch_id: UUID, reply: Reply, by: Actor, at: datetime) -> Answer:
    """Answer what was handed over.

    A unit whose answers need approval: the answer waits (SUBMIT) for its head. Otherwise it is
    ANSWERed and waits to be taken by the sender. A deputy's answer goes to the asker at once.
    The owner's desk may write down an answer that came by phone, letter or in a talk: it stops the
    same clock. An answer to the pressed dispatch also answers the supervision pressing it.
    """
    _check(reply, at)
    dispatch = lock_dispatch(dispatch_id)
    matter = dispatch.matter
    permissions.check_record(by, dispatch)
    check_fresh_eyes(dispatch, by)
    if dispatch.state == DispatchState.SENT:
        append(matter, Act.SIGN, by=by, at=at, dispatch=dispatch, public=True)
        dispatch.state = DispatchState.SIGNED
    held = permissions.may_hold(by, dispatch)
    waits = bool(
        dispatch.to_organ
        and dispatch.to_organ.needs_approval
        and held
        and not permissions.may_approve(by, dispatch)
    )
    act = Act.SUBMIT if waits else Act.ANSWER
    move(DISPATCH_MOVES, dispatch.state, act)
    state = AnswerState.WAITING if waits else AnswerState.GIVEN
    answer = _write(matter, reply, state=state, by=by, at=at, dispatch=dispatch)
    data = {"answer": str(answer.pk), "channel": reply.channel}
    append(
        matter,
        act,
        by=by,
        at=at,
        dispatch=dispatch,
        data=data,
        public=not waits,
        content=answer.text,
    )
    if not waits:
        _after_answer(dispatch, answer, by=by, at=at)
    settle(matter)
    answer.refresh_from_db()
    return answer


def _after_answer(dispatch: Dispatch, answer: Answer, *, by: Actor, at: datetime) -> None:
    """A deputy's answer is taken and delivered at once; open supervisions of it are answered."""
    matter = dispatch.matter
    if dispatch.to_deputy_id:
        append(matter, Act.ACCEPT, by=by, at=at, dispatch=dispatch)
        deliver(answer, matter, by=by, at=at)
    pressing = dispatch.pressed_by.filter(state__in=(DispatchState.SENT, DispatchState.SIGNED))
    for item in pressing:
        if item.state == DispatchState.SENT:
            append(matter, Act.SIGN, by=by, at=at, dispatch=item)
        append(matter, Act.ANSWER, by=by, at=at, dispatch=item, data={"answer": str(answer.pk)})


@transaction.atomic
def decide_approval(
    *, dispatch_id: UUID, approve: bool, by: Actor, at: datetime, note: str = ""
) -> Answer:
    """The head of the unit lets an answer go, or gives it back to the drafter with a reason."""
    dispatch = lock_dispatch(dispatch_id)
    matter = dispatch.matter
    permissions.check_approve(by, dispatch)
    if not approve and not note.strip():
        raise ReasonMissing
    act = Act.APPROVE if approve else Act.REJECT
    move(DISPATCH_MOVES, dispatch.state, act)
    answer = dispatch.answers.get(state=AnswerState.WAITING)
    answer.state = move(ANSWER_MOVES, answer.state, act)
    answer.approved_at, answer.approved_by_id = (at, by.person_id) if approve else (None, None)
    answer.save(update_fields=("state", "approved_at", "approved_by"))
    append(matter, act, by=by, at=at, dispatch=dispatch, note=note, data={"answer": str(answer.pk)})
    if approve:
        _after_answer(dispatch, answer, by=by, at=at)
    settle(matter)
    return answer


@transaction.atomic
def accept_answer(
    *, dispatch_id: UUID, by: Actor, at: datetime, send_on: bool | None = None
) -> Answer:
    """Take a unit's answer. It is sent on to the asker, unless it is an assisting opinion.

    `send_on` overrides that. Effects: ACCEPT; with sending on: DELIVER, a commitment from a
    planned answer, announcement AnswerDelivered.
    """
    dispatch = lock_dispatch(dispatch_id)
    matter = dispatch.matter
    permissions.check_judge(by, dispatch)
    move(DISPATCH_MOVES, dispatch.state, Act.ACCEPT)
    answer = dispatch.answers.filter(state=AnswerState.GIVEN).last()
    append(matter, Act.ACCEPT, by=by, at=at, dispatch=dispatch)
    wanted = dispatch.part != Part.ASSIST and dispatch.kind != DispatchKind.SUPERVISE
    if answer and (wanted if send_on is None else send_on):
        deliver(answer, matter, by=by, at=at)
    settle(matter)
    if answer is None:
        raise Refused(_("There is no answer to take."), "no_answer")
    answer.refresh_from_db()
    return answer


@transaction.atomic
def rework_answer(*, dispatch_id: UUID, by: Actor, at: datetime, reason: str) -> Dispatch:
    """Send an answer back (退回重办) with what is missing; the REWORK clock starts."""
    dispatch = lock_dispatch(dispatch_id)
    permissions.check_judge(by, dispatch)
    move(DISPATCH_MOVES, dispatch.state, Act.REWORK)
    if not reason.strip():
        raise ReasonMissing
    for answer in dispatch.answers.filter(state=AnswerState.GIVEN):
        answer.state = move(ANSWER_MOVES, answer.state, "rework")
        answer.save(update_fields=("state",))
    append(dispatch.matter, Act.REWORK, by=by, at=at, dispatch=dispatch, note=reason, public=True)
    settle(dispatch.matter)
    dispatch.refresh_from_db()
    return dispatch


@transaction.atomic
def answer_asker(*, matter_id: UUID, reply: Reply, by: Actor, at: datetime) -> Answer:
    """The owner answers the asker itself: on the spot, or summing up what the units answered."""
    _check(reply, at)
    matter = lock_matter(matter_id)
    permissions.check_own(by, matter)
    move(MATTER_MOVES, matter.state, Act.WITHDRAW)
    answer = _write(matter, reply, state=AnswerState.GIVEN, by=by, at=at)
    deliver(answer, matter, by=by, at=at)
    settle(matter)
    answer.refresh_from_db()
    return answer


def deliver(answer: Answer, matter: Matter, *, by: Actor, at: datetime) -> None:
    """Mark an answer as the asker's; a planned one becomes a commitment. The caller settles."""
    answer.state = move(ANSWER_MOVES, answer.state, "deliver")
    answer.delivered_at, answer.delivered_by_id = at, by.person_id
    answer.save(update_fields=("state", "delivered_at", "delivered_by"))
    data: dict[str, Any] = {"answer": str(answer.pk), "outcome": answer.outcome}
    append(matter, Act.DELIVER, by=by, at=at, data=data, public=True, content=answer.text)
    if answer.outcome == Outcome.PLANNED and answer.promised_until:
        made = Commitment.objects.create(
            matter=matter,
            division_code=matter.division_code,
            answer=answer,
            what=answer.promise,
            organ_id=answer.organ_id or matter.owner_id,
            owner_id=matter.owner_id,
            until_date=answer.promised_until,
            made_at=at,
        )
        append(matter, Act.PROMISE, by=by, at=at, data={"commitment": str(made.pk)}, public=True)
    bus.announce(
        AnswerDelivered(matter_id=matter.pk, answer_id=answer.pk, kind=matter.kind, at=at),
        key=matter.pk,
        division_code=matter.division_code,
    )

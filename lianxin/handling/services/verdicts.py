"""What the asker thinks, what was promised, and whether it is really done."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Actor
from lianxin.handling.enums import (
    COMMITMENT_MOVES,
    Act,
    CommitmentState,
    MatterState,
    RoundKind,
    Satisfaction,
)
from lianxin.handling.events import VerdictGiven
from lianxin.handling.models import Commitment, FollowUp, Matter, Verdict
from lianxin.handling.rules import permissions
from lianxin.handling.services import matters
from lianxin.handling.services.settle import append, lock_matter, settle
from lianxin.kernel import bus
from lianxin.kernel.moves import move
from lianxin.kernel.refused import Forbidden, Refused


class NothingToJudge(Refused):
    message = _("There is no answer to judge yet.")
    code = "nothing_to_judge"


class JudgedAlready(Refused):
    message = _("Your verdict on this answer is already with us. Thank you.")
    code = "judged_already"


@transaction.atomic
def give_verdict(
    *,
    matter_id: UUID,
    voice: UUID,
    result: str,
    at: datetime,
    attitude: str = "",
    is_done: bool | None = None,
    reason: str = "",
    ask_second_look: bool = False,
    sole_voice: bool = True,
) -> Matter:
    """One voice judges the answer of this round, on attitude and on result.

    Dissatisfied or "not done" opens a new round (a second look by somebody else when asked for).
    A satisfied sole voice closes the matter at once if nobody owes anything. Silence leaves no
    verdict. Raises NothingToJudge, JudgedAlready, ReasonMissing, TooLate.
    """
    matter = lock_matter(matter_id)
    delivered = matter.answers.filter(round=matter.round, delivered_at__isnull=False)
    if not delivered.exists():
        raise NothingToJudge
    bad = result == Satisfaction.DISSATISFIED or is_done is False
    if bad and not reason.strip():
        raise matters.ReasonMissing(_("Please say what is wrong, so that it can be put right."))
    _row, fresh = Verdict.objects.get_or_create(
        matter=matter,
        round=matter.round,
        voice=voice,
        defaults={
            "attitude": attitude,
            "result": result,
            "is_done": is_done,
            "reason": reason,
            "given_at": at,
        },
    )
    if not fresh:
        raise JudgedAlready
    _note(matter, voice=voice, result=result, at=at)
    if bad and matter.state in (MatterState.ANSWERED, MatterState.CLOSED):
        kind = RoundKind.SECOND_LOOK if ask_second_look else RoundKind.REOPENED
        return matters.reopen(matter_id=matter_id, round_kind=kind, by=None, at=at, reason=reason)
    if not bad and sole_voice and matter.state == MatterState.ANSWERED and not matter.owing:
        return matters.close(matter_id=matter_id, by=None, at=at, reason="satisfied")
    return matter


def _note(matter: Matter, *, voice: UUID, result: str, at: datetime) -> None:
    append(matter, Act.VERDICT, by=None, at=at, data={"result": result}, public=True)
    settle(matter)
    bus.announce(
        VerdictGiven(matter_id=matter.pk, voice=voice, result=result, at=at),
        key=matter.pk,
        division_code=matter.division_code,
    )


@transaction.atomic
def check_commitment(
    *,
    commitment_id: UUID,
    kept: bool,
    evidence: str,
    by: Actor,
    at: datetime,
    carry_to: date | None = None,
) -> Commitment:
    """Check a promise with evidence: kept, not kept, or carried over to a new date.

    Carrying over keeps the old row and makes a new one. Raises ReasonMissing without evidence.
    """
    matter_id = Commitment.objects.values_list("matter_id", flat=True).get(pk=commitment_id)
    matter = lock_matter(matter_id)
    promise = Commitment.objects.select_for_update().get(pk=commitment_id)
    if not (
        permissions.may_steer(by, matter) or by.can_in("commitment.check", matter.division_code)
    ):
        raise Forbidden
    if not evidence.strip():
        raise matters.ReasonMissing(_("Please say what was found on the spot."))
    action = "keep" if kept else ("carry_over" if carry_to else "break")
    promise.state = move(COMMITMENT_MOVES, promise.state, action)
    promise.checked_at, promise.checked_by_id, promise.evidence = at, by.person_id, evidence
    if promise.state == CommitmentState.CARRIED_OVER and carry_to:
        promise.carried_to = Commitment.objects.create(
            matter=matter,
            division_code=promise.division_code,
            answer_id=promise.answer_id,
            what=promise.what,
            organ_id=promise.organ_id,
            owner_id=promise.owner_id,
            until_date=carry_to,
            made_at=at,
        )
    promise.save(update_fields=("state", "checked_at", "checked_by", "evidence", "carried_to"))
    append(
        matter,
        Act.CHECK,
        by=by,
        at=at,
        note=evidence,
        data={"commitment": str(promise.pk), "state": promise.state},
        public=True,
    )
    settle(matter)
    return promise


@transaction.atomic
def follow_up(*, follow_up_id: UUID, is_done: bool, note: str, by: Actor, at: datetime) -> FollowUp:
    """Write down what the look back found (回访). "Not done" opens the matter again."""
    found = FollowUp.objects.values_list("matter_id", flat=True).get(pk=follow_up_id)
    matter = lock_matter(found)
    permissions.check_steer(by, matter)
    row = FollowUp.objects.select_for_update().get(pk=follow_up_id)
    if row.done_at:
        raise Refused(_("This follow-up is done already."), "done_already")
    if not is_done and not note.strip():
        raise matters.ReasonMissing(_("Please say what is not done."))
    row.done_at, row.done_by_id, row.is_done, row.note = at, by.person_id, is_done, note
    row.save(update_fields=("done_at", "done_by", "is_done", "note"))
    append(matter, Act.FOLLOW_UP, by=by, at=at, note=note, data={"done": is_done}, public=True)
    settle(matter)
    if not is_done and matter.state == MatterState.CLOSED:
        matters.reopen(
            matter_id=matter.pk, round_kind=RoundKind.REOPENED, by=by, at=at, reason=note
        )
    return row

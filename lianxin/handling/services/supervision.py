"""Supervision (督办): a ladder of dated steps, each owing an answer, each with its outcome."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.congress.enums import SUPERVISING
from lianxin.congress.models import Actor
from lianxin.handling.enums import (
    SUPERVISION_MOVES,
    Act,
    DispatchKind,
    DispatchState,
    Part,
    Step,
)
from lianxin.handling.events import SupervisionOpened
from lianxin.handling.models import Matter, Supervision
from lianxin.handling.rules import permissions
from lianxin.handling.services.dispatches import Target, _send_one
from lianxin.handling.services.matters import ReasonMissing
from lianxin.handling.services.settle import append, lock_dispatch, lock_matter, settle
from lianxin.kernel import bus
from lianxin.kernel.moves import move
from lianxin.kernel.refused import Refused


class StepTooLow(Refused):
    message = _("A step of this height, or a higher one, was opened already.")
    code = "step_too_low"
    status = 422


def supervising_organ(by: Actor, matter: Matter) -> UUID:
    """The nearest office of the actor that may supervise here. Raises NotASupervisor."""
    fitting = [
        post
        for post in by.posts
        if "matter.supervise" in post.abilities
        and matter.division_code.startswith(post.division_code)
        and post.organ_kind in SUPERVISING
    ]
    if not fitting:
        raise permissions.NotASupervisor
    return max(fitting, key=lambda post: len(post.division_code)).organ_id


@transaction.atomic
def open_step(
    *,
    matter_id: UUID,
    step: str,
    cause: str,
    text: str,
    by: Actor,
    at: datetime,
    presses_id: UUID | None = None,
    due_at: datetime | None = None,
) -> Supervision:
    """Open a step of the ladder and press whoever owes: the dispatch named, else the owner.

    Steps rise (reminder → order → inquiry → inspection → special inquiry); a step may be skipped,
    and repeated while none higher was opened. Effects: SUPERVISE dispatch that owes an answer (so
    the matter cannot close); event STEP; supervision row; announcement SupervisionOpened.
    """
    matter = lock_matter(matter_id)
    permissions.check_supervise(by, matter)
    office = supervising_organ(by, matter)
    if matter.step and Step(step) < Step(matter.step):
        raise StepTooLow
    pressed = matter.dispatches.get(pk=presses_id) if presses_id else None
    organ_id = (pressed.to_organ_id if pressed else None) or matter.owner_id
    dispatch = _send_one(
        matter,
        kind=DispatchKind.SUPERVISE,
        target=Target(organ_id=organ_id, part=Part.EACH),
        from_organ_id=office,
        presses=pressed,
        instruction=text,
        owes_answer=True,
        due_at=due_at,
        by=by,
        at=at,
    )
    opened = Supervision.objects.create(
        matter=matter,
        division_code=matter.division_code,
        dispatch=dispatch,
        step=step,
        cause=cause,
        organ_id=office,
        text=text,
        opened_at=at,
        opened_by_id=by.person_id,
    )
    _note(opened, matter, by=by, at=at)
    return opened


def _note(opened: Supervision, matter: Matter, *, by: Actor, at: datetime) -> None:
    data = {"step": opened.step, "cause": opened.cause, "supervision": str(opened.pk)}
    append(matter, Act.STEP, by=by, at=at, note=opened.text, data=data, public=True)
    settle(matter)
    bus.announce(
        SupervisionOpened(matter_id=matter.pk, supervision_id=opened.pk, step=opened.step, at=at),
        key=matter.pk,
        division_code=matter.division_code,
    )


@transaction.atomic
def conclude_step(*, supervision_id: UUID, outcome: str, by: Actor, at: datetime) -> Supervision:
    """Conclude a step once its answer is there (or recall it unanswered, with the reason kept).

    Effects: dispatch ACCEPTed or RECALLed; event CONCLUDE; row CONCLUDED with its outcome.
    """
    found = Supervision.objects.filter(pk=supervision_id).values_list("dispatch_id", flat=True)
    dispatch = lock_dispatch(found[0] if found else supervision_id)
    matter = dispatch.matter
    permissions.check_judge(by, dispatch)
    if not outcome.strip():
        raise ReasonMissing
    step = Supervision.objects.select_for_update().get(pk=supervision_id)
    step.state = move(SUPERVISION_MOVES, step.state, "conclude")
    step.outcome, step.concluded_at, step.concluded_by_id = outcome, at, by.person_id
    step.save(update_fields=("state", "outcome", "concluded_at", "concluded_by"))
    answered = dispatch.state == DispatchState.ANSWERED
    if answered or dispatch.is_running:
        append(matter, Act.ACCEPT if answered else Act.RECALL, by=by, at=at, dispatch=dispatch)
    append(
        matter,
        Act.CONCLUDE,
        by=by,
        at=at,
        note=outcome,
        data={"step": step.step, "supervision": str(step.pk)},
        public=True,
    )
    settle(matter)
    return step

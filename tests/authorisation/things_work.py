"""Things of the unit's, the deputy's and the office's addresses."""

from datetime import timedelta
from typing import Any

from lianxin.handling.enums import Cause, DispatchKind, Outcome, Part, Step
from lianxin.handling.models import Dispatch
from lianxin.handling.services import answers, dispatches, supervision
from lianxin.handling.services.answers import Reply
from lianxin.handling.services.dispatches import Target
from lianxin.kernel.clock import now
from tests import factories as f
from tests.authorisation.things import World, thing

AGO = timedelta(hours=1)


@thing
def dispatch_at_unit(world: World) -> Any:
    at = now() - AGO
    return f.assigned(world.small, f.accepted(world.small, at), at=at).pk


@thing
def case_of_dispatch(world: World) -> Any:
    return Dispatch.objects.get(pk=world.thing("dispatch_at_unit")).matter.case.pk


@thing
def dispatch_at_chief(world: World) -> Any:
    """An answer of the strict unit that waits for its head."""
    small, at = world.small, now() - AGO
    sent = f.assigned(small, f.accepted(small, at), to=small.strict_unit.pk, at=at)
    reply = Reply(text="已处理", outcome=Outcome.SOLVED)
    answers.answer_dispatch(dispatch_id=sent.pk, reply=reply, by=small.drafter, at=at)
    return sent.pk


@thing
def dispatch_at_deputy(world: World) -> Any:
    small, at = world.small, now() - AGO
    case = f.accepted(small, at)
    return dispatches.send(
        matter_id=case.matter_id,
        kind=DispatchKind.TRIAGE,
        targets=[Target(deputy_id=small.deputy.deputy_id, part=Part.EACH)],
        instruction="",
        by=small.clerk,
        at=at,
    )[0].pk


@thing
def step_open(world: World) -> Any:
    sent = Dispatch.objects.get(pk=world.thing("dispatch_at_unit"))
    return supervision.open_step(
        matter_id=sent.matter_id,
        step=Step.ORDER,
        cause=Cause.KEY,
        text="请书面反馈",
        presses_id=sent.pk,
        by=world.small.supervisor,
        at=now() - AGO,
    ).pk

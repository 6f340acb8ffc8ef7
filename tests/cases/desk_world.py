"""Cases of the desk in the states its pages need, made through the real services."""

from __future__ import annotations

from datetime import date, timedelta

from django.test import Client
from django.urls import reverse

from lianxin.cases.models import Case
from lianxin.cases.services import judging
from lianxin.cases.services.projections import refresh_due
from lianxin.handling.enums import Outcome
from lianxin.handling.models import Commitment, Dispatch, Extension, FollowUp
from lianxin.handling.services import answers, dispatches, extensions, matters
from lianxin.handling.services.answers import Reply
from lianxin.people.models import Account
from tests import factories as f

WHO = {"name": "李大爷", "phone": "13987654321", "consents": True}
#: What every picker, form and row must survive.
LONG_TITLE = "校门前单行道被临时停放的送货车占去大半，" * 5


def client(username: str) -> Client:
    found = Client()
    found.force_login(Account.objects.get(username=username))
    return found


def url(name: str, *args: object) -> str:
    return reverse(f"cases:{name}", args=args)


def signed(world: f.World, **more: object) -> Dispatch:
    """Assigned to the unit and signed for."""
    case = f.accepted(world, **more)
    given = f.assigned(world, case)
    return dispatches.sign(dispatch_id=given.pk, by=world.handler, at=f.MONDAY + timedelta(hours=2))


def answered(world: f.World, *, planned: bool = False, **more: object) -> Dispatch:
    """The unit has answered; the desk has not judged yet."""
    given = signed(world, **more)
    reply = Reply(text="路边已划线，早晚高峰有人值守。", outcome=Outcome.SOLVED)
    if planned:
        until = date(2027, 3, 1)
        reply = Reply("年底前完成。", Outcome.PLANNED, promise="修好屋顶", promised_until=until)
    answers.answer_dispatch(
        dispatch_id=given.pk, reply=reply, by=world.handler, at=f.MONDAY + timedelta(days=1)
    )
    return Dispatch.objects.get(pk=given.pk)


def delivered(world: f.World, **more: object) -> Case:
    """The resident has the answer."""
    given = answered(world, **more)
    answers.accept_answer(dispatch_id=given.pk, by=world.clerk, at=f.MONDAY + timedelta(days=2))
    return fresh(given)


def closed(world: f.World, **more: object) -> Case:
    case = delivered(world, **more)
    matters.close(
        matter_id=case.matter_id, by=world.clerk, at=f.MONDAY + timedelta(days=3), reason=""
    )
    return fresh(case)


def unhappy(world: f.World, *, second_look: bool = True) -> Case:
    """Judged badly: a new round waits for the desk."""
    case = delivered(world, **WHO)
    judging.judge(
        voice_id=case.voices.get().pk,
        result="dissatisfied",
        attitude="basically",
        is_done=False,
        reason="只来拍了张照片就走了。",
        ask_second_look=second_look,
        at=f.MONDAY + timedelta(days=3),
    )
    return fresh(case)


def extension(world: f.World) -> Extension:
    given = signed(world)
    until = given.due_at.date() + timedelta(days=3)
    return extensions.ask_extension(
        dispatch_id=given.pk,
        until=until,
        reason="等配件到货。",
        by=world.handler,
        at=f.MONDAY + timedelta(days=1),
    )


def promise(world: f.World) -> Commitment:
    return delivered(world, planned=True).matter.commitments.get()


def follow_up(world: f.World) -> FollowUp:
    row = closed(world).matter.follow_ups.get()
    FollowUp.objects.filter(pk=row.pk).update(due_on=date(2026, 11, 20))
    row.refresh_from_db()
    return row


def fresh(thing: Case | Dispatch) -> Case:
    """The case as the lists see it, its projection caught up."""
    matter_id = thing.matter_id
    refresh_due(matter_id=matter_id)
    return Case.objects.select_related("matter").get(matter_id=matter_id)

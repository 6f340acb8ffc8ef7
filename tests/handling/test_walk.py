"""One matter through everything the engine knows, by the real services."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lianxin.cases.models import Voice
from lianxin.cases.services import judging
from lianxin.congress.enums import EndReason
from lianxin.congress.models import Mandate
from lianxin.congress.services import end_mandate
from lianxin.handling.enums import (
    Cause,
    DispatchKind,
    DispatchState,
    MatterState,
    Outcome,
    Part,
    RoundKind,
    Satisfaction,
    Step,
)
from lianxin.handling.models import Commitment, Dispatch, FollowUp, Matter
from lianxin.handling.queries.derive import derive
from lianxin.handling.services import (
    answers,
    dispatches,
    extensions,
    matters,
    supervision,
    sweep,
    verdicts,
)
from lianxin.handling.services.answers import Reply
from lianxin.handling.services.dispatches import Target
from lianxin.handling.services.settle import differences
from lianxin.kernel import outbox
from lianxin.kernel.clock import local_date
from lianxin.kernel.refused import Forbidden, IllegalMove
from tests import factories
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db

DONE = Reply(text="已现场疏导并划设临停泊位。", outcome=Outcome.SOLVED)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def world() -> factories.World:
    return factories.world()


def matter_of(dispatch: Dispatch) -> Matter:
    return Matter.objects.get(pk=dispatch.matter_id)


def sound(matter: Matter) -> bool:
    """What is stored equals what the events say."""
    return differences(matter, derive(matter)) == {}


def answered(world: factories.World, dispatch: Dispatch, at=MONDAY + HOUR, reply=DONE) -> Matter:
    dispatches.sign(dispatch_id=dispatch.pk, by=world.handler, at=at)
    answers.answer_dispatch(dispatch_id=dispatch.pk, reply=reply, by=world.handler, at=at)
    answers.accept_answer(dispatch_id=dispatch.pk, by=world.clerk, at=at)
    return matter_of(dispatch)


def test_assigned_signed_answered_judged_closed(world):
    dispatch = factories.assigned(world)
    matter = matter_of(dispatch)
    assert (matter.state, matter.owing, matter.holder_organ_id) == (
        MatterState.OPEN,
        1,
        world.unit.pk,
    )
    with pytest.raises(IllegalMove):
        matters.close(matter_id=matter.pk, by=world.clerk, at=MONDAY, reason="x")
    matter = answered(world, dispatch)
    assert (matter.state, matter.owing) == (MatterState.ANSWERED, 0)
    voice = Voice.objects.get()
    matter = judging.judge(
        voice_id=voice.pk,
        result=Satisfaction.SATISFIED,
        attitude=Satisfaction.SATISFIED,
        is_done=True,
        reason="",
        ask_second_look=False,
        at=MONDAY + DAY,
    )
    matter.refresh_from_db()
    assert matter.state == MatterState.CLOSED
    assert FollowUp.objects.get().due_on == local_date(MONDAY + DAY) + timedelta(days=28)
    assert sound(matter)


def test_due_is_ten_working_days_after_assignment(world):
    dispatch = factories.assigned(world)
    assert local_date(dispatch.due_at) == date(2026, 11, 16)
    assert local_date(dispatch.sign_due_at) == date(2026, 11, 4)


def test_a_deputy_answers_at_once_and_is_never_assigned(world):
    case = factories.accepted(world)
    with pytest.raises(dispatches.DeputyCannotHandle):
        dispatches.send(
            matter_id=case.matter_id,
            kind=DispatchKind.ASSIGN,
            targets=[Target(deputy_id=world.deputy.deputy_id)],
            instruction="",
            by=world.clerk,
            at=MONDAY,
        )
    [shared] = dispatches.send(
        matter_id=case.matter_id,
        kind=DispatchKind.TRIAGE,
        targets=[Target(deputy_id=world.deputy.deputy_id, part=Part.EACH)],
        instruction="请先答复居民。",
        by=world.clerk,
        at=MONDAY,
    )
    with pytest.raises(Forbidden):
        answers.answer_dispatch(
            dispatch_id=shared.pk, reply=DONE, by=world.second_deputy, at=MONDAY
        )
    answers.answer_dispatch(dispatch_id=shared.pk, reply=DONE, by=world.deputy, at=MONDAY)
    assert matter_of(shared).state == MatterState.ANSWERED


def test_a_deputy_passes_on_and_follows(world):
    case = factories.accepted(world)
    [shared] = dispatches.send(
        matter_id=case.matter_id,
        kind=DispatchKind.TRIAGE,
        targets=[Target(deputy_id=world.deputy.deputy_id, part=Part.EACH)],
        instruction="",
        by=world.clerk,
        at=MONDAY,
    )
    child = dispatches.pass_on(
        dispatch_id=shared.pk,
        organ_id=world.unit.pk,
        by=world.deputy,
        at=MONDAY + HOUR,
        instruction="请交警大队现场看看。",
    )
    shared.refresh_from_db()
    assert (shared.state, child.kind) == (DispatchState.SUPERSEDED, DispatchKind.ASSIGN)
    assert matter_of(child).holder_organ_id == world.unit.pk
    dispatches.remind(dispatch_id=child.pk, by=world.deputy, at=MONDAY + DAY)
    assert sound(matter_of(child))


def test_returned_and_sent_elsewhere(world):
    first = factories.assigned(world)
    dispatches.return_(dispatch_id=first.pk, by=world.handler, at=MONDAY + HOUR, reason="不属职责")
    second = factories.assigned(world, case=first.matter.case, to=world.second_unit.pk)
    matter = matter_of(second)
    assert matter.owing == 1
    assert matter.holder_organ_id == world.second_unit.pk
    with pytest.raises(dispatches.TooLateToReturn):
        dispatches.return_(
            dispatch_id=second.pk, by=world.second_handler, at=MONDAY + 10 * DAY, reason="晚了"
        )


def test_two_leads_are_refused(world):
    first = factories.assigned(world)
    with pytest.raises(dispatches.AlreadyHasLead):
        factories.assigned(world, case=first.matter.case, to=world.second_unit.pk)


def test_assisting_units_keep_the_matter_open(world):
    case = factories.accepted(world)
    lead, assist = dispatches.send(
        matter_id=case.matter_id,
        kind=DispatchKind.ASSIGN,
        targets=[
            Target(organ_id=world.unit.pk, part=Part.LEAD),
            Target(organ_id=world.second_unit.pk, part=Part.ASSIST),
        ],
        instruction="",
        by=world.clerk,
        at=MONDAY,
    )
    matter = answered(world, lead)
    assert (matter.state, matter.owing) == (MatterState.OPEN, 1)
    answers.answer_dispatch(
        dispatch_id=assist.pk, reply=DONE, by=world.second_handler, at=MONDAY + DAY
    )
    answers.accept_answer(dispatch_id=assist.pk, by=world.clerk, at=MONDAY + DAY)
    assert matter_of(assist).state == MatterState.ANSWERED


def test_extension_once_within_the_rule(world):
    dispatch = factories.assigned(world)
    dispatches.sign(dispatch_id=dispatch.pk, by=world.handler, at=MONDAY)
    latest = extensions.latest_extension(Dispatch.objects.get(pk=dispatch.pk))
    assert latest == date(2026, 11, 30)
    ask = {"dispatch_id": dispatch.pk, "by": world.handler, "at": MONDAY, "reason": "要会商"}
    with pytest.raises(extensions.TooLong):
        extensions.ask_extension(until=latest + DAY, **ask)
    extensions.ask_extension(until=latest, **ask)
    with pytest.raises(extensions.AskedAlready):
        extensions.ask_extension(until=latest, **ask)
    extensions.decide_extension(dispatch_id=dispatch.pk, grant=True, by=world.clerk, at=MONDAY)
    dispatch.refresh_from_db()
    assert local_date(dispatch.due_at) == latest
    assert dispatch.is_extended


def test_approval_before_an_answer_leaves(world):
    dispatch = factories.assigned(world, to=world.strict_unit.pk)
    answers.answer_dispatch(dispatch_id=dispatch.pk, reply=DONE, by=world.drafter, at=MONDAY)
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.SUBMITTED
    with pytest.raises(Forbidden):
        answers.decide_approval(dispatch_id=dispatch.pk, approve=True, by=world.drafter, at=MONDAY)
    answers.decide_approval(
        dispatch_id=dispatch.pk, approve=False, by=world.chief, at=MONDAY, note="补照片"
    )
    answers.answer_dispatch(dispatch_id=dispatch.pk, reply=DONE, by=world.drafter, at=MONDAY)
    answers.decide_approval(dispatch_id=dispatch.pk, approve=True, by=world.chief, at=MONDAY)
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.ANSWERED


def test_overdue_supervision_and_its_outcome(world):
    dispatch = factories.assigned(world)
    late = dispatch.due_at + HOUR
    assert sweep.sweep(at=late)["overdue"] == 1
    assert sweep.sweep(at=late)["overdue"] == 0
    assert matter_of(dispatch).step == Step.REMINDER
    assert sweep.sweep(at=late + DAY)["escalated"] == 0
    assert sweep.sweep(at=late + 8 * DAY)["escalated"] == 1
    assert sweep.sweep(at=late + 9 * DAY)["escalated"] == 0
    late += 9 * DAY
    step = supervision.open_step(
        matter_id=dispatch.matter_id,
        step=Step.ORDER,
        cause=Cause.OVERDUE,
        text="请三日内答复。",
        presses_id=dispatch.pk,
        by=world.supervisor,
        at=late,
    )
    with pytest.raises(Forbidden):
        supervision.open_step(
            matter_id=dispatch.matter_id,
            step=Step.INQUIRY,
            cause=Cause.OVERDUE,
            text="x",
            by=world.clerk,
            at=late,
        )
    matter = answered(world, dispatch, at=late + HOUR)
    assert (matter.state, matter.owing) == (MatterState.ANSWERED, 1)
    with pytest.raises(matters.StillOwed):
        matters.close(matter_id=matter.pk, by=world.clerk, at=late, reason="x")
    supervision.conclude_step(
        supervision_id=step.pk, outcome="已答复并整改", by=world.supervisor, at=late + 2 * HOUR
    )
    matter.refresh_from_db()
    assert matter.owing == 0
    assert sound(matter)


def test_reminded_before_due_and_on_the_day(world):
    dispatch = factories.assigned(world)
    assert sweep.sweep(at=MONDAY + HOUR)["reminded"] == 0
    assert sweep.sweep(at=dispatch.warn_at + HOUR)["reminded"] == 1
    assert sweep.sweep(at=dispatch.warn_at + 2 * HOUR)["reminded"] == 0
    assert sweep.sweep(at=dispatch.due_at - HOUR)["reminded"] == 1
    assert sweep.sweep(at=dispatch.due_at - HOUR / 2)["reminded"] == 0


def test_second_look_by_fresh_eyes_only(world):
    dispatch = factories.assigned(world)
    answered(world, dispatch)
    matter = verdicts.give_verdict(
        matter_id=dispatch.matter_id,
        voice=Voice.objects.get().pk,
        result=Satisfaction.DISSATISFIED,
        reason="没有人来过",
        ask_second_look=True,
        at=MONDAY + DAY,
    )
    assert (matter.state, matter.round, matter.round_kind) == (
        MatterState.OPEN,
        2,
        RoundKind.SECOND_LOOK,
    )
    again = factories.assigned(world, case=dispatch.matter.case, at=MONDAY + DAY)
    with pytest.raises(dispatches.HandledBefore):
        dispatches.sign(dispatch_id=again.pk, by=world.handler, at=MONDAY + DAY)
    dispatches.sign(dispatch_id=again.pk, by=world.colleague, at=MONDAY + DAY)
    assert sound(matter_of(again))


def test_a_planned_answer_is_a_commitment_to_be_checked(world):
    dispatch = factories.assigned(world)
    with pytest.raises(answers.DateMissing):
        answers.answer_dispatch(
            dispatch_id=dispatch.pk,
            reply=Reply(text="列入计划", outcome=Outcome.PLANNED),
            by=world.handler,
            at=MONDAY,
        )
    planned = Reply(
        text="列入一季度改造", outcome=Outcome.PLANNED, promised_until=date(2027, 3, 31)
    )
    matter = answered(world, dispatch, reply=planned)
    promise = Commitment.objects.get()
    assert (promise.organ_id, promise.until_date) == (world.unit.pk, date(2027, 3, 31))
    verdicts.check_commitment(
        commitment_id=promise.pk,
        kept=False,
        evidence="还没开工",
        carry_to=date(2027, 6, 30),
        by=world.clerk,
        at=MONDAY + 150 * DAY,
    )
    assert Commitment.objects.filter(state="open").get().until_date == date(2027, 6, 30)
    assert sound(matter)


def test_silence_closes_without_a_verdict(world):
    matter = answered(world, factories.assigned(world))
    assert sweep.sweep(at=MONDAY + 10 * DAY)["closed"] == 0
    assert sweep.sweep(at=MONDAY + 30 * DAY)["closed"] == 1
    matter.refresh_from_db()
    assert matter.state == MatterState.CLOSED
    assert not matter.verdicts.exists()


def test_merging_settles_the_clock(world):
    dispatch = factories.assigned(world)
    target = factories.accepted(world)
    matters.merge(
        matter_id=dispatch.matter_id,
        into_id=target.matter_id,
        by=world.clerk,
        at=MONDAY + DAY,
        reason="同一件事",
    )
    matter = matter_of(dispatch)
    assert (matter.state, matter.owing, matter.next_due_at) == (MatterState.MERGED, 0, None)
    assert sweep.sweep(at=MONDAY + 60 * DAY)["overdue"] == 0
    assert sound(matter)


def test_paused_time_does_not_count(world):
    case = factories.accepted(world)
    before = Matter.objects.get(pk=case.matter_id).due_at
    matters.pause(matter_id=case.matter_id, by=world.clerk, at=MONDAY, note="请问在几号楼")
    assert Matter.objects.get(pk=case.matter_id).next_due_at is None
    matters.supplement(matter_id=case.matter_id, at=MONDAY + 2 * DAY, note="3号楼")
    after = Matter.objects.get(pk=case.matter_id).due_at
    assert local_date(after) - local_date(before) == timedelta(days=2)


def test_answers_by_phone_stop_the_same_clock(world):
    dispatch = factories.assigned(world, to=world.second_unit.pk)
    reply = Reply(text="电话答复：已处理", outcome=Outcome.SOLVED, channel="phone")
    answers.answer_dispatch(dispatch_id=dispatch.pk, reply=reply, by=world.clerk, at=MONDAY)
    dispatch.refresh_from_db()
    assert dispatch.answered_at is not None
    assert matter_of(dispatch).owing == 1


def test_a_deputy_without_a_seat_leaves_no_orphan(world):
    case = factories.accepted(world)
    [shared] = dispatches.send(
        matter_id=case.matter_id,
        kind=DispatchKind.TRIAGE,
        targets=[Target(deputy_id=world.deputy.deputy_id, part=Part.EACH)],
        instruction="",
        by=world.clerk,
        at=MONDAY,
    )
    mandate = Mandate.objects.get(deputy_id=world.deputy.deputy_id)
    end_mandate(
        mandate_id=mandate.pk,
        reason=EndReason.RESIGNED,
        until_date=local_date(MONDAY),
        by=None,
        at=MONDAY,
    )
    outbox.run_pending()
    shared.refresh_from_db()
    assert shared.state == DispatchState.WITHDRAWN
    matter = matter_of(shared)
    assert (matter.owing, matter.holder_organ_id) == (0, world.venue.desk_id)
    assert sound(matter)


def test_only_those_concerned_write_notes(world):
    dispatch = factories.assigned(world)
    note = {"matter_id": dispatch.matter_id, "at": MONDAY, "text": "现场看过"}
    for stranger in (world.second_handler, world.other_clerk, world.deputy, world.auditor):
        with pytest.raises(Forbidden):
            matters.note(by=stranger, **note)
    for concerned in (world.clerk, world.handler, world.supervisor):
        matters.note(by=concerned, **note)
    assert dispatch.matter.events.filter(act="note").count() == 3

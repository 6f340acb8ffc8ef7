"""Who is told what: every act has a stated decision; the right people, never the doer, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lianxin.cases.models import Case
from lianxin.cases.services import screening
from lianxin.handling.enums import Act, Cause, DispatchKind, Outcome, Part, Step
from lianxin.handling.services import answers, dispatches, extensions, supervision, sweep
from lianxin.handling.services.answers import Reply
from lianxin.handling.services.dispatches import Target
from lianxin.handling.tasks import notices as tasks
from lianxin.kernel import outbox
from lianxin.notices.models import Delivery, Notice
from lianxin.people.models import Person
from tests import factories
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DONE = Reply(text="已处理", outcome=Outcome.SOLVED)


@pytest.fixture
def world() -> factories.World:
    return factories.world()


def work() -> None:
    """What the workers do: until nothing is left."""
    while outbox.run_pending(500):
        pass


def told(kind: str) -> set[str]:
    """Names of the persons who have a notice of that kind; the bell is emptied."""
    work()
    rows = Notice.objects.filter(kind=kind)
    names = set(Person.objects.filter(notices__in=rows).values_list("name", flat=True))
    Notice.objects.all().delete()
    return names


def test_every_act_has_a_stated_decision():
    assert set(tasks.DISPATCH_NOTICES) | set(tasks.MATTER_NOTICES) == set(Act.values)
    assert not set(tasks.DISPATCH_NOTICES) & set(tasks.MATTER_NOTICES)


def test_handed_over_returned_and_answered(world):
    first = factories.assigned(world)
    assert told("send") == {"张建明", "赵学军"}
    dispatches.return_(dispatch_id=first.pk, by=world.handler, at=MONDAY, reason="不属职责")
    assert told("return") == {"段小梅", "普建国"}
    second = factories.assigned(world, case=first.matter.case, to=world.strict_unit.pk)
    told("send")
    answers.answer_dispatch(dispatch_id=second.pk, reply=DONE, by=world.drafter, at=MONDAY)
    assert told("submit") == {"马春燕"}
    answers.decide_approval(
        dispatch_id=second.pk, approve=False, by=world.chief, at=MONDAY, note="补照片"
    )
    assert told("reject") == {"杨志强"}
    answers.answer_dispatch(dispatch_id=second.pk, reply=DONE, by=world.drafter, at=MONDAY)
    answers.decide_approval(dispatch_id=second.pk, approve=True, by=world.chief, at=MONDAY)
    assert told("approve") == {"杨志强", "段小梅", "普建国"}
    answers.rework_answer(dispatch_id=second.pk, by=world.clerk, at=MONDAY, reason="写明日期")
    assert told("rework") == {"杨志强", "马春燕"}


def test_more_time_and_reminders(world):
    dispatch = factories.assigned(world)
    dispatches.sign(dispatch_id=dispatch.pk, by=world.handler, at=MONDAY)
    told("send")
    latest = extensions.latest_extension(dispatch)
    extensions.ask_extension(
        dispatch_id=dispatch.pk, until=latest, reason="要会商", by=world.handler, at=MONDAY
    )
    assert told("ask-extension") == {"段小梅", "普建国"}
    extensions.decide_extension(dispatch_id=dispatch.pk, grant=True, by=world.clerk, at=MONDAY)
    assert told("grant-extension") == {"张建明", "赵学军"}
    dispatches.remind(dispatch_id=dispatch.pk, by=world.clerk, at=MONDAY, note="请抓紧")
    work()
    assert "请抓紧" in Notice.objects.filter(kind="remind").first().text
    assert told("remind") == {"张建明", "赵学军"}


def test_overdue_tells_the_office_above(world):
    dispatch = factories.assigned(world)
    told("send")
    sweep.sweep(at=dispatch.due_at + HOUR)
    work()
    late = Notice.objects.filter(kind="mark-overdue")
    assert set(late.values_list("person__name", flat=True)) == {
        "张建明", "赵学军", "段小梅", "普建国", "刘永康",
    }  # fmt: skip
    assert all(one.url for one in late)


def test_a_supervision_and_its_answer(world):
    dispatch = factories.assigned(world)
    told("send")
    supervision.open_step(
        matter_id=dispatch.matter_id, step=Step.ORDER, cause=Cause.KEY, text="请书面反馈",
        presses_id=dispatch.pk, by=world.supervisor, at=MONDAY,
    )  # fmt: skip
    assert told("send") == {"张建明", "赵学军"}
    answers.answer_dispatch(dispatch_id=dispatch.pk, reply=DONE, by=world.handler, at=MONDAY)
    assert told("answer") == {"段小梅", "普建国", "刘永康"}


def test_a_deputy_is_told_and_told_again_when_the_asker_has_the_answer(world):
    case = factories.accepted(world)
    [shared] = dispatches.send(
        matter_id=case.matter_id, kind=DispatchKind.TRIAGE, instruction="",
        targets=[Target(deputy_id=world.deputy.deputy_id, part=Part.EACH)],
        by=world.clerk, at=MONDAY,
    )  # fmt: skip
    assert told("send") == {"周明远"}
    child = dispatches.pass_on(
        dispatch_id=shared.pk, organ_id=world.unit.pk, by=world.deputy, at=MONDAY, instruction=""
    )
    told("send")
    answers.answer_dispatch(dispatch_id=child.pk, reply=DONE, by=world.handler, at=MONDAY)
    assert told("answer") == {"段小梅", "普建国", "周明远"}
    answers.accept_answer(dispatch_id=child.pk, by=world.clerk, at=MONDAY)
    assert told("answered") == {"周明远"}


def test_told_once_however_often_the_message_comes(world):
    dispatch = factories.assigned(world)
    work()
    number = Notice.objects.count()
    event = dispatch.events.get(act=Act.SEND)
    again = tasks.DispatchMoved(
        matter_id=dispatch.matter_id, dispatch_id=dispatch.pk, kind="case", act=Act.SEND,
        number=event.number, at=event.at,
    )  # fmt: skip
    tasks.tell_dispatch(again)
    assert Notice.objects.count() == number


def test_voices_with_a_phone_get_a_text_that_names_nobody(world):
    case = factories.accepted(world, name="李秀兰", phone="13988886666", consents=True)
    dispatch = factories.assigned(world, case)
    answers.answer_dispatch(dispatch_id=dispatch.pk, reply=DONE, by=world.handler, at=MONDAY)
    answers.accept_answer(dispatch_id=dispatch.pk, by=world.clerk, at=MONDAY)
    sweep.sweep(at=MONDAY + 40 * DAY)
    work()
    texts = list(Delivery.objects.filter(channel="sms").values_list("text", flat=True))
    assert len(texts) == 3
    for text in texts:
        assert case.number in text
        assert "李秀兰" not in text
        assert case.title not in text
    factories.accepted(world)
    work()
    assert Delivery.objects.count() == 3


def test_asked_back_and_refused_are_told_to_the_voice(world):
    case = factories.filed(name="李秀兰", phone="13988886666", consents=True)
    screening.ask_back(case_id=case.pk, question="在几号楼？", by=world.clerk, at=MONDAY)
    screening.speak(
        case_id=case.pk, voice_id=case.voices.get().pk, kind="reply", text="3号楼", at=MONDAY
    )
    assert told("reply") == {"段小梅", "普建国"}
    assert Delivery.objects.get().text.count(case.number) == 1


def test_the_desk_learns_of_a_new_case(world):
    case = factories.filed()
    assert told("filed") == {"段小梅", "普建国"}
    assert Case.objects.filter(pk=case.pk).exists()

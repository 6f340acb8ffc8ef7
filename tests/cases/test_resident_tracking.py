"""Behind a receipt code: who sees what, what can be done when, and how guessing is limited."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianxin.cases.enums import CaseState, MessageKind
from lianxin.cases.models import Case, Message, RefusalReason, Voice
from lianxin.cases.services import filing, joining, judging, publishing, revealing, screening
from lianxin.handling.enums import MatterState
from lianxin.handling.models import Matter
from lianxin.handling.services import answers, dispatches, matters
from lianxin.handling.services.answers import Reply
from lianxin.kernel import codes
from lianxin.kernel.clock import now
from lianxin.kernel.ids import uuid7
from tests import factories

pytestmark = pytest.mark.django_db
FORM = {"text": "补充：早上七点半最堵。"}


@pytest.fixture
def world(db):
    return factories.world()


def filed(**more):
    return factories.receipt(now() - timedelta(hours=2), **more)


def accepted(world, **more):
    receipt = filed(**more)
    screening.accept(case_id=receipt.case_id, by=world.clerk, at=now() - timedelta(hours=1))
    return receipt, Case.objects.get(pk=receipt.case_id)


def answered(world, **more):
    receipt, case = accepted(world, **more)
    dispatch = factories.assigned(world, case, at=now() - timedelta(minutes=50))
    reply = Reply(text="已画设临时停车泊位。", outcome="solved")
    answers.answer_dispatch(dispatch_id=dispatch.pk, reply=reply, by=world.handler, at=now())
    answers.accept_answer(dispatch_id=dispatch.pk, by=world.clerk, at=now())
    return receipt, Case.objects.get(pk=case.pk)


def joined(case_id, words=""):
    key = str(uuid7())
    draft = factories.draft(words=words)
    return filing.me_too(case_id=case_id, draft=draft, key=key, actor=key, route="t", at=now())


def page(client, code, path=""):
    return client.get(f"/t/{code}/{path}").content.decode()


# --- who sees what --------------------------------------------------------------------------


def test_the_page_tells_who_since_until_and_next(world, client):
    receipt, case = accepted(world)
    dispatch = factories.assigned(world, case, at=now() - timedelta(minutes=30))
    dispatches.sign(dispatch_id=dispatch.pk, by=world.handler, at=now())
    shown = page(client, receipt.code)
    assert "西山区交警大队" in shown
    assert "西山区人大常委会代工委" in shown
    assert case.number in shown
    assert "工作日" in shown


def test_internal_notes_instructions_and_clerks_stay_inside(world, client):
    receipt, case = accepted(world)
    factories.assigned(world, case, at=now())
    matters.note(matter_id=case.matter_id, by=world.clerk, at=now(), text="内部说明", public=False)
    shown = page(client, receipt.code)
    assert "内部说明" not in shown
    assert "请现场查看并书面答复" not in shown
    assert world.clerk.name not in shown


def test_a_look_at_the_contact_is_shown_with_its_reason(world, client):
    receipt, case = accepted(world, name="张某", phone="13800138000", consents=True)
    voice = Voice.objects.get(case=case)
    revealing.reveal(voice_id=voice.pk, reason="核对时间", by=world.clerk, at=now())
    assert "核对时间" in page(client, receipt.code)


def test_who_joined_never_sees_the_words_of_the_first(world, client):
    receipt, case = accepted(world, words="我家三单元的张大爷摔伤了，门口没有灯。")
    other = joined(case.pk)
    screening.speak(
        case_id=case.pk,
        voice_id=Voice.objects.get(case=case, kind="filed").pk,
        kind=MessageKind.SUPPLEMENT,
        text="这是我一个人的补充",
        at=now(),
    )
    shown = page(client, other.code)
    assert "张大爷" not in shown
    assert "一个人的补充" not in shown
    assert "张大爷" in page(client, receipt.code)


def test_a_merged_voice_keeps_its_own_words_and_follows_the_other(world, client):
    _first, into = accepted(world, words="别人家的原话")
    mine, case = accepted(world, words="我自己的原话")
    joining.merge(case_id=case.pk, into_id=into.pk, by=world.clerk, at=now(), reason="同一件")
    factories.assigned(world, Case.objects.get(pk=into.pk), at=now())
    shown = page(client, mine.code)
    assert "我自己的原话" in shown
    assert "别人家的原话" not in shown
    assert "西山区交警大队" in shown


def test_a_reason_for_reopening_is_not_told_to_others(world, client):
    _receipt, case = answered(world)
    other = joined(case.pk)
    judging.judge(
        voice_id=Voice.objects.get(case=case, kind="filed").pk,
        result="dissatisfied",
        attitude="",
        is_done=None,
        reason="我家门口还是老样子",
        ask_second_look=False,
        at=now(),
    )
    assert "老样子" not in page(client, other.code)


def test_private_pages_say_so(world, client):
    receipt = filed()
    for path in ("", "receipt/", "slip/", "supplement/"):
        response = client.get(f"/t/{receipt.code}/{path}")
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert "noindex" in response.headers["X-Robots-Tag"]


def test_receipt_and_slip_hold_code_number_and_qr_without_style(world, client):
    receipt = filed()
    for path in ("receipt/", "slip/"):
        shown = page(client, receipt.code, path)
        assert receipt.number in shown
        assert "<svg" in shown
        assert "style=" not in shown
        plain = re.sub(r"<[^>]+>|\s", "", shown)
        assert receipt.code in plain


def test_files_of_others_cannot_be_opened(world, client):
    receipt = filed()
    assert client.get(f"/t/{receipt.code}/files/{uuid7()}/full/").status_code == 404


# --- the code -------------------------------------------------------------------------------


def test_the_box_leads_to_the_page_however_the_code_was_typed(world, client):
    receipt = filed()
    typed = receipt.code.lower().replace("-", " ")
    response = client.post("/track/", {"code": typed})
    assert response.headers["Location"] == f"/t/{receipt.code}/"


def test_every_wrong_code_gets_the_same_answer(world, client):
    filed()
    unknown = codes.new_code()
    mistyped = ("0" if unknown[0] != "0" else "1") + unknown[1:]
    found = {
        re.sub(r"nonce-?=?\S+|value=\"[^\"]*\"|next=[^\"&]*", "", response.content.decode())
        for response in (
            client.get(f"/t/{unknown}/"),
            client.get(f"/t/{mistyped}/"),
            client.get("/t/x/"),
            client.get(f"/t/{unknown}/receipt/"),
        )
    }
    assert len(found) == 1
    assert client.post("/track/", {"code": unknown}).status_code == 404
    assert client.post("/track/", {"code": mistyped}).status_code == 404


def test_guessing_ends_after_ten_tries_for_every_code(world, client):
    receipt = filed()
    tries = [client.get(f"/t/{codes.new_code()}/").status_code for _n in range(11)]
    assert tries == [404] * 10 + [429]
    blocked = client.get(f"/t/{receipt.code}/")
    assert blocked.status_code == 429
    assert int(blocked.headers["Retry-After"]) > 0
    assert client.post("/track/", {"code": receipt.code}).status_code == 429


def test_mistyping_costs_nothing(world, client):
    receipt = filed()
    for _n in range(15):
        client.post("/track/", {"code": "7K3F-92QX"})
    assert client.get(f"/t/{receipt.code}/").status_code == 200


# --- what can be done -----------------------------------------------------------------------


def test_something_is_added_once_however_often_it_is_sent(world, client):
    receipt, case = accepted(world)
    data = {**FORM, "key": str(uuid7())}
    for _n in range(2):
        assert client.post(f"/t/{receipt.code}/supplement/", data).status_code == 302
    assert Message.objects.filter(case=case, kind=MessageKind.SUPPLEMENT).count() == 1
    assert FORM["text"] in page(client, receipt.code)


def test_a_question_is_answered_and_the_desk_has_it_again(world, client):
    receipt = filed()
    screening.ask_back(case_id=receipt.case_id, question="哪个路口？", by=world.clerk, at=now())
    shown = page(client, receipt.code)
    assert "哪个路口？" in shown
    assert f"/t/{receipt.code}/reply/" in shown
    client.post(f"/t/{receipt.code}/reply/", {"text": "东门", "key": str(uuid7())})
    assert Case.objects.get().state == CaseState.FILED


def test_pressing_works_once_a_day(world, client):
    receipt, case = accepted(world)
    factories.assigned(world, case, at=now())
    for expected in (302, 200):
        response = client.post(f"/t/{receipt.code}/urge/", {"key": str(uuid7())})
        assert response.status_code == expected
    assert Message.objects.filter(kind=MessageKind.URGE).count() == 1


def test_a_refusal_names_the_door_and_can_be_objected_to_once(world, client):
    receipt = filed()
    reason = RefusalReason.objects.get(code="court")

    def refuse():
        screening.refuse(
            case_id=receipt.case_id, reason_id=reason.pk, explanation="", by=world.clerk, at=now()
        )

    refuse()
    shown = page(client, receipt.code)
    assert reason.door in shown
    assert "tel:12348" in shown
    address = f"/t/{receipt.code}/objection/"
    assert client.post(address, {"text": "有新证据", "key": str(uuid7())}).status_code == 302
    refuse()
    assert address not in page(client, receipt.code)
    response = client.post(address, {"text": "再来", "key": str(uuid7())})
    assert response.status_code == 200
    assert Message.objects.filter(kind=MessageKind.OBJECTION).count() == 1


def test_a_satisfied_verdict_closes(world, client):
    receipt, case = answered(world)
    response = client.post(f"/t/{receipt.code}/verdict/", {"result": "satisfied"})
    assert response.status_code == 302
    assert Matter.objects.get(pk=case.matter_id).state == MatterState.CLOSED
    assert "verdict/" not in page(client, receipt.code)


@pytest.mark.parametrize(
    "bad", [{"result": "dissatisfied"}, {"result": "basically", "is_done": "no"}]
)
def test_a_bad_verdict_needs_its_reason_and_opens_the_matter_again(world, client, bad):
    receipt, case = answered(world)
    address = f"/t/{receipt.code}/verdict/"
    assert client.post(address, bad).status_code == 200
    assert Matter.objects.get(pk=case.matter_id).round == 1
    again = {**bad, "reason": "没有画线", "second_look": "on"}
    assert client.post(address, again).status_code == 302
    matter = Matter.objects.get(pk=case.matter_id)
    assert (matter.round, matter.round_kind) == (2, "second_look")


def test_a_second_verdict_is_thanked_for_and_changes_nothing(world, client):
    receipt, case = answered(world)
    other = joined(case.pk)
    address = f"/t/{receipt.code}/verdict/"
    client.post(address, {"result": "satisfied"})
    response = client.post(address, {"result": "satisfied"})
    assert response.status_code == 200
    assert client.post(f"/t/{other.code}/verdict/", {"result": "basically"}).status_code == 302


def test_withdrawing_is_for_the_sole_voice_only(world, client):
    receipt, case = accepted(world)
    other = joined(case.pk)
    assert "withdraw/" not in page(client, receipt.code)
    assert client.post(f"/t/{receipt.code}/withdraw/", {}).status_code == 200
    assert client.post(f"/t/{other.code}/withdraw/", {}).status_code == 200
    assert Case.objects.get(pk=case.pk).state == CaseState.ACCEPTED
    alone, own = accepted(world)
    assert client.post(f"/t/{alone.code}/withdraw/", {}).status_code == 302
    assert Case.objects.get(pk=own.pk).state == CaseState.WITHDRAWN


def test_a_promise_stays_in_sight(world, client):
    receipt, case = accepted(world)
    day = (now() + timedelta(days=60)).date()
    reply = Reply(text="列入计划", outcome="planned", promised_until=day, promise="铺设盲道")
    answers.answer_asker(matter_id=case.matter_id, reply=reply, by=world.clerk, at=now())
    assert "铺设盲道" in page(client, receipt.code)


# --- cost -----------------------------------------------------------------------------------


def queries_of(client, address):
    """When what is remembered is there."""
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_a_long_story_costs_no_more_than_a_short_one(world, client):
    receipt, case = accepted(world)
    factories.assigned(world, case, at=now())
    client.post(f"/t/{receipt.code}/supplement/", {**FORM, "key": str(uuid7())})
    short = queries_of(client, f"/t/{receipt.code}/")
    for n in range(30):
        text = f"现场查看第 {n} 次"
        matters.note(matter_id=case.matter_id, by=world.handler, at=now(), text=text, public=True)
        screening.speak(
            case_id=case.pk,
            voice_id=Voice.objects.get(case=case).pk,
            kind=MessageKind.SUPPLEMENT,
            text=text,
            at=now(),
        )
    assert queries_of(client, f"/t/{receipt.code}/") == short
    assert short <= 24


def test_publishing_shares_the_title_with_who_joined(world, client):
    receipt, case = answered(world, may_publish=True)
    publishing.publish(
        case_id=case.pk, title="遮盖后的标题", words="w", answer="a", by=world.head, at=now()
    )
    other = joined(case.pk)
    assert "遮盖后的标题" in page(client, other.code)
    assert receipt.number

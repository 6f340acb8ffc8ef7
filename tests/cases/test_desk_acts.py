"""Every act of the desk walked once over HTTP: the page opens, the act is done, the list follows."""

from datetime import date, timedelta

import pytest

from lianxin.cases.enums import CaseState, PublicationState
from lianxin.cases.models import Case, CaseLink, RefusalReason, Reveal
from lianxin.cases.services import screening
from lianxin.handling.enums import CommitmentState, DispatchState, MatterState, RoundKind
from lianxin.handling.models import Dispatch
from lianxin.kernel.clock import now
from lianxin.kernel.ids import uuid7
from tests import factories as f
from tests.cases import desk_world as d

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return f.world()


def do(name, thing, username="clerk", **words):
    """Open the form, send it, and be led back."""
    client, address = d.client(username), d.url(name, thing)
    opened = client.get(address)
    assert opened.status_code == 200, opened.content.decode()[-500:]
    sent = client.post(address, words)
    form = sent.context and sent.context.get("form")
    assert sent.status_code == 302, form.errors if form else sent.status_code
    return sent


def again(case):
    return Case.objects.select_related("matter").get(pk=case.pk)


def test_accept_and_go_back_to_the_list(world):
    case = f.filed()
    sent = do("case-accept", case.pk, back="new")
    assert sent.headers["Location"] == d.url("desk-list", "new")
    assert again(case).state == CaseState.ACCEPTED


def test_ask_back(world):
    case = f.filed()
    do("case-ask-back", case.pk, question="是几号楼？")
    assert again(case).state == CaseState.ASKED_BACK
    assert case.messages.get().text == "是几号楼？"


def test_refuse_with_reason_and_door(world):
    case, reason = f.filed(), RefusalReason.objects.first()
    do("case-refuse", case.pk, reason=reason.pk, explanation="请到法院。")
    assert again(case).refusal == reason


def test_describe_changes_all_but_the_words(world):
    case = f.accepted(world)
    do("case-describe", case.pk, title="校门口停车", urgency="urgent", is_sensitive="on")
    found = again(case)
    assert (found.title, found.urgency, found.is_sensitive) == ("校门口停车", "urgent", True)
    assert (found.matter.title, found.matter.urgency) == ("校门口停车", "urgent")
    assert found.words == case.words


def test_share_out_to_deputies_and_units(world):
    case = f.accepted(world)
    do(
        "case-share",
        case.pk,
        deputies=[world.deputy.deputy_id],
        units=[world.unit.pk, world.second_unit.pk],
        instruction="请各自答复。",
    )
    assert again(case).matter.owing == 3


def test_assign_lead_and_assistants_with_another_date(world):
    case = f.accepted(world)
    until = now().date() + timedelta(days=20)
    do(
        "case-assign",
        case.pk,
        lead=world.unit.pk,
        assist=[world.second_unit.pk],
        instruction="请现场查看。",
        due_on=until.isoformat(),
    )
    lead, assist = again(case).matter.dispatches.order_by("-part")
    assert (lead.part, assist.part) == ("lead", "assist")
    assert lead.due_at.date() == until


def test_the_picker_finds_units_and_keeps_what_was_typed(world):
    case = f.accepted(world)
    page = d.client("clerk").post(
        d.url("case-assign", case.pk),
        {"find": "1", "q": "住建", "instruction": "请现场查看。", "lead": world.unit.pk},
    )
    form = page.context["form"]
    assert {c.name for c in form.candidates} == {world.unit.name, world.strict_unit.name}
    assert "请现场查看。" in page.content.decode()
    assert not page.context["form"].errors
    assert not Dispatch.objects.exists()


def test_transfer_says_whether_it_answers_back(world):
    case = f.accepted(world)
    do("case-transfer", case.pk, organ=world.platform.pk, owes="no", instruction="属地外。")
    assert Dispatch.objects.get().owes_answer is False
    assert again(case).matter.state == MatterState.OPEN


def test_take_an_answer(world):
    given = d.answered(world)
    do("case-take", given.pk, send_on="yes")
    assert d.fresh(given).matter.state == MatterState.ANSWERED


def test_send_back_for_rework(world):
    given = d.answered(world)
    do("case-rework", given.pk, reason="没有说什么时候修。")
    given.refresh_from_db()
    assert given.state == DispatchState.SIGNED


@pytest.mark.parametrize(("grant", "extended"), [("yes", True), ("no", False)])
def test_decide_on_more_time(world, grant, extended):
    asked = d.extension(world)
    do("case-decide", asked.dispatch_id, grant=grant, reason="尽快。")
    assert Dispatch.objects.get(pk=asked.dispatch_id).is_extended is extended


def test_remind_recall_and_write_down(world):
    given = d.signed(world)
    do("case-remind", given.pk)
    given.refresh_from_db()
    assert given.reminded == 1
    kind = f"{class_of('solved')}"
    do("case-write-down", given.pk, channel="phone", text="电话答复：已修好。", kind=kind)
    given.refresh_from_db()
    assert given.state == DispatchState.ANSWERED
    do("case-recall", given.pk, reason="发错了单位。")
    given.refresh_from_db()
    assert given.state == DispatchState.WITHDRAWN


def class_of(outcome):
    from lianxin.handling.models import AnswerClass

    return AnswerClass.objects.get(outcome=outcome).pk


def test_answer_the_resident_with_a_promise(world):
    case = f.accepted(world)
    page = d.client("clerk").post(
        d.url("case-answer", case.pk), {"text": "明年修。", "kind": class_of("planned")}
    )
    assert "promised_until" in page.context["form"].errors
    do(
        "case-answer",
        case.pk,
        text="明年修。",
        kind=class_of("planned"),
        promised_until="2030-05-01",
        promise="修路灯",
    )
    assert again(case).matter.commitments.get().until_date == date(2030, 5, 1)


def test_close_and_reopen_and_second_look(world):
    case = d.delivered(world)
    do("case-close", case.pk, reason="电话里说满意")
    assert again(case).matter.state == MatterState.CLOSED
    assert again(case).is_open is False
    do("case-reopen", case.pk, reason="又坏了")
    assert again(case).matter.round_kind == RoundKind.REOPENED
    other = d.closed(world)
    do("case-second-look", other.pk, "supervisor", reason="居民还是不满意")
    assert again(other).matter.round_kind == RoundKind.SECOND_LOOK


def test_pause_and_resume(world):
    case = f.accepted(world)
    do("case-pause", case.pk, reason="请补充门牌号")
    assert again(case).matter.paused_at
    do("case-resume", case.pk)
    assert again(case).matter.paused_at is None


def test_a_note_is_internal_unless_said_otherwise(world):
    case = d.fresh(d.signed(world))
    do("case-note", case.pk, text="下午在家", public="no")
    do("case-note", case.pk, "handler", text="已到现场", public="yes")
    said = case.matter.events.filter(act="note").order_by("number")
    assert [event.is_public for event in said] == [False, True]
    page = d.client("clerk").get(d.url("case", case.pk)).content.decode()
    assert "内部记录" in page


def test_merge_by_search(world):
    case, target = f.filed(words="路灯坏了。"), f.filed(words="小区路灯坏了三盏。")
    found = d.client("clerk").post(d.url("case-merge", case.pk), {"find": "1", "q": target.number})
    assert [one.pk for one in found.context["form"].candidates] == [target.pk]
    do("case-merge", case.pk, other=target.pk, q="路灯", reason="同一盏灯")
    assert again(case).merged_into_id == target.pk
    assert again(target).voices_count == 2


def test_link_and_split(world):
    case, other = f.filed(), f.filed()
    do("case-link", case.pk, other=other.pk)
    key = str(uuid7())
    do("case-split", case.pk, words="另外楼道灯也坏了。", title="", key=key)
    assert CaseLink.objects.filter(case=case).count() == 2
    assert Case.objects.count() == 3


def test_withdraw_at_the_residents_word(world):
    case = d.fresh(d.signed(world))
    do("case-withdraw", case.pk, reason="本人来电撤回")
    assert again(case).state == CaseState.WITHDRAWN
    assert again(case).matter.state == MatterState.WITHDRAWN


def test_publish_masked_and_take_back(world):
    case = d.delivered(world, may_publish=True, words="电话 13800138000，路灯坏了。")
    client, address = d.client("head"), d.url("case-publish", case.pk)
    form = client.get(address).context["form"]
    assert "13800138000" not in form["words"].value()
    words = {"title": "路灯", "words": "打 13800138000", "answer": "修好了", "checked": "on"}
    refused = client.post(address, words)
    assert refused.status_code == 200
    assert "修好了" in refused.content.decode()
    do("case-publish", case.pk, "head", **{**words, "words": "路灯坏了"})
    assert again(case).publication.state == PublicationState.PUBLISHED
    do("case-take-back", case.pk, "head", reason="家属来电")
    assert again(case).publication.state == PublicationState.WITHDRAWN


def test_publishing_needs_the_tick_of_a_person(world):
    case = d.delivered(world, may_publish=True)
    words = {"title": "路灯", "words": "路灯坏了", "answer": "修好了"}
    page = d.client("head").post(d.url("case-publish", case.pk), words)
    assert "checked" in page.context["form"].errors


def test_the_office_keeps_a_case_from_erasure_and_lets_it_go(world):
    case = d.delivered(world)
    too_long = d.client("supervisor").post(d.url("case-hold", case.pk), {"reason": "调" * 201})
    assert "调" * 201 in too_long.content.decode()
    assert not case.holds.exists()
    do("case-hold", case.pk, "supervisor", reason="法院5月3日来函调取")
    page = d.client("clerk").get(d.url("case", case.pk)).content.decode()
    assert "法院5月3日来函调取" in page
    offered = d.client("supervisor").get(d.url("case", case.pk)).content.decode()
    assert d.url("case-lift", case.pk) in offered
    assert d.url("case-hold", case.pk) not in offered
    do("case-lift", case.pk, "supervisor")
    assert case.holds.get().lifted_at
    assert (
        "法院5月3日来函调取" not in d.client("clerk").get(d.url("case", case.pk)).content.decode()
    )


def test_follow_up_not_done_opens_again(world):
    row = d.follow_up(world)
    do("case-follow-up", row.pk, is_done="no", reason="又坏了")
    row.refresh_from_db()
    assert row.is_done is False
    row.matter.refresh_from_db()
    assert row.matter.state == MatterState.OPEN


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ({"result": "kept"}, CommitmentState.KEPT),
        ({"result": "broken"}, CommitmentState.BROKEN),
        ({"result": "carried", "carry_to": "2030-01-02"}, CommitmentState.CARRIED_OVER),
    ],
)
def test_a_promise_is_checked_with_evidence(world, words, state):
    row = d.promise(world)
    page = d.client("clerk").post(d.url("case-commitment", row.pk), words)
    assert "reason" in page.context["form"].errors
    do("case-commitment", row.pk, reason="11月20日到现场看过", **words)
    row.refresh_from_db()
    assert row.state == state


def test_a_contact_is_masked_until_a_reason_is_given(world):
    case = f.filed(**d.WHO)
    page = d.client("clerk").get(d.url("case", case.pk)).content.decode()
    assert "13987654321" not in page
    assert "李大爷" not in page
    address = d.url("case-reveal", case.voices.get().pk)
    shown = d.client("clerk").post(address, {"reason": "回电约时间"}).content.decode()
    assert "+8613987654321" in shown
    assert Reveal.objects.get().reason == "回电约时间"
    assert "13987654321" not in d.client("clerk").get(address).content.decode()
    assert "回电约时间" in d.client("clerk").get(d.url("case", case.pk)).content.decode()


def test_who_comes_too_late_reads_what_happened_and_keeps_the_text(world):
    case = f.filed()
    client, address = d.client("clerk"), d.url("case-ask-back", case.pk)
    assert client.get(address).status_code == 200
    screening.accept(case_id=case.pk, by=world.head, at=now())
    page = client.post(address, {"question": "是几号楼几单元？"})
    text = page.content.decode()
    assert "是几号楼几单元？" in text
    assert world.head.name in text
    assert not case.messages.exists()
    late = client.get(address)
    assert late.status_code == 409
    assert world.head.name in late.content.decode()


def test_an_empty_form_names_what_is_missing(world):
    case = f.accepted(world)
    page = d.client("clerk").post(d.url("case-assign", case.pk), {})
    assert set(page.context["form"].errors) == {"lead", "instruction"}
    page = d.client("clerk").post(d.url("case-share", case.pk), {"instruction": "x"})
    assert set(page.context["form"].errors) == {"deputies"}

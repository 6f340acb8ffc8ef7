"""Filing, screening, joining, publishing and revealing, by the services."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lianxin.cases.enums import CaseState, MessageKind
from lianxin.cases.models import Case, RefusalReason, Reveal, Voice
from lianxin.cases.queries.cases import by_phone, visible_to, voice_by_code
from lianxin.cases.services import filing, joining, judging, publishing, revealing, screening
from lianxin.handling.enums import MatterState, Outcome
from lianxin.handling.models import Matter
from lianxin.handling.services import answers
from lianxin.handling.services.answers import Reply
from lianxin.kernel.refused import Forbidden, IllegalMove, Refused
from tests import factories
from tests.factories import MONDAY, draft

pytestmark = pytest.mark.django_db

LATER = MONDAY + timedelta(days=2)
DONE = Reply(text="已修好。", outcome=Outcome.SOLVED)


@pytest.fixture
def world() -> factories.World:
    return factories.world()


def file(said: filing.Draft, key: str, actor: str = "a") -> filing.Receipt:
    return filing.file_case(draft=said, key=key, actor=actor, route="r", by=None, at=MONDAY)


def answered(world: factories.World, **more: object) -> Case:
    case = factories.accepted(world, **more)
    answers.answer_asker(matter_id=case.matter_id, reply=DONE, by=world.clerk, at=MONDAY)
    return case


def test_two_identical_sends_make_one_case_and_one_receipt(world):
    first, second = file(draft(), "k"), file(draft(), "k")
    assert first == second
    assert Case.objects.count() == Voice.objects.count() == 1
    with pytest.raises(Refused) as other:
        file(draft("别的事"), "k")
    assert other.value.status == 422
    with pytest.raises(Refused):
        file(draft(), "k", actor="somebody else")


def test_the_code_finds_the_voice_and_is_not_stored(world):
    receipt = factories.receipt()
    assert voice_by_code(receipt.code.lower().replace("-", " ")).case_id == receipt.case_id
    wrong = ("0" if receipt.code[0] != "0" else "1") + receipt.code[1:]
    assert voice_by_code(wrong) is None
    assert receipt.code not in str(list(Voice.objects.values_list("code_digest", "name")))


def test_numbers_count_up_per_county_and_year(world):
    numbers = [factories.filed().number for _ in range(3)]
    assert numbers == ["530112-2026-0001", "530112-2026-0002", "530112-2026-0003"]


def test_personal_data_needs_consent_and_a_real_phone(world):
    with pytest.raises(filing.ConsentMissing):
        file(draft(phone="13888001234"), "k1")
    with pytest.raises(filing.BadPhone):
        file(draft(phone="12", consents=True), "k2")
    assert not Case.objects.exists()


def test_the_desk_finds_earlier_cases_by_phone_whatever_its_spelling(world):
    factories.receipt(phone="138 8800-1234", consents=True)
    assert by_phone(world.clerk, "+86 13888001234").count() == 1
    assert by_phone(world.other_clerk, "13888001234").count() == 0


def test_sealed_columns_hold_no_plain_text(world):
    from django.db import connection

    factories.receipt(name="保密人", phone="13888001234", consents=True, address="滇池路888号")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone FROM cases_voice")
        name, phone = (bytes(value) for value in cursor.fetchone())
        cursor.execute("SELECT address FROM cases_case")
        address = bytes(cursor.fetchone()[0])
    assert "保密人".encode() not in name
    assert b"13888001234" not in phone
    assert "滇池".encode() not in address
    assert Voice.objects.get().name == "保密人"


def test_no_venue_says_so(world):
    with pytest.raises(filing.NoVenue):
        file(draft(division_code="53"), "k")


def test_asked_back_and_replied(world):
    case = factories.filed()
    screening.ask_back(case_id=case.pk, question="在哪？", by=world.clerk, at=MONDAY)
    case.refresh_from_db()
    assert (case.state, case.due_at) == (CaseState.ASKED_BACK, None)
    screening.speak(case_id=case.pk, voice_id=None, kind=MessageKind.REPLY, text="3号楼", at=LATER)
    case.refresh_from_db()
    assert case.state == CaseState.FILED
    assert case.due_at > LATER


def test_a_refusal_has_its_reason_and_can_be_objected_to_once(world):
    case = factories.filed()
    reason = RefusalReason.objects.first()
    refuse = {"case_id": case.pk, "reason_id": reason.pk, "explanation": "", "by": world.clerk}
    screening.refuse(at=MONDAY, **refuse)
    say = {"case_id": case.pk, "voice_id": None, "kind": MessageKind.OBJECTION, "text": "不对"}
    screening.speak(at=LATER, **say)
    screening.refuse(at=LATER, **refuse)
    with pytest.raises(Refused):
        screening.speak(at=LATER, **say)


def test_only_the_own_desk_screens(world):
    case = factories.filed()
    for stranger in (world.other_clerk, world.handler, world.deputy, world.auditor):
        with pytest.raises(Forbidden):
            screening.accept(case_id=case.pk, by=stranger, at=MONDAY)
    screening.accept(case_id=case.pk, by=world.clerk, at=MONDAY)
    with pytest.raises(IllegalMove):
        screening.accept(case_id=case.pk, by=world.clerk, at=MONDAY)


def test_who_sees_a_case(world):
    case = factories.assigned(world).matter.case
    seen = {
        name: visible_to(getattr(world, name)).filter(pk=case.pk).exists()
        for name in [
            "clerk",
            "head",
            "other_clerk",
            "handler",
            "second_handler",
            "other_handler",
            "supervisor",
            "deputy",
            "second_deputy",
            "auditor",
        ]
    }
    assert seen == {
        "clerk": True,
        "head": True,
        "other_clerk": False,
        "handler": True,
        "second_handler": False,
        "other_handler": False,
        "supervisor": True,
        "deputy": False,
        "second_deputy": False,
        "auditor": True,
    }


def test_merged_voices_keep_their_own_verdict(world):
    kept = factories.accepted(world)
    other = factories.accepted(world)
    joining.merge(case_id=other.pk, into_id=kept.pk, by=world.clerk, at=MONDAY, reason="同一件")
    kept.refresh_from_db()
    assert kept.voices_count == 2
    answers.answer_asker(matter_id=kept.matter_id, reply=DONE, by=world.clerk, at=MONDAY)
    for voice in Voice.objects.order_by("joined_at", "id"):
        matter = judging.judge(
            voice_id=voice.pk,
            result="satisfied",
            attitude="",
            is_done=True,
            reason="",
            ask_second_look=False,
            at=LATER,
        )
    assert matter.pk == kept.matter_id
    assert Matter.objects.get(pk=matter.pk).verdicts.count() == 2
    assert Matter.objects.get(pk=matter.pk).state == MatterState.ANSWERED


def test_splitting_leaves_a_link(world):
    case = factories.accepted(world)
    receipt = joining.split(
        case_id=case.pk, words="另外路灯也坏了", title="路灯", key="s", by=world.clerk, at=MONDAY
    )
    assert case.links.get().other_id == receipt.case_id


def test_me_too_has_its_own_receipt(world):
    case = factories.filed()
    receipt = filing.me_too(
        case_id=case.pk, draft=draft(), key="m", actor="m", route="r", at=MONDAY
    )
    case.refresh_from_db()
    assert case.voices_count == 2
    assert voice_by_code(receipt.code).kind == "me_too"


def test_publishing_needs_consent_an_answer_and_no_personal_data(world):
    texts = {"title": "路灯", "words": "坏了", "answer": "修好了", "by": world.head, "at": LATER}
    with pytest.raises(publishing.NoConsent):
        publishing.publish(case_id=answered(world).pk, **texts)
    case = answered(world, may_publish=True)
    with pytest.raises(publishing.StillPersonal):
        publishing.publish(case_id=case.pk, **{**texts, "words": "打 13888001234 找我"})
    with pytest.raises(Forbidden):
        publishing.publish(case_id=case.pk, **{**texts, "by": world.clerk})
    assert publishing.publish(case_id=case.pk, **texts).state == "published"


def test_a_reveal_needs_a_reason_and_leaves_a_trace(world):
    receipt = factories.receipt(name="某居民", phone="13888001234", consents=True)
    voice = Voice.objects.get(case_id=receipt.case_id)
    look = {"voice_id": voice.pk, "at": MONDAY}
    with pytest.raises(Refused):
        revealing.reveal(reason=" ", by=world.clerk, **look)
    for stranger in (world.auditor, world.handler, world.other_clerk):
        with pytest.raises(Forbidden):
            revealing.reveal(reason="想看看", by=stranger, **look)
    assert not Reveal.objects.exists()
    contact = revealing.reveal(reason="电话核实地点", by=world.clerk, **look)
    assert (contact.name, Reveal.objects.get().reason) == ("某居民", "电话核实地点")


def test_the_sole_voice_withdraws_and_all_clocks_are_settled(world):
    dispatch = factories.assigned(world)
    case = dispatch.matter.case
    screening.withdraw(case_id=case.pk, voice=Voice.objects.get(), by=None, at=LATER, reason="好了")
    matter = Matter.objects.get(pk=case.matter_id)
    assert (matter.state, matter.owing, matter.next_due_at) == (MatterState.WITHDRAWN, 0, None)

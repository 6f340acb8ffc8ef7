"""A resident who left everything one can leave, by the product's own services."""

from __future__ import annotations

from datetime import timedelta

from lianxin.cases.enums import VoiceKind
from lianxin.cases.models import Case, Voice
from lianxin.cases.services import filing, judging, publishing
from lianxin.cases.services.projections import refresh_due
from lianxin.cases.services.speaking import say
from lianxin.handling.enums import Outcome
from lianxin.handling.services import answers
from lianxin.handling.services.answers import Reply
from tests import factories as f

NOW = f.MONDAY + timedelta(days=10)
WORDS = "我家水管漏了，请打13811112222找我。身份证530102199001011234"
SECRETS = (
    "李小兰", "+8613800138000", "临安镇建中路8号", "水管", "13811112222", "530102199001011234",
    "门牌也掉了", "6222021234567890123", "24.880100,102.830000",
)  # fmt: skip


class World:
    def __init__(self) -> None:
        self.people = f.world()
        self.clerk, self.office = self.people.clerk, self.people.supervisor
        self.number = 0

    def filed(self) -> Voice:
        self.number += 1
        said = f.draft(
            WORDS, name="李小兰", phone="13800138000", home="临安镇建中路8号", consents=True,
            address="水管井旁", position=(24.8801, 102.83), details={"when": "水管上周"}, may_publish=True,
        )  # fmt: skip
        receipt = filing.file_case(
            draft=said, key=f"w{self.number}", actor="a", route="r", by=None, at=f.MONDAY
        )
        return Voice.objects.get(case_id=receipt.case_id)

    def accepted(self) -> Voice:
        from lianxin.cases.services import screening

        voice = self.filed()
        screening.accept(case_id=voice.case_id, by=self.clerk, at=f.MONDAY)
        text = "门牌也掉了，卡号6222021234567890123"
        say(voice_id=voice.pk, kind="supplement", text=text, key=f"s{self.number}", at=f.MONDAY)
        return Voice.objects.select_related("case").get(pk=voice.pk)

    def joined(self, voice: Voice, *, key: str = "j") -> Voice:
        said = f.draft("", name="王五", phone="13900139000", consents=True)
        filing.me_too(case_id=voice.case_id, draft=said, key=key, actor="b", route="r", at=f.MONDAY)
        return Voice.objects.filter(case_id=voice.case_id, kind=VoiceKind.ME_TOO).latest("pk")

    def answer(self, voice: Voice) -> None:
        case = Case.objects.get(pk=voice.case_id)
        reply = Reply(text="已派人修好。", outcome=Outcome.SOLVED)
        answers.answer_asker(matter_id=case.matter_id, reply=reply, by=self.clerk, at=f.MONDAY)

    def dissatisfied(self, voice: Voice, reason: str) -> None:
        judging.judge(
            voice_id=voice.pk, result="dissatisfied", attitude="satisfied", is_done=False,
            reason=reason, ask_second_look=False, at=f.MONDAY,
        )  # fmt: skip

    def close(self, voice: Voice) -> None:
        self.answer(voice)
        judging.judge(
            voice_id=voice.pk, result="satisfied", attitude="satisfied", is_done=True,
            reason="水管好了", ask_second_look=False, at=f.MONDAY,
        )  # fmt: skip
        refresh_due(matter_id=Case.objects.get(pk=voice.case_id).matter_id)

    def closed(self, *, publish: bool = False) -> Voice:
        voice = self.accepted()
        self.close(voice)
        if publish:
            publishing.publish(
                case_id=voice.case_id, title="水管", words="水管漏水", answer="修好了", by=self.people.head, at=f.MONDAY
            )  # fmt: skip
        return Voice.objects.select_related("case").get(pk=voice.pk)

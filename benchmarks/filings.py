"""Filings as a browser sends them: walked through the three steps, or many prepared at once.

python -m benchmarks.filings COUNT      prints them as JSON; they fit the installation's own keys
"""

from __future__ import annotations

import json
import re
import secrets
import sys
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

from benchmarks.client import Answer, Client

if TYPE_CHECKING:
    from lianxin.cases.forms.resident_draft import FilingDraft

VILLAGE = "530112005001"
PLACE = "官庄社区"
SAID = (
    "幼儿园门口早晚停车堵路，孩子只能走到马路中间，已经有两次差点撞到人，请管一管。",
    "小区后面的路灯坏了一个多月，晚上老人出门看不见台阶，上周有人摔倒。",
    "菜市场东门的下水道一下雨就返水，摊位前全是污水，味道很大。",
    "公交站台没有雨棚也没有座位，等车的大多是老年人，能不能加一个。",
    "工地夜里十二点还在打桩，全楼的人都睡不好，打过电话没有人来。",
    "社区卫生站没有降压药，每个月要坐一个小时车到区里拿药，很不方便。",
    "河边的垃圾堆了快两个星期，没有人清运，夏天蚊虫很多。",
    "村口的桥栏杆断了三根，学生每天从桥上过，希望尽快修好。",
)
RECEIPT = re.compile(r"/t/([^/]+)/receipt/$")
MARK = re.compile(r"〔(\w+)〕")


def marked(number: int) -> tuple[str, str]:
    """Words that name themselves, and the mark by which the judge knows them again: letters alone,
    since digits in a row may be somebody's number, which the product masks."""
    mark = "".join(secrets.choice(ascii_lowercase) for _ in range(12))
    return f"{SAID[number % len(SAID)]}〔{mark}〕", mark


def contact(draft: str, token: str) -> dict[str, str]:
    """The last step's form, with everything somebody may leave of himself."""
    return {
        "csrfmiddlewaretoken": token,
        "draft": draft,
        "at": "contact",
        "name": "段小梅",
        "phone": "13800138000",
        "consents": "on",
        "may_publish": "on",
    }


def walked(client: Client, words: str) -> dict[str, str]:
    """Goes through the steps like a person; returns the form of the last one, ready to be sent."""
    page = client.get("/file/")
    steps: list[tuple[str, str, dict[str, str]]] = [
        ("what", "where", {"words": words}),
        ("where", "contact", {"division": PLACE, "division_code": VILLAGE, "address": "北门"}),
    ]
    for at, to, typed in steps:
        fields = {"csrfmiddlewaretoken": page.hidden("csrfmiddlewaretoken"), "at": at, **typed}
        page = client.post(f"/file/{to}/", {**fields, "draft": page.hidden("draft")})
        if page.status != 200:
            raise RuntimeError(f"Step {at} was answered with {page.status}: {page.text[:2000]}")
    return contact(page.hidden("draft"), page.hidden("csrfmiddlewaretoken"))


def token_of(client: Client) -> str:
    """A token for forms; its cookie stays with the client. Good for any number of forms."""
    return client.get("/file/").hidden("csrfmiddlewaretoken")


def code_of(answer: Answer) -> str | None:
    """The receipt code that an answer hands out; None when it hands out none."""
    found = RECEIPT.search(answer.header("Location")) if answer.status == 302 else None
    return found.group(1) if found else None


def drafted(number: int) -> tuple[FilingDraft, str]:
    """A filing before its last step, and its mark. Needs the settings."""
    from lianxin.cases.forms.resident_draft import FilingDraft
    from lianxin.kernel.ids import uuid7

    words, mark = marked(number)
    draft = FilingDraft(key=str(uuid7()))
    draft.values = {
        "what": {"words": [words]},
        "where": {"division": [PLACE], "division_code": [VILLAGE], "address": ["北门"]},
    }
    return draft, mark


def prepared(count: int) -> list[dict[str, Any]]:
    """`count` of them: key, mark, sealed draft."""
    found = []
    for number in range(count):
        draft, mark = drafted(number)
        found.append({"key": draft.key, "mark": mark, "draft": draft.seal()})
    return found


def main() -> None:
    import django

    django.setup()
    from lianxin.kernel import scope

    scope.open_for_process("run by hand")
    json.dump(prepared(int(sys.argv[1])), sys.stdout)


if __name__ == "__main__":
    main()

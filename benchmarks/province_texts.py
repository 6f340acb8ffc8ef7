"""What residents say in a province to measure in: sentences of the messages in MESSAGES_DIR, or invented.

The folder's messages_*.csv need the columns title and content (reply, where there are answers).
They are read on the machine that measures and go into its database alone.
"""

from __future__ import annotations

import csv
import os
import random
import re
from dataclasses import dataclass
from pathlib import Path

from benchmarks.filings import SAID

MOST_READ = 4000
LONGEST = 160
_SENTENCE = re.compile(r"[^。！？!?；;\s]+[。！？!?；;]?")
WHERE = ("东门", "菜市场", "小学门口", "三组", "老街", "二号院", "河边", "村口", "车站旁", "北区")
SINCE = ("上个月", "入冬以来", "前天夜里", "三年了", "雨季以来", "这几天", "去年修路以后", "一直")
WISHES = ("请派人来看看。", "希望早点解决。", "大家都盼着。", "请给个说法。", "麻烦协调一下。")
DONE = (
    "已派人到现场查看，当天修好，并请来电人验看过。",
    "经与社区和施工单位协调，已约定每晚十点后停工。",
    "已列入下月的整治安排，届时会通知您。",
    "经核实，情况属实，已责成责任单位在一周内整改完毕。",
    "您反映的事情涉及政策，现说明如下：可以带身份证到镇里的窗口办理。",
)


@dataclass(frozen=True, slots=True)
class Text:
    """A matter in words, and the tokens by which it is found."""

    title: str
    words: str
    tokens: str


def folder() -> Path | None:
    """MESSAGES_DIR, where it is."""
    named = os.environ.get("MESSAGES_DIR", "")
    return Path(named) if named and Path(named).is_dir() else None


def texts(count: int, chance: random.Random) -> list[Text]:
    """So many different matters."""
    from lianxin.kernel import search

    said = [(title, body[:LONGEST]) for title, body in _read("content")]
    made = []
    for number in range(count):
        if said:
            title, words = said[number % len(said)]
            if number >= len(said):
                words = f"{chance.choice(WHERE)}，{words}"
        else:
            words = _invented(chance)
            title = words.split("，")[0]
        made.append(Text(title[:60], words, search.tokens(f"{title} {words}")))
    return made


def answers(chance: random.Random) -> list[str]:
    """What is answered."""
    found = [reply[:LONGEST] for _title, reply in _read("reply")]
    return found[:500] or [f"{one}{chance.choice(WISHES)}" for one in DONE]


def _read(column: str) -> list[tuple[str, str]]:
    """Title and some sentences of a column, from whatever files have it."""
    at, found = folder(), []
    for path in sorted(at.glob("messages_*.csv")) if at else ():
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                body = "".join(_SENTENCE.findall(row.get(column) or "")[:4]).replace("\0", "")
                if body:
                    found.append(((row.get("title") or body[:30]).strip(), body))
                if len(found) >= MOST_READ:
                    return found
    return found


def _invented(chance: random.Random) -> str:
    what = chance.choice(SAID).split("，", 1)
    place, since = chance.choice(WHERE), chance.choice(SINCE)
    return f"{place}{what[0]}，{since}，{what[-1].rstrip('。')}。{chance.choice(WISHES)}"

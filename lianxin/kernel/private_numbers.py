"""Numbers that people write into their words: phones, identity and bank cards, e-mail addresses.

What is recognised is covered in the text and kept apart, to be sealed: the text can then be shown,
searched and stored in the clear. Not recognised: names, numbers in Chinese characters, number plates,
passports, and whatever is spelled in a way of its own. A person still reads before publishing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

COVER = "×"
_SEPARATED = r"[\s.·–—-]?"
#: In this order, so that a longer number is not taken for a shorter one. Digits of any width.
PATTERNS = (
    # Identity card, 18 signs: GB 11643-1999. The check sign is not asked: a mistyped one is private too.
    re.compile(rf"(?<!\d)[1-9](?:{_SEPARATED}\d){{16}}{_SEPARATED}[\dXx](?![\dA-Za-z])"),
    re.compile(rf"(?<!\d)(?:\+?86{_SEPARATED})?1[3-9](?:{_SEPARATED}\d){{9}}(?!\d)"),
    # Bank cards: 16 to 19 digits (ISO/IEC 7812); identity cards of the first generation: 15.
    re.compile(rf"(?<!\d)\d(?:{_SEPARATED}\d){{15,18}}(?!\d)"),
    re.compile(r"(?<!\d)\d{15}(?!\d)"),
    re.compile(r"(?<!\d)0\d{2,3}[\s-]?\d{7,8}(?!\d)"),
    re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.]+"),
)
#: Each of them holds at least one of these signs, which most texts do not.
_ANY = re.compile(r"[\d@]")
_WIDE = str.maketrans("０１２３４５６７８９Ｘｘ＋－＠．　", "0123456789Xx+-@. ")
_COVERED = re.compile(f"{COVER}{{4,}}")
Found = list[tuple[int, str]]


def cover(text: str) -> tuple[str, Found]:
    """The text with every private number covered sign by sign, and where which one stood."""
    plain = text.translate(_WIDE)
    found: Found = []
    if not _ANY.search(plain):
        return text, found
    for pattern in PATTERNS:
        for match in pattern.finditer(plain):
            found.append((match.start(), text[match.start() : match.end()]))
        plain = pattern.sub(lambda match: COVER * len(match.group()), plain)
    found.sort()
    for start, original in found:
        text = text[:start] + COVER * len(original) + text[start + len(original) :]
    return text, found


def covered(text: str) -> str:
    """The text with three signs in the place of each private number; they are kept nowhere."""
    return _COVERED.sub(COVER * 3, cover(text)[0])


def kept_apart(found: Mapping[str, Found]) -> str:
    """What was found in several texts, by name, as one text to be sealed; empty when nothing was."""
    some = {name: places for name, places in found.items() if places}
    return json.dumps(some, ensure_ascii=False) if some else ""


def uncovered(text: str, name: str, kept: str) -> str:
    """The text as it was written, from `kept_apart`."""
    for start, original in json.loads(kept).get(name, ()) if kept else ():
        text = text[:start] + original + text[start + len(original) :]
    return text

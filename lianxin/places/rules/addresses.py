"""Addresses as people write them, and the lists of houses of a grid, read alike.

润城路1-20号, 润城路１号至２０号 and “润城路 单号1—19号” are ranges; 三栋, 3幢 and 3号楼 are one house.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

LONGEST = 120
#: What makes a longer word of a place's name: 前卫路 is no 前卫街道.
LONGER_WORDS = "路街巷道桥河湖山寺庙园坝弄场城镇乡村区市县"
UNITS = "号|栋|组|社|队"
_BETWEEN = re.compile(r"[\n,;、。]+")
_SPACE = re.compile(r"[\s·“”\"'()\[\]<>《》【】!！?？]+")
_DIGITS = "一二三四五六七八九"
_CHINESE = re.compile(
    rf"([{_DIGITS}十百零]+)(?=号|栋|幢|座|组|村民小组|居民小组|社(?!区)|队|单元|网格|期)"
)
_SAME = (
    (re.compile(r"(?<=[0-9A-Z])(?:号楼|幢|座)"), "栋"),
    (re.compile(r"(?:村民|居民)?小组"), "组"),
    (re.compile(rf"(?<=[0-9])(?:{UNITS})?(?:[-—–−~]+|至|到)(?=[0-9])"), "-"),
)
_HOUSES = re.compile(rf"^(?P<street>.*?)(?P<low>\d+)(?:-(?P<high>\d+))?(?P<unit>{UNITS})?$")
_ODD, _EVEN = "单号", "双号"


@dataclass(frozen=True, slots=True)
class Houses:
    """An entry of a list: a street or estate, and of it the houses from `low` to `high`.

    Without `unit` it is the whole of it; `step` 2 are the houses of one side of a street.
    """

    street: str
    unit: str = ""
    low: int = 0
    high: int = 0
    step: int = 1

    def fits(self, said: str) -> int:
        """How many characters of the address the entry explains; 0 where it is another place."""
        at = said.find(self.street)
        if at < 0:
            return 0
        if not self.unit:
            return len(self.street) if len(self.street) >= 2 else 0
        number = _number(said[at + len(self.street) :], self.unit, bare=bool(self.street))
        if number is None or not self.low <= number <= self.high:
            return 0
        same_side = (number - self.low) % self.step == 0
        return len(self.street) + len(str(number)) + 1 if same_side else 0

    def may_fit(self, said: str) -> int:
        """The same where the address leaves the number out, or says part of the name only."""
        if len(self.street) < 2 or not said:
            return 0
        if self.street in said:
            at = said.find(self.street) + len(self.street)
            return (
                len(self.street) if _number(said[at:], self.unit or "号", bare=True) is None else 0
            )
        return len(said) if len(said) >= 2 and said in self.street else 0


def joined(text: str) -> str:
    """An address without gaps, in half-width signs."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text[:LONGEST]))


def normal(text: str) -> str:
    """`joined`, with one way of writing houses and ranges."""
    text = _CHINESE.sub(lambda found: str(_figure(found[1])), joined(text).upper())
    for pattern, written in _SAME:
        text = pattern.sub(written, text)
    return text


@lru_cache(maxsize=4096)
def houses_of(addresses: str) -> tuple[Houses, ...]:
    """The entries of a grid's list; a number alone belongs to the street before it."""
    found: list[Houses] = []
    for piece in _BETWEEN.split(unicodedata.normalize("NFKC", addresses)):
        if entry := _entry(normal(piece)):
            found.append(_after(found, entry))
    return tuple(reversed(list(_with_units(found))))


def grid_number(text: str) -> tuple[str, str]:
    """The number of a grid named in a text, and the text without it: 官庄社区第3网格 → 3, 官庄社区."""
    match = re.search(r"第?(\d+)号?网格|网格第?(\d+)号?", text)
    if match is None:
        return "", text
    return (match[1] or match[2]), text[: match.start()] + text[match.end() :]


def _entry(piece: str) -> Houses | None:
    odd, even = _ODD in piece, _EVEN in piece
    piece = piece.replace(_ODD, "").replace(_EVEN, "")
    match = _HOUSES.match(piece)
    if match is None:
        return Houses(piece) if piece else None
    low, high = sorted((int(match["low"]), int(match["high"] or match["low"])))
    if (odd and low % 2 == 0) or (even and low % 2):
        low += 1
    return Houses(match["street"], match["unit"] or "?", low, high, 2 if odd or even else 1)


def _after(found: list[Houses], entry: Houses) -> Houses:
    """润城路1号、3号: the second is of the same street."""
    if entry.street or not entry.unit or not found or not found[-1].unit:
        return entry
    same = found[-1].unit in (entry.unit, "?") or entry.unit == "?"
    return replace(entry, street=found[-1].street) if same else entry


def _with_units(found: list[Houses]) -> Iterator[Houses]:
    """1、3、5栋: what is counted stands with the last; a number without any is a house (号)."""
    unit = "号"
    for entry in reversed(found):
        if entry.unit == "?":
            yield replace(entry, unit=unit)
        else:
            unit = entry.unit or "号"
            yield entry


def _number(text: str, unit: str, *, bare: bool) -> int | None:
    """The first number so counted; `bare`: also one right at the beginning that counts nothing."""
    match = re.search(rf"(?<![0-9A-Z])(\d{{1,6}}){unit}", text)
    if match is None and bare:
        match = re.match(r"(\d{1,6})(?![0-9栋号组社队])", text)
    return int(match[1]) if match else None


def _figure(written: str) -> int:
    """十八 → 18, 二十 → 20, 一百零三 → 103."""
    total, figure = 0, 0
    for sign in written:
        if sign in _DIGITS:
            figure = _DIGITS.index(sign) + 1
        elif sign == "十":
            total, figure = total + (figure or 1) * 10, 0
        elif sign == "百":
            total, figure = total + (figure or 1) * 100, 0
    return total + figure

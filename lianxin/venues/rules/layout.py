"""How cards share sheets of paper: how many to a sheet, in how many columns, in which size of type.

Lengths are units of a sheet of 297 × 420 (millimetres on A3, 1.41 of them on A2); on sheets of cards
they are millimetres of A4. Widths of texts are counted in Chinese signs. Pure arithmetic: the style
sheet sets type in the size found here, so what fits here fits there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log

#: Sizes of type there are classes for, in units, from large to small.
SIZES = tuple(tenths / 10 for tenths in range(130, 24, -2))
MOST_COLUMNS = 5
GAP = 4.0
#: What cells left over cost, against cards of an unhandsome shape.
_EMPTY_COSTS = 0.12
#: A name stands in this many times the size of the lines; a row takes 1.32 of it.
NAME, ROW = 2.1, 1.32
_PAIR_GAP = 1.2
#: Type is set by the browser, a little otherwise each time: so much of the room is used.
_SNUG = 0.95


@dataclass(frozen=True, slots=True)
class Field:
    """Where cards stand on a sheet, and the shape (width : height) one should have."""

    width: float
    height: float
    shape: float = 1.55
    code: float = 17.0

    def columns(self, count: int) -> int:
        """The number of columns whose cards come nearest to the wanted shape."""

        if not count:
            return 1

        def cost(columns: int) -> float:
            rows = ceil(count / columns)
            bent = abs(log((self.width / columns) / (self.height / rows) / self.shape))
            return bent + _EMPTY_COSTS * (columns * rows - count)

        return min(range(1, min(MOST_COLUMNS, count) + 1), key=cost)

    def card(self, count: int, columns: int) -> Box:
        """The text of one card, when so many stand in so many columns."""
        rows = max(ceil(count / columns), 1)
        width = (self.width - GAP * (columns - 1)) / columns
        height = (self.height - GAP * (rows - 1)) / rows
        pad = 0.052 * min(width, height)
        face = max(15.0, min(0.29 * width, (height - 2 * pad - self.code) * 0.75))
        return Box(width - face - 2 * pad - 0.042 * min(width, height), height - 2 * pad)


@dataclass(frozen=True, slots=True)
class Box:
    """Room for the text of a card."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Text:
    """What a card says, by width in signs: its name, its levels, its lines."""

    name: float
    levels: tuple[float, ...]
    lines: tuple[float, ...]

    def height(self, size: float, width: float) -> float:
        """How high it stands in a size of type and a width, both in units."""
        room = width / size
        name = min(self.name * NAME, room)
        levels = [level * 1.06 for level in self.levels]
        beside = name + sum(levels) + len(levels) * 0.8 <= room
        rows = packed(self.lines, room) + (0 if beside else packed(levels, room))
        return size * (NAME * 1.14 + 0.8 + rows * (ROW + 0.06))


def packed(widths: Sequence[float], room: float) -> int:
    """Rows that texts take one after the other; one that is too wide takes two, never more."""
    rows, left = 0, -1.0
    for width in widths:
        if width > room:
            rows, left = rows + 2, -1.0
        elif width <= left:
            left -= width + _PAIR_GAP
        else:
            rows, left = rows + 1, room - width - _PAIR_GAP
    return rows


def type_size(texts: Sequence[Text], box: Box) -> float:
    """The largest size in which every text fits into the box; the smallest when none does."""
    for size in SIZES:
        if all(text.height(size, box.width) <= box.height * _SNUG for text in texts):
            return size
    return SIZES[-1]


def width_of(text: str) -> float:
    """The width of a text in Chinese signs; other scripts take a good half."""
    return sum(1 if ord(sign) > 0x2E80 else 0.58 for sign in text)


def shares(count: int, first: int, further: int) -> list[int]:
    """How many cards go on each sheet: as few sheets as possible, filled alike.

    Where 12 fit on the first and 15 on further ones, 30 become 9, 11 and 10.
    """
    sheets = 1 if count <= first else 1 + ceil((count - first) / further)
    rooms = [first, *[further] * (sheets - 1)]
    sizes = [min(room, count * room // sum(rooms)) for room in rooms]
    place = 0
    while sum(sizes) < count:
        if sizes[place] < rooms[place]:
            sizes[place] += 1
        place = (place + 1) % sheets
    return sizes

"""Personal data in free text: what must not be published, and a first masked proposal."""

from __future__ import annotations

import re

from lianxin.kernel.private_numbers import PATTERNS

#: Exact homes: building, unit, room.
_HOME = re.compile(
    r"\d+\s*(?:栋|幢|号楼)\s*\d+\s*单元\s*\d+\s*(?:室|号)?|\d+\s*单元\s*\d+\s*(?:室|号)"
)


def personal(text: str) -> list[str]:
    """What looks personal in a text, in its order, each shortened so that it can be shown."""
    found = [m.group() for pattern in (*PATTERNS, _HOME) for m in pattern.finditer(text)]
    return [f"{one[:3]}…" for one in dict.fromkeys(found)]


def masked(text: str) -> str:
    """A proposal: numbers and exact homes replaced by ×. A person reads it before it goes out."""
    for pattern in (*PATTERNS, _HOME):
        text = pattern.sub(lambda m: "×" * min(len(m.group()), 6), text)
    return text

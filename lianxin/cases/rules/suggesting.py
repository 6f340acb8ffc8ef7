"""Which category a text belongs to, told by the words of the categories. A person decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol


class Sayable(Protocol):
    """What the suggestion reads of a category."""

    name: str
    words: Sequence[str]


def score(text: str, category: Sayable, above: Sayable | None = None) -> float:
    """Longer words say more; a word said twice says a little more; the group above helps."""
    found = sum(_weight(text, word) for word in category.words)
    return found + (
        0.3 * sum(_weight(text, word) for word in above.words) if above and found else 0
    )


def _weight(text: str, word: str) -> float:
    times = min(text.count(word), 3)
    return (len(word) ** 1.5) * (1 + 0.25 * (times - 1)) if times else 0.0


def best(
    text: str, pairs: Iterable[tuple[Sayable, Sayable | None]], *, most: int = 3
) -> list[Sayable]:
    """At most `most` categories, the likeliest first; none for a text without their words."""
    scored = [(score(text, child, above), child) for child, above in pairs]
    ranked = sorted((one for one in scored if one[0] > 0), key=lambda one: -one[0])
    top = ranked[0][0] if ranked else 0
    return [child for value, child in ranked[:most] if value >= 0.4 * top]

"""Divisions by name: search as one types, and exact readings of a path in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Length

from lianxin.places.models import Division
from lianxin.places.queries.divisions import within_q
from lianxin.places.rules import short_name, stem

BETWEEN = re.compile(r"[\s›>/\\,，、。·\-—]+")  # what people put between the names of a path
MAX_TEXT = 60
MAX_CANDIDATES = 400


def words(text: str) -> list[str]:
    """The names in a path as typed; long input is cut."""
    return [word for word in BETWEEN.split(text.strip()[:MAX_TEXT]) if word]


def search(text: str, *, within: str = "", limit: int = 20) -> list[Division]:
    """Divisions that a person may mean, best first; two queries at most.

    Each word must be in the path and the last one in the name itself; where nothing fits, the
    text is read as a path without gaps (西山区前卫街道).
    """
    parts = words(text)
    if not parts:
        return []
    *above, last = parts
    found = active(within).filter(name__contains=last)
    rows = [
        row for row in found.order_by(Length("code"), "code")[:MAX_CANDIDATES] if _fits(row, above)
    ]
    rows.sort(key=lambda row: (not _is_called(row, last), not row.name.startswith(last)))
    return rows[:limit] or resolve(text, within=within)[:limit]


def resolve(text: str, *, within: str = "") -> list[Division]:
    """Every division whose path can be read as exactly this text, however much of it is left out.

    西山区前卫街道, 昆明市 西山区 前卫街道 and 西山前卫 have one reading; 玉龙社区 has several.
    Readings by full or short names go before readings by stems. One query.
    """
    joined = "".join(words(text))
    if len(joined) < 2:
        return []
    candidates = (
        active(within)
        .annotate(said=Value(joined))
        .filter(said__contains=F("stem"))
        .order_by("code")
    )
    exact: list[Division] = []
    loose: list[Division] = []
    for row in candidates:
        if not _ends_with_name(joined, row):
            continue
        if _reads(joined, row.path_names, row, by_stem=False):
            exact.append(row)
        elif _reads(joined, row.path_names, row, by_stem=True):
            loose.append(row)
    return exact or loose


def resolve_many(texts: Iterable[str]) -> dict[str, list[Division]]:
    """What `resolve` says of each text, with one query for all: for tables of thousands of rows."""
    by_end: dict[str, list[Division]] = {}
    for row in active("").order_by("code"):
        for name in {row.name, row.short_name, row.stem}:
            by_end.setdefault(name, []).append(row)
    return {text: _read_by_end(text, by_end) for text in set(texts)}


def _read_by_end(text: str, by_end: dict[str, list[Division]]) -> list[Division]:
    joined = "".join(words(text))
    if len(joined) < 2:
        return []
    ends = (joined[start:] for start in range(len(joined)))
    rows = {row.code: row for end in ends for row in by_end.get(end, ()) if row.stem in joined}
    found = [row for _code, row in sorted(rows.items())]
    exact = [row for row in found if _reads(joined, row.path_names, row, by_stem=False)]
    return exact or [row for row in found if _reads(joined, row.path_names, row, by_stem=True)]


def reads(text: str, row: Division) -> bool:
    """Whether the text can be read as this division's path, short and partial forms included."""
    joined = "".join(words(text))
    return bool(joined) and _reads(joined, row.path_names, row, by_stem=True)


def active(within: str) -> QuerySet[Division]:
    """Divisions of the current list in a place."""
    return Division.objects.filter(Q(is_active=True), within_q(within, "code"))


def _fits(row: Division, above: list[str]) -> bool:
    path = "".join(row.path_names)
    return all(word in path for word in above)


def _is_called(row: Division, word: str) -> bool:
    return word in (row.name, row.short_name, row.stem)


def _ends_with_name(text: str, row: Division) -> bool:
    return text.endswith((row.name, row.short_name, row.stem))


def _reads(text: str, path: list[str], row: Division, *, by_stem: bool) -> bool:
    """Whether the text is names of the path in order, the last one being the division's own."""
    own = {row.name, row.short_name} | ({row.stem} if by_stem else set())
    heads = (text.removesuffix(name) for name in own if text.endswith(name))
    return any(is_path(head, path[:-1], by_stem=by_stem) for head in heads)


def is_path(text: str, names: list[str], *, by_stem: bool = True) -> bool:
    """Whether the text is some of the names in order, each in a form in which people say it."""
    if not text:
        return True
    if not names:
        return False
    return any(
        is_path(text.removeprefix(said), names[1:], by_stem=by_stem)
        for said in _said(names[0], by_stem=by_stem)
        if text.startswith(said)
    ) or is_path(text, names[1:], by_stem=by_stem)


@lru_cache(maxsize=4096)
def _said(name: str, *, by_stem: bool) -> tuple[str, ...]:
    called = [name, short_name(name)]
    if by_stem:
        called.append(stem(name))
    return tuple(dict.fromkeys(called))

"""Search in Chinese: the same tokens on both engines, found from one character on.

A text is kept beside its tokens: words, every pair of neighbouring characters and every
single character. FTS5's own trigrams would find nothing for one or two characters, and
most Chinese words have two.
"""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Iterator
from typing import TypeVar

from django.db.models import F, Model, QuerySet

from lianxin.kernel.db import CreateSearchIndex
from lianxin.kernel.tokens_match import TokensMatch

M = TypeVar("M", bound=Model)

LONGEST_TEXT = 20_000
LONGEST_QUERY = 200
LONGEST_WORD = 40
MOST_TERMS = 32

# Scripts written without spaces: Han, kana, Yi, hangul.
_HAN = "々〇\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua48c\uac00-\ud7af\uf900-\ufaff"
_HAN += "\U00020000-\U0003ffff"
_RUN = re.compile(f"([{_HAN}]+)|[^\\W_{_HAN}]+")
# Particles that say nothing when the query has anything else.
_EMPTY_WORDS = frozenset("的了吗呢吧啊呀哦嘛么是在我你他她它们和与及或把被就都也还又很这那之其于")


def cut(text: str) -> list[str]:
    """The words of a Chinese text, in order."""
    import rjieba  # Loads its dictionary for a quarter of a second, spared where nobody searches.

    words: list[str] = rjieba.cut(text)
    return words


def tokens(text: str) -> str:
    """The tokens of a text, each once, separated by spaces: what a `search_text` column holds."""
    found: dict[str, None] = {}
    for run, is_han in _runs(text[:LONGEST_TEXT]):
        if is_han:
            found.update(dict.fromkeys((*cut(run), *_pairs(run), *run)))
        else:
            found[run[:LONGEST_WORD]] = None
    return " ".join(found)


def terms(query: str) -> list[tuple[str, bool]]:
    """What a text must hold to be found: tokens, and whether a token is only a beginning.

    A query is cut into words, which may stand anywhere in the text; a word is looked for
    by its pairs of characters, so that it is found wherever the text was cut otherwise.
    """
    words: dict[tuple[str, bool], None] = {}
    particles: dict[tuple[str, bool], None] = {}
    for run, is_han in _runs(query[:LONGEST_QUERY]):
        if not is_han:
            words[run[:LONGEST_WORD], True] = None
            continue
        for word in cut(run):
            if len(word) == 1:
                (particles if word in _EMPTY_WORDS else words)[word, False] = None
            else:
                words.update({(pair, False): None for pair in _pairs(word)})
    return list(words or particles)[:MOST_TERMS]


def matching(
    queryset: QuerySet[M], query: str, *, field: str = "search_text", newest: int | None = None
) -> QuerySet[M]:
    """The rows whose text holds every word of the query; with `newest` those of the last so many
    rows of the table that hold it: a word that half of all rows have costs no more than a rare one.

    An empty query changes nothing; one without any letter, digit or character finds
    nothing. Never raises on what people type. The model needs CreateSearchIndex.
    """
    if not query.strip():
        return queryset
    wanted = terms(query)
    if not wanted:
        return queryset.none()
    key = "__".join([*field.split("__")[:-1], "pk"])
    return queryset.filter(TokensMatch(F(key), F(field), terms=tuple(wanted), newest=newest))


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    plain = unicodedata.normalize("NFKC", text).lower()
    for found in _RUN.finditer(plain):
        yield found.group(), found.group(1) is not None


def _pairs(run: str) -> Iterator[str]:
    return map(operator.add, run, run[1:])


__all__ = ["CreateSearchIndex", "cut", "matching", "terms", "tokens"]

"""Whether a text holds sensitive personal data (个人信息保护法 28): then consent is asked apart."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).resolve().parent.parent / "data" / "sensitive.json"


@lru_cache(maxsize=1)
def _any_word() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words())))


@lru_cache(maxsize=1)
def words() -> tuple[str, ...]:
    return tuple(json.loads(_FILE.read_text(encoding="utf-8"))["words"])


def looks_sensitive(text: str) -> bool:
    """A careful guess by words: asking once too often is better than once too seldom."""
    return _any_word().search(text) is not None

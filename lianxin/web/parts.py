"""The values a page hands to the components, typed.

A component's tag takes these, or any object or dict with the same names; nothing here
reads a database. Words are already translated, times are aware datetimes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Tone = Literal["neutral", "info", "good", "warn", "bad"]
TONES: tuple[Tone, ...] = ("neutral", "info", "good", "warn", "bad")


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One line of a custody card: a question, its answer, a quieter note."""

    question: str
    answer: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Custody:
    """Who has it, since when, what is owed until when, what comes next."""

    state: str
    tone: Tone = "neutral"
    due: str = ""
    facts: Sequence[Fact] = ()


@dataclass(frozen=True, kw_only=True)
class Link:
    label: str
    href: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Photo:
    src: str
    href: str
    alt: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """One act on a timeline; `at` is shown in Chinese form, `state` is done, now or next."""

    title: str
    text: str = ""
    quote: str = ""
    at: datetime | None = None
    note: str = ""
    state: Literal["done", "now", "next"] = "done"
    links: Sequence[Link] = ()
    photos: Sequence[Photo] = ()


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A figure with its basis beside it."""

    value: str | int
    label: str
    tone: Tone = "neutral"
    href: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Chip:
    """A filter (or a tab): a link with a count; `active` when it is the one in force."""

    label: str
    href: str
    count: int | str | None = None
    active: bool = False


@dataclass(frozen=True, kw_only=True)
class Bar:
    label: str
    value: int | float
    href: str = ""
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Key:
    """A keyboard hint: one or more key caps and what they do."""

    caps: Sequence[str]
    does: str

"""Where the pages of matters are: the app above offers them, the engine's notices lead there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Pages:
    """`of_matter` for its owner and the offices, `of_dispatch` for whoever holds it. Paths."""

    of_matter: Callable[[UUID], str]
    of_dispatch: Callable[[UUID], str]


_pages: dict[str, Pages] = {}


def offer(kind: str, pages: Pages) -> None:
    """Registers the pages of a kind of matter, in config/wiring.py."""
    _pages[kind] = pages


def matter_path(kind: str, matter_id: UUID) -> str:
    """The owner's page; empty where no app offered one."""
    return _pages[kind].of_matter(matter_id) if kind in _pages else ""


def dispatch_path(kind: str, dispatch_id: UUID) -> str:
    return _pages[kind].of_dispatch(dispatch_id) if kind in _pages else ""

"""Sums over so many rows that they cost the more the larger a place is: at most some seconds old.

For figures that a page shows with their moment. What an act hangs on is asked for at its own time;
what must never be stale is `kernel.reference`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from lianxin.kernel import scope
from lianxin.kernel.reference import memory

#: Answers that one function keeps; then it starts afresh.
MOST = 512


class Dated(Protocol):
    """What is kept says when it was so."""

    @property
    def at(self) -> datetime: ...


D = TypeVar("D", bound=Dated)


def lately(age: timedelta) -> Callable[[Callable[..., D]], Callable[..., D]]:
    """Decorates `function(*asked, at)`: an answer to the same question, of the same scope (row
    security), that is younger than `age` at `at` is given once more, by this process alone.

    It is shared between threads: whoever gets it must not change it.
    """

    def decorate(function: Callable[..., D]) -> Callable[..., D]:
        kept: dict[Any, D] = memory()

        @functools.wraps(function)
        def wrapper(*asked: Any, at: datetime) -> D:
            key = (scope.setting(), asked)
            found = kept.get(key)
            if found is None or not timedelta() <= at - found.at < age:
                if len(kept) >= MOST:
                    kept.clear()
                found = kept[key] = function(*asked, at=at)
            return found

        return wrapper

    return decorate

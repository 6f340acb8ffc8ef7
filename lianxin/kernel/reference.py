"""What changes seldom and is read by every filing, remembered in the process and never stale.

Triggers give a table a new stamp whenever anything in it changes, whoever writes, in the same
transaction (`kernel.db.StampChanges`). What was read under one stamp is right as long as the table
bears it. A stamp is chance, so that one of a transaction that was rolled back never comes again.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from django.db import connection
from django.db.models import Model

from lianxin.kernel import scope
from lianxin.kernel.rowsecurity import OwnDivision, Through, rule_of

P = ParamSpec("P")
R = TypeVar("R")
Stamps = dict[str, str]

#: Answers that one function keeps; then it starts afresh.
MOST = 2048

_kept: list[dict[Any, Any]] = []
_seen: ContextVar[Stamps | None] = ContextVar("seen", default=None)


def remembered(*models: type[Model]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keeps what a function reads from the tables of these models, per arguments.

    Each call asks for the stamps (one small query; see `one_look`). The answer is shared between
    threads: whoever gets it must not change it. For what everybody may see, as places, working
    days and clocks: it is read in the scope of everywhere.
    Raises TypeError where its rows are not read by all.
    """
    if any(isinstance(rule_of(model), OwnDivision | Through) for model in models):
        raise TypeError("Rows of single divisions are not remembered for all.")
    tables = tuple(model._meta.db_table for model in models)

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        kept: dict[Any, tuple[tuple[str, ...], R]] = {}
        _kept.append(kept)

        @functools.wraps(function)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            stamps = _stamps(tables)
            if not all(stamps):
                return function(*args, **kwargs)
            asked = (args, tuple(kwargs.items()))
            found = kept.get(asked)
            if found is not None and found[0] == stamps:
                return found[1]
            with scope.everywhere("who asks is no part of what is remembered"):
                answer = function(*args, **kwargs)
            if len(kept) >= MOST:
                kept.clear()
            kept[asked] = (stamps, answer)
            return answer

        return wrapper

    return decorate


def forget() -> None:
    """Empties the memory of this process. For tests that count queries."""
    for answers in _kept:
        answers.clear()


@contextmanager
def one_look() -> Iterator[None]:
    """Within it the stamps are read once: all that is remembered is as of that moment."""
    token = _seen.set(_read())
    try:
        yield
    finally:
        _seen.reset(token)


def _stamps(tables: tuple[str, ...]) -> tuple[str, ...]:
    seen = _seen.get()
    stamps = _read() if seen is None else seen
    return tuple(stamps.get(table, "") for table in tables)


def _read() -> Stamps:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, stamp FROM kernel_stamp")
        return dict(cursor.fetchall())

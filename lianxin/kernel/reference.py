"""What changes seldom and is read by every filing, remembered in the process and never stale.

Triggers give a table a new stamp whenever anything in it changes, whoever writes, in the same
transaction (`kernel.db.StampChanges`). What was read under one stamp is right as long as the table
bears it. A stamp is chance, so that one of a transaction that was rolled back never comes again.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from django.db import connection
from django.db.models import Model

from lianxin.kernel import scope
from lianxin.kernel.rowsecurity import OwnDivision, Through, rule_of

P = ParamSpec("P")
R = TypeVar("R")
Stamps = dict[str, str]
ByKey = Callable[[Iterable[str]], dict[str, R]]

#: Answers that one function keeps; then it starts afresh.
MOST = 2048
#: The same for answers of one key each, which are small: all divisions of a province.
MOST_EACH = 20_000

_kept: list[dict[Any, Any]] = []
#: The stamps of the look one is in; empty until they are read.
_seen: ContextVar[Stamps | None] = ContextVar("seen", default=None)


def remembered(*models: type[Model]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keeps what a function reads from the tables of these models, per arguments.

    Each call asks for the stamps (one small query; see `one_look`). The answer is shared between
    threads: whoever gets it must not change it. For what everybody may see, as places, working
    days and clocks: it is read in the scope of everywhere.
    Raises TypeError where its rows are not read by all.
    """
    tables = _tables(models)

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        kept: dict[Any, tuple[tuple[str, ...], R]] = memory()

        @functools.wraps(function)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            stamps = _stamps(tables)
            if not all(stamps):
                return function(*args, **kwargs)
            asked = (args, tuple(kwargs.items()))
            found = kept.get(asked)
            if found is not None and found[0] == stamps:
                return found[1]
            with _asked_by_nobody():
                answer = function(*args, **kwargs)
            if len(kept) >= MOST:
                kept.clear()
            kept[asked] = (stamps, answer)
            return answer

        return wrapper

    return decorate


def remembered_each(*models: type[Model]) -> Callable[[ByKey[R]], ByKey[R]]:
    """The same for a function that finds something for each of many keys: it is asked for those
    that are not known yet, and not at all where all are. What it leaves out it is asked for again.
    """
    tables = _tables(models)

    def decorate(function: ByKey[R]) -> ByKey[R]:
        kept: dict[str, tuple[tuple[str, ...], R]] = memory()

        @functools.wraps(function)
        def wrapper(keys: Iterable[str]) -> dict[str, R]:
            wanted = {key for key in keys if key}
            stamps = _stamps(tables) if wanted else ()
            if not all(stamps):
                return function(wanted)
            known = {key: kept.get(key, ((), None)) for key in wanted}
            found: dict[str, Any] = {k: one for k, (under, one) in known.items() if under == stamps}
            missing = wanted - found.keys()
            if missing:
                with _asked_by_nobody():
                    answers = function(missing)
                if len(kept) + len(answers) > MOST_EACH:
                    kept.clear()
                kept.update({key: (stamps, one) for key, one in answers.items()})
                found |= answers
            return found

        return wrapper

    return decorate


def memory() -> dict[Any, Any]:
    """A place for answers in this process, which `forget` empties with all others."""
    kept: dict[Any, Any] = {}
    _kept.append(kept)
    return kept


def forget() -> None:
    """Empties the memory of this process. For tests that count queries."""
    for answers in _kept:
        answers.clear()


@contextmanager
def one_look(*, later: bool = False) -> Iterator[None]:
    """Within it the stamps are read once: all that is remembered is as of that moment.

    They are read at once, or `later`: when something remembered is first asked for.
    """
    token = _seen.set({} if later else _read())
    try:
        yield
    finally:
        _seen.reset(token)


def _asked_by_nobody() -> AbstractContextManager[None]:
    return scope.everywhere("who asks is no part of what is remembered")


def _tables(models: Iterable[type[Model]]) -> tuple[str, ...]:
    if any(isinstance(rule_of(model), OwnDivision | Through) for model in models):
        raise TypeError("Rows of single divisions are not remembered for all.")
    return tuple(model._meta.db_table for model in models)


def _stamps(tables: tuple[str, ...]) -> tuple[str, ...]:
    seen = _seen.get()
    if seen is None:
        seen = _read()
    elif not seen:
        seen.update(_read())
    return tuple(seen.get(table, "") for table in tables)


def _read() -> Stamps:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, stamp FROM kernel_stamp")
        return dict(cursor.fetchall())

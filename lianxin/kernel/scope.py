"""Whose rows may be read and written by what runs now: the divisions that PostgreSQL holds it to.

Nothing is opened by default: what nobody gave a scope finds no rows and can write none. A request
gets its scope in `config/middleware.py`, a command in `manage.py`. The database backend
(`kernel/postgres`) puts it in front of the statements, the policies (`kernel/rowsecurity.py`)
read it there. SQLite knows no row level security: there the scope is kept, and nobody looks at it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

#: Every row of every division.
EVERYWHERE = "*"
#: No row at all.
NOWHERE = ""
#: After a code: the rows of this very division. Alone: rows that belong to no division (yet).
_END = "."

_scope: ContextVar[str | None] = ContextVar("scope", default=None)
_process: list[str] = [NOWHERE]


def setting() -> str:
    """The scope as PostgreSQL gets it: `*`, or beginnings of codes, separated by commas."""
    found = _scope.get()
    return _process[0] if found is None else found


def of(divisions: Iterable[str], *, exactly: Iterable[str] = ()) -> str:
    """The scope of these divisions with all below them, and of `exactly` those alone.

    Rows without a division belong to every scope but the empty one. Raises ValueError where
    something is no code.
    """
    wanted, alone = sorted(set(divisions)), sorted(set(exactly))
    for code in (*wanted, *alone):
        if code and not (code.isascii() and code.isdecimal()):
            raise ValueError(f"{code!r} is not the code of a division.")
    if "" in wanted:
        return EVERYWHERE
    return ",".join((_END, *wanted, *(code + _END for code in alone if code)))


@contextmanager
def everywhere(reason: str) -> Iterator[None]:
    """All rows. `reason` says to the reader why this is not too much."""
    with _within(EVERYWHERE):
        yield


@contextmanager
def within(divisions: Iterable[str], *, exactly: Iterable[str] = ()) -> Iterator[None]:
    """The rows of these divisions and below, and of `exactly` those alone: see `of`."""
    with _within(of(divisions, exactly=exactly)):
        yield


@contextmanager
def nowhere() -> Iterator[None]:
    """No row; and in autocommit the statement is sent as it is (VACUUM bears no company)."""
    with _within(NOWHERE):
        yield


def settle(found: str) -> None:
    """Changes the scope for the rest of the innermost `with`: who acts was found meanwhile."""
    _scope.set(found)


def open_for_process(reason: str) -> None:
    """All rows for whatever this process does in any thread, requests excepted.

    For commands: workers, the scheduler, migrations. A web process never calls it.
    """
    _process[0] = EVERYWHERE


@contextmanager
def _within(value: str) -> Iterator[None]:
    token = _scope.set(value)
    try:
        yield
    finally:
        _scope.reset(token)

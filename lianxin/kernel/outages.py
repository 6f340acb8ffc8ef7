"""What is not the caller's fault and passes: the database is away, full, broken or too busy.

Every error of the database's driver and of the file system that means so becomes one of four
answers with status 503. All of them are said after a roll-back: nothing was promised.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator

from django.db import Error, InterfaceError, OperationalError, connection
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.refused import Refused

# PostgreSQL's SQLSTATEs, whole or by class (appendix A of its manual).
# Gone, going, coming; a standby by now; ended while idle; not made yet; lets nobody in.
AWAY_STATES = ("08", "57P", "25006", "25P03", "3D000", "28")
FULL_STATES = ("53100",)
BUSY_STATES = ("53", "55P03", "57014", "40")  # no connection or memory left, waited too long
BROKEN_STATES = ("58", "XX001", "XX002")
FULL_ERRNO = frozenset({errno.ENOSPC, errno.EDQUOT})
BROKEN_ERRNO = frozenset({errno.EIO, errno.EROFS, errno.ENODEV, errno.ENOTCONN, errno.ESTALE})


class Unavailable(Refused):
    """Not now, through no fault of the asker; `retry_after` says in how many seconds again."""

    message = _("This service is interrupted for a moment.")
    code = "unavailable"
    status = 503
    hint = _("Nothing was confirmed that was not kept. Please try again in a moment.")
    retry_after = 10


class DatabaseAway(Unavailable):
    message = _("Our records cannot be reached at this moment.")
    code = "database_away"


class DatabaseBusy(Unavailable):
    message = _("Very many people are using this service at this moment.")
    code = "database_busy"
    retry_after = 5


class DiskFull(Unavailable):
    message = _("There is no room for anything new at this moment. Reading goes on.")
    code = "disk_full"
    retry_after = 60


class DiskBroken(Unavailable):
    """Reading or forcing to disk failed: whether it was kept is not known, so it counts as not."""

    message = _("Our records cannot be written at this moment.")
    code = "disk_broken"
    retry_after = 60


# The primary result codes of SQLite (the low byte of an extended one).
SQLITE_CODES = {
    5: DatabaseBusy,  # BUSY
    6: DatabaseBusy,  # LOCKED
    7: DatabaseBusy,  # NOMEM
    8: DiskBroken,  # READONLY
    10: DiskBroken,  # IOERR
    11: DiskBroken,  # CORRUPT
    13: DiskFull,  # FULL
    14: DatabaseAway,  # CANTOPEN
    26: DiskBroken,  # NOTADB
}


def outage(error: BaseException | None) -> Unavailable | None:
    """The answer to an error that means an outage, whatever it was wrapped in; None for others."""
    for one in _chain(error):
        found = _of_driver(one) if isinstance(one, Error) else _of_files(one)
        if found:
            return found()
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _of_files(error: BaseException) -> type[Unavailable] | None:
    number = error.errno if isinstance(error, OSError) else None
    if number in FULL_ERRNO:
        return DiskFull
    return DiskBroken if number in BROKEN_ERRNO else None


def _of_driver(error: Error) -> type[Unavailable] | None:
    cause = error.__cause__
    if (number := getattr(cause, "sqlite_errorcode", None)) is not None:
        return SQLITE_CODES.get(number & 0xFF)
    if cause is not None and hasattr(cause, "sqlstate"):
        return _of_postgresql(error, cause.sqlstate)
    # Django's own: its connection was closed under it.
    return DatabaseAway if isinstance(error, InterfaceError) else None


def _of_postgresql(error: Error, state: str | None) -> type[Unavailable] | None:
    if state is None:
        # The driver itself found the connection refused, broken or silent; or it was asked for
        # something else meanwhile, and the connection is gone.
        gone = getattr(connection.connection, "closed", False)
        lost = isinstance(error, (OperationalError, InterfaceError)) or gone
        return DatabaseAway if lost else None
    if state in FULL_STATES:
        return DiskFull
    for states, found in (
        (BUSY_STATES, DatabaseBusy),
        (AWAY_STATES, DatabaseAway),
        (BROKEN_STATES, DiskBroken),
    ):
        if state.startswith(states):
            return found
    return None


def is_lost(error: BaseException) -> bool:
    """Whether the connection ended under the transaction: another one may carry it at once."""
    return isinstance(error, Error) and _of_driver(error) is DatabaseAway

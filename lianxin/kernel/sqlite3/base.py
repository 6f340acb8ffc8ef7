"""Writers of SQLite wait in line for each other instead of knocking again and again.

SQLite lets one transaction write at a time. Its own way of waiting is to sleep and to try again,
ever longer: with several writers some come last for half a second while nobody writes. Here whoever
begins a transaction first takes the turn, a lock between threads and a lock on a file between
processes. Both are given up with the transaction, and with the process, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections import defaultdict
from typing import Any

from django.db.backends.sqlite3 import base

from lianxin.kernel.sqlite3.schema import DatabaseSchemaEditor

#: Seconds between two looks at the other processes' lock; only the first of a process looks.
GLANCE = 0.0005

_lines: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


class Turn:
    """The right to write into one database file. Not to be had within `patience` seconds: go on
    without, and let SQLite itself say that the database is locked."""

    def __init__(self, path: str, patience: float) -> None:
        self.path, self.patience = path, patience
        self._line = _lines[path]
        self._file: int | None = None
        self._held = False

    def take(self) -> None:
        if self._held:
            return
        end = time.monotonic() + self.patience
        if not self._line.acquire(timeout=self.patience):
            return
        try:
            self._held = self._lock_file(end)
        finally:
            if not self._held:
                self._line.release()

    def _lock_file(self, end: float) -> bool:
        """Before the other processes; False when the patience is over."""
        if self._file is None:
            self._file = os.open(f"{self.path}-turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= end:
                    return False
                time.sleep(GLANCE)
            else:
                return True

    def give_up(self) -> None:
        if self._held and self._file is not None:
            self._held = False
            fcntl.flock(self._file, fcntl.LOCK_UN)
            self._line.release()

    def close(self) -> None:
        self.give_up()
        if self._file is not None:
            os.close(self._file)
            self._file = None


_Wrapper: Any = base.DatabaseWrapper  # Its types leave out what it overrides here.


class DatabaseWrapper(_Wrapper):
    """Django's, with a turn for each transaction."""

    SchemaEditorClass = DatabaseSchemaEditor
    _turn: Turn | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        path = str(conn_params["database"])
        if not path.startswith((":memory:", "file:")):
            self._turn = Turn(path, float(conn_params.get("timeout", 5)))
        return super().get_new_connection(conn_params)

    def _start_transaction_under_autocommit(self) -> None:
        if self._turn is not None:
            self._turn.take()
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._over()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()
        finally:
            self._over()

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._over()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            if self._turn is not None:
                self._turn.close()

    def _over(self) -> None:
        # A commit that failed leaves its transaction open: the turn stays until it is rolled back.
        if self._turn is not None and not (self.connection and self.connection.in_transaction):
            self._turn.give_up()

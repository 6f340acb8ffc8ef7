"""The scope of what runs now (kernel/scope.py), in front of the statements it is for.

`SET LOCAL lianxin.scope` rides in the message of the first statement of a transaction, and of the
first one after the scope changed; outside a transaction in the message of each statement, which
PostgreSQL runs as one transaction. So it costs no round trip, ends with the transaction, and no
pooled connection carries it to the next client: PgBouncer may hand on connections between
transactions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from django.db.utils import NotSupportedError
from psycopg import sql
from psycopg.pq import TransactionStatus

from lianxin.kernel import scope
from lianxin.kernel.postgres.schema import DatabaseSchemaEditor

SET = "SET LOCAL lianxin.scope = '{}'; "


_Cursor: Any = base.Cursor  # The types of Django's own say nothing of psycopg's.
_Wrapper: Any = base.DatabaseWrapper


class Cursor(_Cursor):
    """What is known of the scope sits on psycopg's connection, which all cursors share."""

    def execute(self, query: Any, params: Any = None, **kwargs: Any) -> Any:
        wanted = self._wanted()
        if wanted is None:
            return super().execute(query, params, **kwargs)
        prefix = _set(wanted)
        super().execute(_after(prefix, query), params, **kwargs)
        self.connection.lianxin_scope = wanted
        self.nextset()
        # Whoever asks what was executed (logs, counted queries) is told the statement alone.
        self._query.query = self._query.query[len(prefix) :]
        return self

    def executemany(self, query: Any, params_seq: Iterable[Any], **kwargs: Any) -> None:
        if self.connection.autocommit and self._wanted() is not None:
            count = 0
            for params in params_seq:
                count += self.execute(query, params).rowcount
            self._rowcount = count
            return
        self._set_first()
        super().executemany(query, params_seq, **kwargs)

    def stream(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        self._set_first()
        return super().stream(*args, **kwargs)

    @contextmanager
    def copy(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        self._set_first()
        with super().copy(*args, **kwargs) as copy:
            yield copy

    def _set_first(self) -> None:
        """The scope in a message of its own, for what cannot share one. Inside a transaction only."""
        wanted = self._wanted()
        if wanted is None:
            return
        if self.connection.autocommit:
            raise NotSupportedError("COPY and streams need a transaction: the scope ends with it.")
        super().execute(_set(wanted))
        self.connection.lianxin_scope = wanted

    def _wanted(self) -> str | None:
        """The scope that has to be set with the next statement; None: it is set, or cannot be."""
        wanted = scope.setting()
        status = self.connection.pgconn.transaction_status
        if status == TransactionStatus.IDLE:
            self.connection.lianxin_scope = scope.NOWHERE  # What the next transaction begins with.
        elif status != TransactionStatus.INTRANS:
            return None  # Only a rollback is heard now.
        return None if wanted == self.connection.lianxin_scope else wanted


def _set(wanted: str) -> str:
    # scope.of lets digits, points and commas through, nothing else.
    return SET.format(wanted)


def _after(prefix: str, query: Any) -> Any:
    if isinstance(query, bytes):
        return prefix.encode() + query
    if isinstance(query, sql.Composable):
        return sql.SQL(prefix) + query
    return prefix + query


class DatabaseWrapper(_Wrapper):
    SchemaEditorClass = DatabaseSchemaEditor

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        # Creating a database bears no company in its message.
        if self.alias != NO_DB_ALIAS:
            params["cursor_factory"] = Cursor
        return params

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)
        # A scope set since the savepoint went with it.
        self.connection.lianxin_scope = None

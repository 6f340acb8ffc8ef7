"""The one place that knows which database it talks to."""

# Names of tables and columns come from models, tokens are letters and digits.
# ruff: noqa: S608

from __future__ import annotations

import functools
import inspect
import random
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.db import Error, OperationalError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from lianxin.kernel import outages
from lianxin.kernel.tokens_match import search_name, vector_name

P = ParamSpec("P")
R = TypeVar("R")

# Serialisation failure, deadlock.
RETRIED_CODES = frozenset({"40001", "40P01"})


def is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def is_conflict(error: BaseException) -> bool:
    """Whether the same transaction may well succeed when it is tried again."""
    if getattr(error.__cause__, "sqlstate", None) in RETRIED_CODES:
        return True
    return isinstance(error, OperationalError) and "database is locked" in str(error)


def _may_try_again(error: Error) -> bool:
    """A conflict, or a connection lost before the commit was sent.

    Lost while committing, the transaction may be stored: only the sender can find out, by
    sending it again under its key.
    """
    committing = inspect.unwrap(BaseDatabaseWrapper.commit).__code__
    frames = (frame for frame, _line in traceback.walk_tb(error.__traceback__))
    return is_conflict(error) or (
        outages.is_lost(error) and all(frame.f_code is not committing for frame in frames)
    )


def refresh_statistics(at: datetime | None = None) -> None:
    """Tells the database how many rows there are of what, so that it picks the right index.

    PostgreSQL looks by itself. SQLite takes a sample of every index; without one it reads all
    that ever was to find what is open. Connections heed it once they are opened anew.
    """
    if is_sqlite():
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 400")
            cursor.execute("ANALYZE")


def retry_on_conflict(function: Callable[P, R]) -> Callable[P, R]:
    """Tries a whole transaction again, up to five times, after a deadlock, a serialisation
    failure, a lock time-out, or when the connection was lost before the commit.

    Goes outside `@transaction.atomic`. Inside a transaction that is already open it does
    nothing: only the outermost one can be tried again.
    """

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        attempt = 1
        while True:
            try:
                return function(*args, **kwargs)
            except Error as error:
                inside = transaction.get_connection().in_atomic_block
                if inside or attempt == 5 or not _may_try_again(error):
                    raise
            if not connection.is_usable():
                connection.close()
            time.sleep(0.02 * 2**attempt * (0.5 + random.random()))  # noqa: S311  (spreads, hides nothing)
            attempt += 1

    return wrapper


class SchemaExtra(Operation):
    """Something in the schema that Django has no word for. Both engines, reversible."""

    reversible = True
    elidable = False

    def __init__(self, model: str) -> None:
        self.model = model

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model)
        for sql in self.statements(model, schema_editor.connection.vendor):
            schema_editor.execute(sql, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        model = from_state.apps.get_model(app_label, self.model)
        for sql in self.undoing(model, schema_editor.connection.vendor):
            schema_editor.execute(sql, params=None)

    def statements(self, model: Any, vendor: str) -> list[str]:
        """What makes it, and may be run again."""
        raise NotImplementedError

    def undoing(self, model: Any, vendor: str) -> list[str]:
        raise NotImplementedError


class CreateSearchIndex(SchemaExtra):
    """Migration operation: a full-text index over a column of `search.tokens`, kept by triggers.

    SQLite: an FTS5 table with triggers. PostgreSQL: a generated tsvector column with GIN.
    """

    def __init__(self, model: str, field: str = "search_text") -> None:
        super().__init__(model)
        self.field = field

    def describe(self) -> str:
        return f"Create search index on {self.field} of {self.model}"

    def statements(self, model: Any, vendor: str) -> list[str]:
        table, column = model._meta.db_table, model._meta.get_field(self.field).column
        name, key = search_name(table, column), model._meta.pk.column
        if vendor != "sqlite":
            # Stored, because making it anew for every row of a common word takes seconds. The
            # tokens go in as they are: to_tsvector would parse them once more, and differently.
            vector = f"array_to_tsvector(array_remove(string_to_array(\"{column}\", ' '), ''))"
            return [
                f'ALTER TABLE "{table}" ADD COLUMN IF NOT EXISTS "{vector_name(column)}" tsvector '
                f"GENERATED ALWAYS AS ({vector}) STORED",
                f'CREATE INDEX IF NOT EXISTS "{name}" ON "{table}" '
                f'USING gin ("{vector_name(column)}")',
            ]
        fts, ids = f'"{name}_fts"', f'"{name}_ids"'
        docid = f'(SELECT docid FROM {ids} WHERE id = old."{key}")'
        # Rows have no stable rowid of their own (VACUUM renumbers them), hence the table of ids.
        return [
            f"CREATE TABLE IF NOT EXISTS {ids} (docid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE)",
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {fts} USING fts5("
            "tokens, content='', contentless_delete=1, tokenize='ascii', detail='none')",
            f'CREATE TRIGGER IF NOT EXISTS "{name}_ai" AFTER INSERT ON "{table}" BEGIN '
            f'INSERT INTO {ids} (id) VALUES (new."{key}"); '
            f'INSERT INTO {fts} (rowid, tokens) SELECT docid, new."{column}" FROM {ids} '
            f'WHERE id = new."{key}"; END',
            f'CREATE TRIGGER IF NOT EXISTS "{name}_au" AFTER UPDATE OF "{column}" ON "{table}" '
            f'WHEN old."{column}" IS NOT new."{column}" BEGIN '
            f"DELETE FROM {fts} WHERE rowid = {docid}; "
            f'INSERT INTO {fts} (rowid, tokens) VALUES ({docid}, new."{column}"); END',
            f'CREATE TRIGGER IF NOT EXISTS "{name}_ad" AFTER DELETE ON "{table}" BEGIN '
            f"DELETE FROM {fts} WHERE rowid = {docid}; "
            f'DELETE FROM {ids} WHERE id = old."{key}"; END',
            f"DELETE FROM {fts}",
            f"DELETE FROM {ids}",
            f'INSERT INTO {ids} (id) SELECT "{key}" FROM "{table}" ORDER BY "{key}"',
            # In the order of its numbers, which CROSS JOIN keeps: FTS5 begins a new segment with
            # each number that is smaller than the last, and a million of them it merges for hours.
            f'INSERT INTO {fts} (rowid, tokens) SELECT i.docid, t."{column}" '
            f'FROM {ids} i CROSS JOIN "{table}" t ON t."{key}" = i.id ORDER BY i.docid',
        ]

    def undoing(self, model: Any, vendor: str) -> list[str]:
        table, column = model._meta.db_table, model._meta.get_field(self.field).column
        name = search_name(table, column)
        if vendor != "sqlite":
            return [f'ALTER TABLE "{table}" DROP COLUMN IF EXISTS "{vector_name(column)}"']
        triggers = [f'DROP TRIGGER IF EXISTS "{name}_{kind}"' for kind in ("ai", "au", "ad")]
        return [
            *triggers,
            f'DROP TABLE IF EXISTS "{name}_fts"',
            f'DROP TABLE IF EXISTS "{name}_ids"',
        ]


class MakeAppendOnly(SchemaExtra):
    """Migration operation: the database itself refuses to change or delete the model's rows.

    One column `may_empty`: what a resident said there can be forgotten, and nothing put in its place.
    """

    def __init__(self, model: str, may_empty: str = "") -> None:
        super().__init__(model)
        self.may_empty = may_empty

    def describe(self) -> str:
        return f"Let {self.model} only be appended to"

    def statements(self, model: Any, vendor: str) -> list[str]:
        table = model._meta.db_table
        if vendor == "sqlite":
            refusal = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            when = self._unless_emptied(model, "IS NOT")
            return [
                f'DROP TRIGGER IF EXISTS "{table}_no_update"',
                f'CREATE TRIGGER "{table}_no_update" BEFORE UPDATE ON "{table}" {when}{refusal}',
                f'CREATE TRIGGER IF NOT EXISTS "{table}_no_delete" BEFORE DELETE ON "{table}" {refusal}',
            ]
        refusal = "FOR EACH ROW {}EXECUTE FUNCTION kernel_append_only()"
        when = self._unless_emptied(model, "IS DISTINCT FROM")
        return [
            "CREATE OR REPLACE FUNCTION kernel_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$",
            f'CREATE OR REPLACE TRIGGER "{table}_append_only" BEFORE DELETE '
            f'ON "{table}" {refusal.format("")}',
            f'CREATE OR REPLACE TRIGGER "{table}_no_update" BEFORE UPDATE '
            f'ON "{table}" {refusal.format(when)}',
        ]

    def _unless_emptied(self, model: Any, differs: str) -> str:
        if not self.may_empty:
            return ""
        kept = [f.column for f in model._meta.concrete_fields if f.column != self.may_empty]
        filled = f"NEW.\"{self.may_empty}\" <> ''"
        changed = (f'NEW."{column}" {differs} OLD."{column}"' for column in kept)
        return f"WHEN ({' OR '.join((filled, *changed))}) "

    def undoing(self, model: Any, vendor: str) -> list[str]:
        table = model._meta.db_table
        names = ("no_update", "no_delete") if vendor == "sqlite" else ("no_update", "append_only")
        place = "" if vendor == "sqlite" else f' ON "{table}"'
        return [f'DROP TRIGGER IF EXISTS "{table}_{name}"{place}' for name in names]


class StampChanges(SchemaExtra):
    """Migration operation: a new stamp for the model's table with every change of its rows.

    See kernel/reference.py. `kernel_stamp` belongs to no model: a copy or a flush leaves it alone.
    """

    def describe(self) -> str:
        return f"Stamp changes of {self.model}"

    def statements(self, model: Any, vendor: str) -> list[str]:
        table = model._meta.db_table
        stamps = (
            "CREATE TABLE IF NOT EXISTS kernel_stamp "
            "(name varchar(63) PRIMARY KEY, stamp varchar(36) NOT NULL)"
        )
        stamp = "hex(randomblob(8))" if vendor == "sqlite" else "gen_random_uuid()::text"
        name = f"'{table}'" if vendor == "sqlite" else "TG_TABLE_NAME"
        mark = (
            f"INSERT INTO kernel_stamp (name, stamp) VALUES ({name}, {stamp}) "
            "ON CONFLICT (name) DO UPDATE SET stamp = excluded.stamp;"
        )
        if vendor == "sqlite":
            return [
                stamps,
                *(
                    f'CREATE TRIGGER IF NOT EXISTS "{table}_stamp_{verb.lower()}" AFTER {verb} '
                    f'ON "{table}" BEGIN {mark} END'
                    for verb in ("INSERT", "UPDATE", "DELETE")
                ),
                mark,
            ]
        return [
            stamps,
            "CREATE OR REPLACE FUNCTION kernel_new_stamp() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {mark} RETURN NULL; END $$",
            f'CREATE OR REPLACE TRIGGER "{table}_stamp" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE '
            f'ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION kernel_new_stamp()',
            mark.replace(name, f"'{table}'"),
        ]

    def undoing(self, model: Any, vendor: str) -> list[str]:
        table = model._meta.db_table
        if vendor != "sqlite":
            return [f'DROP TRIGGER IF EXISTS "{table}_stamp" ON "{table}"']
        verbs = ("insert", "update", "delete")
        return [f'DROP TRIGGER IF EXISTS "{table}_stamp_{verb}"' for verb in verbs]


def restore_extras(app_label: str) -> None:
    """Puts back what SQLite lost: Django changes a table by copying it, without its triggers."""
    if not is_sqlite():
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        present = {row[0] for row in cursor.fetchall()}
        for operation, model in _extras(app_label):
            statements = operation.statements(model, "sqlite")
            names = [sql.split('"')[1] for sql in statements if sql.startswith("CREATE TRIGGER")]
            if not present.issuperset(names):
                for sql in statements:
                    cursor.execute(sql)


@contextmanager
def append_only_lifted() -> Iterator[None]:
    """Lets append-only tables be emptied, by `flush` alone; in one transaction."""
    labels = [config.label for config in apps.get_app_configs()]
    found = [
        one for label in labels for one in _extras(label) if isinstance(one[0], MakeAppendOnly)
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        for operation, model in found:
            for sql in operation.undoing(model, connection.vendor):
                cursor.execute(sql)
        yield
        for operation, model in found:
            for sql in operation.statements(model, connection.vendor):
                cursor.execute(sql)


def append_only_tables(app_label: str) -> dict[str, str]:
    """Tables of the app whose rows are never changed nor deleted; the column that may be emptied."""
    return {
        model._meta.db_table: operation.may_empty
        for operation, model in _extras(app_label)
        if isinstance(operation, MakeAppendOnly)
    }


def _extras(app_label: str) -> list[tuple[SchemaExtra, Any]]:
    """The extras that the app's applied migrations ask for, with their models of today."""
    tables = set(connection.introspection.table_names())
    found = []
    for operation in _operations().get(app_label, ()):
        model = apps.get_app_config(app_label).models.get(operation.model.lower())
        if model is not None and model._meta.db_table in tables:
            found.append((operation, model))
    return found


@functools.cache
def _operations() -> dict[str, list[SchemaExtra]]:
    found: dict[str, list[SchemaExtra]] = {}
    loader = MigrationLoader(None, ignore_no_migrations=True)
    for (label, _name), migration in sorted(loader.disk_migrations.items()):
        found.setdefault(label, []).extend(
            o for o in migration.operations if isinstance(o, SchemaExtra)
        )
    return found

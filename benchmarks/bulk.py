"""Rows past the ORM: COPY on PostgreSQL, executemany on SQLite; indexes and triggers come afterwards.

A row is a mapping of attribute names to plain values; keys are 32 hex digits. What a row leaves out
has the field's default.
"""

# Names of tables and columns come from models.

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import Model

Row = Mapping[str, Any]
#: Rows of one table, ready to be sent.
Packed = list[tuple[Any, ...]] | bytes
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Table:
    """How rows of a model are packed for the engine, and written."""

    def __init__(self, model: type[Model]) -> None:
        self.name = model._meta.db_table
        fields = model._meta.local_concrete_fields
        kinds = [field.get_internal_type() for field in fields]
        self.fields = [
            (
                field.attname,
                _default(field),
                _FOR_SQLITE.get(kind, _plain),
                _FOR_COPY.get(kind, _shown),
            )
            for field, kind in zip(fields, kinds, strict=True)
        ]
        self.columns = ", ".join(f'"{field.column}"' for field in fields)
        self.marks = ", ".join(["?"] * len(fields))

    def pack(self, rows: Sequence[Row]) -> Packed:
        if connection.vendor == "sqlite":
            return [tuple(kept(row.get(n, d)) for n, d, kept, _ in self.fields) for row in rows]
        lines = ("\t".join(sent(row.get(n, d)) for n, d, _, sent in self.fields) for row in rows)
        return ("\n".join(lines) + "\n").encode() if rows else b""

    def write(self, packed: Packed, *, into: str = "") -> None:
        """In one statement, on the engine's own connection; the caller commits."""
        if not packed:
            return
        table = f'"{into or self.name}"'
        with connection.cursor() as cursor:
            if isinstance(packed, bytes):
                sql = f"COPY {table} ({self.columns}) FROM STDIN"
                with cursor.cursor.copy(sql) as copy:
                    copy.write(packed)
            else:
                sql = f"INSERT INTO {table} ({self.columns}) VALUES ({self.marks})"
                connection.connection.cursor().executemany(sql, packed)


def raw_rate(tables: Sequence[tuple[Table, Packed, int]]) -> float:
    """Rows a second of the same rows into bare tables without index, trigger or constraint."""
    rows, seconds = 0, 0.0
    for table, packed, count in tables:
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE TABLE bench_raw AS SELECT * FROM "{table.name}" LIMIT 0')
            began = time.perf_counter()
            table.write(packed, into="bench_raw")
            seconds += time.perf_counter() - began
            rows += count
            cursor.execute("DROP TABLE bench_raw")
    return rows / seconds


@contextmanager
def bare(models: Sequence[type[Model]]) -> Iterator[None]:
    """Without indexes, triggers and row level security of these tables; all of it is put back.

    SQLite does not force anything to the disk meanwhile: a load that breaks off is begun anew.
    """
    names = [model._meta.db_table for model in models]
    undone = _bare_sqlite(names) if connection.vendor == "sqlite" else _bare_postgres(names)
    with unforced(names):
        yield
        undone()
    if connection.vendor == "sqlite":
        from lianxin.kernel.db import restore_extras

        for label in {model._meta.app_label for model in models}:
            restore_extras(label)


def _bare_sqlite(names: Sequence[str]) -> Callable[[], None]:
    places = ", ".join(["?"] * len(names))
    raw = connection.connection
    for pragma in ("synchronous = OFF", "journal_mode = OFF", "cache_size = -400000",
                   "temp_store = MEMORY", "foreign_keys = OFF", "secure_delete = OFF"):  # fmt: skip
        raw.execute(f"PRAGMA {pragma}")
    found = raw.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') "
        f"AND sql IS NOT NULL AND tbl_name IN ({places})",
        names,
    ).fetchall()
    for kind, name, _sql in found:
        raw.execute(f'DROP {kind} "{name}"')

    def undo() -> None:
        for kind, _name, sql in found:
            if kind == "index":
                raw.execute(sql)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON",
                       "secure_delete = ON", "cache_size = -2000"):  # fmt: skip
            raw.execute(f"PRAGMA {pragma}")

    return undo


def _bare_postgres(names: Sequence[str]) -> Callable[[], None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() "
            "AND tablename = ANY(%s) AND indexname NOT IN (SELECT conname FROM pg_constraint)",
            [list(names)],
        )
        indexes = cursor.fetchall()
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) "
            "FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)",
            [[f'"{n}"' for n in names] + list(names)],
        )
        keys = cursor.fetchall()
        for table, key, _sql in keys:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{key}"')
        for name, _sql in indexes:
            cursor.execute(f'DROP INDEX "{name}"')

    def undo() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET maintenance_work_mem = '512MB'")
            for _name, sql in indexes:
                cursor.execute(sql)
            for table, key, sql in keys:
                cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{key}" {sql}')

    return undo


@contextmanager
def unforced(names: Sequence[str]) -> Iterator[None]:
    """Row level security of these tables does not bind their owner: it lets no COPY through."""
    if connection.vendor == "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relforcerowsecurity")
        forced = [name for (name,) in cursor.fetchall() if name in names]
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # No table is altered while some wait.
        for name in forced:
            cursor.execute(f'ALTER TABLE "{name}" NO FORCE ROW LEVEL SECURITY')
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in forced:
            cursor.execute(f'ALTER TABLE "{name}" FORCE ROW LEVEL SECURITY')


def _default(field: Any) -> Any:
    if not field.has_default():
        return None if field.null else ("" if field.empty_strings_allowed else None)
    return field.get_default()


def _plain(value: Any) -> Any:
    return value


def _hex(value: Any) -> Any:
    return value.hex if isinstance(value, UUID) else value


def _utc(value: datetime | None) -> str | None:
    return None if value is None else str(value.astimezone(UTC).replace(tzinfo=None))


def _bytes(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


#: How SQLite keeps what is not kept as it is.
_FOR_SQLITE: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("UUIDField", "ForeignKey", "OneToOneField"), _hex),
    "JSONField": json.dumps,
    "BinaryField": _bytes,
    "DateTimeField": _utc,
    "DateField": lambda value: value and str(value),
}


def _text(value: Any) -> str:
    return "\\N" if value is None else value.translate(_ESCAPES)


def _shown(value: Any) -> str:
    return "\\N" if value is None else str(value)


#: How COPY reads them.
_FOR_COPY: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(("CharField", "TextField", "SlugField"), _text),
    **dict.fromkeys(
        ("UUIDField", "ForeignKey", "OneToOneField"), lambda value: _shown(_hex(value))
    ),
    "JSONField": lambda value: json.dumps(value).translate(_ESCAPES),
    "BinaryField": lambda value: _shown(None) if value is None else f"\\\\x{_bytes(value).hex()}",
    "BooleanField": lambda value: "\\N" if value is None else "t" if value else "f",
}


def tables() -> dict[str, Table]:
    """One per model of the product, by its name."""
    return {model.__name__: Table(model) for model in apps.get_models()}

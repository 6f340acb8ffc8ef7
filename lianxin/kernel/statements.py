"""Statements that are written once per process: for acts in which many people wait for each other.

The ORM builds the same INSERT anew for every row, which takes it longer than the database takes
to run it. Values still go through the model's fields, so that sealed and JSON columns hold what
`save()` would have written.
"""

# Names of tables and columns come from models.
# ruff: noqa: S608

from __future__ import annotations

import functools
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field, Model

from lianxin.kernel.db import is_sqlite


def insert(*rows: Model) -> None:
    """Writes new rows of one model in one statement, as `bulk_create` would. No signals.

    A key that the database counts up is not read back.
    """
    if rows:
        _execute(_inserting(type(rows[0]), len(rows)), _values(rows))
        _written(rows)


def insert_once(row: Model, unique: str) -> bool:
    """Writes the row unless another has the same value in the unique field; says whether it did.

    PostgreSQL waits for an unfinished transaction that wrote the same value.
    """
    column = _column(type(row), unique)
    sql = f"{_inserting(type(row), 1)} ON CONFLICT ({column}) DO NOTHING"
    with connection.cursor() as cursor:
        cursor.execute(sql, _values((row,)))
        done = cursor.rowcount == 1
    if done:
        _written((row,))
    return done


def update(row: Model, *names: str) -> None:
    """Writes these fields of a row that is there, as `save(update_fields=names)` would."""
    _execute(_updating(type(row), names), _changes(row, names))


def update_each(rows: Iterable[Model], *names: str) -> None:
    """`update` for many rows of one model: one statement, which the database reads once."""
    rows = list(rows)
    if rows:
        with connection.cursor() as cursor:
            changes = [_changes(row, names) for row in rows]
            cursor.executemany(_updating(type(rows[0]), names), changes)


def count_up(model: type[Model], counter: str, **keys: Any) -> int:
    """Adds one to the counter of the row with these (unique) keys, which is made when it is missing.

    Returns the new count. The row stays locked until the transaction ends.
    """
    row = model(**keys, **{counter: 1})
    column = _column(model, counter)
    unique = ", ".join(_column(model, name) for name in keys)
    sql = (
        f"{_inserting(model, 1)} ON CONFLICT ({unique}) "
        f'DO UPDATE SET {column} = "{model._meta.db_table}".{column} + 1 RETURNING {column}'
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, _values((row,)))
        return int(cursor.fetchone()[0])


def draw(bucket: Model, *, burst: int, per_hour: float, at: datetime) -> bool:
    """Takes one token from the stored bucket of the same kind and key, or puts this one there.

    False when less than one token is left; the stored bucket is unchanged then.
    """
    table = f'"{bucket._meta.db_table}"'
    moment = _prepared(_field(type(bucket), "counted_at"), at)
    if is_sqlite():
        passed = f"(unixepoch(%s, 'subsec') - unixepoch({table}.counted_at, 'subsec'))"
        least, most = "min", "max"
    else:
        passed = f"EXTRACT(EPOCH FROM (%s - {table}.counted_at))"
        least, most = "LEAST", "GREATEST"
    left = f'{least}(%s, {table}."left" + {most}({passed}, 0) * %s)'
    sql = (
        f"{_inserting(type(bucket), 1)} ON CONFLICT (kind, key) "
        f'DO UPDATE SET "left" = {left} - 1, counted_at = excluded.counted_at WHERE {left} >= 1'
    )
    filled = (float(burst), moment, per_hour / 3600)
    with connection.cursor() as cursor:
        cursor.execute(sql, (*_values((bucket,)), *filled, *filled))
        return cursor.rowcount == 1


def _execute(sql: str, values: Iterable[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, tuple(values))


@functools.cache
def _fields(model: type[Model]) -> tuple[Field[Any, Any], ...]:
    return tuple(f for f in model._meta.local_concrete_fields if not isinstance(f, AutoField))


@functools.cache
def _field(model: type[Model], name: str) -> Field[Any, Any]:
    return next(field for field in _fields(model) if name in (field.name, field.attname))


def _column(model: type[Model], name: str) -> str:
    return f'"{_field(model, name).column}"'


@functools.cache
def _inserting(model: type[Model], count: int) -> str:
    columns = ", ".join(f'"{field.column}"' for field in _fields(model))
    places = f"({', '.join(['%s'] * len(_fields(model)))})"
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES {", ".join([places] * count)}'


@functools.cache
def _updating(model: type[Model], names: tuple[str, ...]) -> str:
    changes = ", ".join(f"{_column(model, name)} = %s" for name in names)
    key: Any = model._meta.pk
    return f'UPDATE "{model._meta.db_table}" SET {changes} WHERE "{key.column}" = %s'


def _changes(row: Model, names: tuple[str, ...]) -> list[Any]:
    fields = [_field(type(row), name) for name in names]
    key: Any = row._meta.pk
    values = [_prepared(field, field.pre_save(row, False)) for field in fields]
    return [*values, _prepared(key, row.pk)]


def _values(rows: Iterable[Model]) -> list[Any]:
    return [
        _prepared(field, field.pre_save(row, True)) for row in rows for field in _fields(type(row))
    ]


def _prepared(field: Field[Any, Any], value: Any) -> Any:
    return field.get_db_prep_save(value, connection)


def _written(rows: Iterable[Model]) -> None:
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias

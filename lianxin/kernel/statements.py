"""Statements that are written once per process: for acts in which many people wait for each other.

The ORM builds the same INSERT anew for every row, which takes it longer than the database takes
to run it. Columns hold what `save()` would have written: a value that already is what its column
keeps goes there as it is, every other one (sealed, JSON) through its field.
"""

# Names of tables and columns come from models.
# ruff: noqa: S608

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models import AutoField, Field, Model
from django.db.models.base import ModelState

from lianxin.kernel.db import is_sqlite

#: What the columns of these fields keep as it is, on both engines.
_PLAIN: dict[type[Field[Any, Any]], type] = {
    models.CharField: str,
    models.TextField: str,
    models.BooleanField: bool,
    models.PositiveSmallIntegerField: int,
    models.PositiveIntegerField: int,
    models.BigIntegerField: int,
    models.FloatField: float,
}
M = TypeVar("M", bound=Model)
_Prepare = Callable[[Any], Any]


def new(model: type[M], **values: Any) -> M:
    """An unsaved row as `model(**values)` makes it, in a fraction of the time.

    Foreign keys are given by their column (`case_id`). No signals. Raises TypeError on a name that
    is no column.
    """
    constants, makers = _defaults(model)
    row = model.__new__(model)
    row._state = ModelState()
    held = row.__dict__
    held.update(constants)
    for name, make in makers.items():
        held[name] = values[name] if name in values else make()
    held.update(values)
    if len(held) > len(constants) + len(makers) + 1:
        raise TypeError(f"{model.__name__} has no column for one of {', '.join(values)}.")
    return row


@dataclass(slots=True)
class Prepared:
    """New rows of one model as their INSERT wants them: sealed and turned into columns."""

    rows: tuple[Model, ...]
    values: list[Any]

    def change(self, **columns: Any) -> None:
        """Sets columns of the only row that were not known before."""
        (row,) = self.rows
        for name, value in columns.items():
            field = _field(type(row), name)
            setattr(row, name, value)
            self.values[_fields(type(row)).index(field)] = _prepares(field)(value)


def prepare(*rows: Model) -> Prepared:
    """Does everything for an INSERT that needs no database: before a lock is taken, that is."""
    return Prepared(rows, _values(rows))


def write(*many: Prepared) -> None:
    """Writes the rows, a statement for each of `many`. No signals."""
    with connection.cursor() as cursor:
        for one in many:
            if one.rows:
                cursor.execute(_inserting(type(one.rows[0]), len(one.rows)), one.values)
                _written(one.rows)


def insert(*rows: Model) -> None:
    """Writes new rows of one model in one statement, as `bulk_create` would. No signals.

    A key that the database counts up is not read back.
    """
    write(prepare(*rows))


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
    row = new(model, **keys, **{counter: 1})
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
    moment = _prepares(_field(type(bucket), "counted_at"))(at)
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
def _defaults(model: type[Model]) -> tuple[dict[str, Any], dict[str, Callable[[], Any]]]:
    """What columns hold when nothing is said: always the same, or made anew for each row."""
    fields = model._meta.concrete_fields
    makers = {f.attname: f.get_default for f in fields if f.has_default() and callable(f.default)}
    return {f.attname: f.get_default() for f in fields if f.attname not in makers}, makers


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
    values = [_prepares(field)(field.pre_save(row, False)) for field in fields]
    return [*values, _prepares(key)(row.pk)]


def _values(rows: Iterable[Model]) -> list[Any]:
    return [prepare(read(row)) for row in rows for read, prepare in _ways(type(row))]


@functools.cache
def _ways(model: type[Model]) -> tuple[tuple[Callable[[Model], Any], _Prepare], ...]:
    """Per column: how its value is read off a row, and what the driver gets of it."""
    return tuple((_reads(field), _prepares(field)) for field in _fields(model))


def _reads(field: Any) -> Callable[[Model], Any]:
    sets_itself = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    known = (Field.pre_save, models.DateTimeField.pre_save)
    if type(field).pre_save in known and not sets_itself:
        return operator.attrgetter(field.attname)
    return functools.partial(_asked, field)


def _asked(field: Any, row: Model) -> Any:
    return field.pre_save(row, True)


@functools.cache
def _prepares(field: Any) -> _Prepare:
    """What `field.get_db_prep_save` does, at once for what is known to need little or no change."""
    held = field
    while isinstance(held, models.ForeignKey):
        held = held.target_field
    known = _known(held)

    def prepare(value: Any) -> Any:
        if value is None:
            return None
        change = known.get(type(value))
        return change(value) if change else field.get_db_prep_save(value, connection)

    return prepare


def _known(field: Any) -> dict[type, _Prepare]:
    kind = type(field)
    if kept := _PLAIN.get(kind):
        return {kept: _same}
    if kind.get_db_prep_value is models.UUIDField.get_db_prep_value:
        return {UUID: _hex if is_sqlite() else _same}
    if kind is models.DateTimeField:
        return {datetime: functools.partial(_moment, field, is_sqlite())}
    return {bytes: _same} if kind is models.BinaryField and is_sqlite() else {}


def _same(value: Any) -> Any:
    return value


def _hex(value: UUID) -> str:
    return value.hex


def _moment(field: Any, as_text: bool, value: datetime) -> Any:
    if value.tzinfo is not UTC:
        return field.get_db_prep_save(value, connection)
    return str(value.replace(tzinfo=None)) if as_text else value


def _written(rows: Iterable[Model]) -> None:
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS

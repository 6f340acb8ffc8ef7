"""A world is walked to once in a process; afterwards its rows are laid back as the services left them.

Walking costs a fifth of a second and hundreds of queries, and most tests begin with one. What is laid
back is what a test would have made: every column of every row, with the keys of the first time.
It is walked to again where the tables it begins from are not as they were (a flush gives new roles,
a test planted rows before), where a test has set other settings (other keys seal, a session begun while
a second factor is required is another one), and at another time: sessions end when they idle.
"""

# Names of tables and columns come from models, and what is unpickled was pickled here.
# ruff: noqa: S301, S608

from __future__ import annotations

import functools
import pickle
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.conf import UserSettingsHolder, settings
from django.db import connection, models, transaction

from lianxin.kernel.clock import now

P = ParamSpec("P")
T = TypeVar("T")
#: A row as the engine itself writes it: values of SQLite, JSON of PostgreSQL.
Row = tuple[Any, ...]
#: Beginnings that are kept for one world, the latest first.
KEPT = 4
#: How far from the time of its making a world is laid back: less than the shortest idling of a session.
FRESH = timedelta(minutes=20)
#: Where a test writes: each has folders of its own (tests/conftest.py), and no row names them.
FOLDERS = {"MEDIA_ROOT", "NOTICE_FILE", "DEMO_ACCOUNTS"}


class ChangedError(AssertionError):
    """The world changes or deletes rows that were there before; laying rows back cannot do that."""


@dataclass(frozen=True, slots=True)
class Table:
    """Raw rows of a model's table: no converter, no signal, no default comes between."""

    name: str
    columns: tuple[str, ...]
    key: str

    @classmethod
    def of(cls, model: type[models.Model]) -> Table:
        fields = model._meta.local_concrete_fields
        columns = tuple(f'"{field.column}"' for field in fields if not field.generated)
        return cls(f'"{model._meta.db_table}"', columns, f'"{model._meta.pk.column}"')

    @property
    def outline(self) -> str:
        """SQL of how many rows there are, and which is the last."""
        return f"SELECT '{self.name}', count(*), max(CAST({self.key} AS text)) FROM {self.name}"

    def read(self) -> list[Row]:
        columns = ", ".join(self.columns)
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                # A sign makes it an expression: no declared type, so no converter.
                cursor.execute(
                    f"SELECT {', '.join('+' + one for one in self.columns)} FROM {self.name}"
                )
            else:
                cursor.execute(
                    f"SELECT row_to_json(t)::text FROM (SELECT {columns} FROM {self.name}) t"
                )
            return cursor.fetchall()

    def write(self, rows: list[Row]) -> None:
        columns = ", ".join(self.columns)
        if connection.vendor == "sqlite":
            marks = ", ".join("?" * len(self.columns))
            sql = f"INSERT INTO {self.name} ({columns}) VALUES ({marks})"
            connection.connection.executemany(sql, rows)
            return
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {self.name} ({columns}) SELECT {columns} "
                f"FROM json_populate_recordset(NULL::{self.name}, %s::json)",
                ["[" + ",".join(row for (row,) in rows) + "]"],
            )


@dataclass(frozen=True, slots=True)
class Recording:
    """When a world was walked to and with which settings, what it began from, the rows that it added,
    and what it returned."""

    at: datetime
    settings: dict[str, Any]
    beginning: dict[str, Row]
    rows: dict[str, list[Row]]
    returned: bytes

    def fits(self) -> bool:
        if abs(now() - self.at) > FRESH or self.settings != set_by_tests():
            return False
        return self.beginning == outlines(self.beginning)

    def lay_back(self) -> Any:
        with transaction.atomic():
            for name, rows in self.rows.items():
                tables()[name].write(rows)
        return pickle.loads(self.returned)


def set_by_tests() -> dict[str, Any]:
    """Every setting that a test overrides just now, with its value."""
    found: dict[str, Any] = {}
    layer = settings._wrapped
    while isinstance(layer, UserSettingsHolder):
        found = layer.__dict__ | found
        layer = layer.default_settings
    return {name: found[name] for name in found if name.isupper() and name not in FOLDERS}


@functools.cache
def tables() -> dict[str, Table]:
    every = apps.get_models(include_auto_created=True)
    found = [Table.of(one) for one in every if one._meta.managed and not one._meta.proxy]
    return {table.name: table for table in found}


def outlines(names: Iterable[str]) -> dict[str, Row]:
    """Count and last key of these tables, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(tables()[name].outline for name in names))
        return {name: tuple(rest) for name, *rest in cursor.fetchall()}


def record(build: Callable[[], T]) -> tuple[T, Recording]:
    """Walks to the world and notes what that added. Raises ChangedError where it does more than add."""
    at, chosen = now(), set_by_tests()
    before = {name: table.read() for name, table in tables().items()}
    beginning = outlines(before)
    returned = build()
    added = {}
    for name, table in tables().items():
        was = set(before[name])
        rows = [row for row in table.read() if row not in was]
        if len(was) + len(rows) != outlines([name])[name][0]:
            raise ChangedError(f"{build.__qualname__} changes or deletes rows of {name}.")
        if rows:
            added[name] = rows
    met = {name: line for name, line in beginning.items() if line[0] or name in added}
    return returned, Recording(at, chosen, met, added, pickle.dumps(returned))


def remembered(build: Callable[[], T]) -> Callable[[], T]:
    """Decorates a function without arguments that returns what can be pickled.

    Tables that were empty and stayed so are not asked about: they may hold what a test likes.
    """
    known: list[Recording] = []

    @functools.wraps(build)
    def laid_back() -> T:
        for number, one in enumerate(known):
            if one.fits():
                known.insert(0, known.pop(number))
                return one.lay_back()
        returned, recording = record(build)
        known.insert(0, recording)
        del known[KEPT:]
        return returned

    return laid_back

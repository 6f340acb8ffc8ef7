"""Several lists that do not hang on each other, read in one statement instead of one each.

A page asks for a dozen small things, and each question is a way to the database and back. Their
statements become the branches of one UNION ALL: every branch has columns of its own, which are
empty in the others.
"""

# The statements are those that Django compiled; their values stay apart.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from lianxin.kernel.db import is_sqlite

T_co = TypeVar("T_co", covariant=True)
Row = tuple[Any, ...]

#: A branch without an end of its own gets this one: SQLite keeps the order of those alone that end.
MOST = 100_000


@dataclass(frozen=True, slots=True)
class Asked(Generic[T_co]):
    """An answer that needs several lists: `told` makes it of what they hold, in their order."""

    lists: tuple[QuerySet[Any], ...]
    told: Callable[..., T_co]

    def answer(self) -> T_co:
        """For whoever asks for nothing else. One query."""
        return self.told(*together(*self.lists))


@dataclass(frozen=True, slots=True)
class _Branch:
    """`at`: which of the lists it is."""

    at: int
    rows: QuerySet[Any]
    compiler: SQLCompiler
    sql: str
    values: Row

    @property
    def width(self) -> int:
        return len(self.compiler.select or ())

    def blank(self) -> list[str]:
        """Its columns where another branch speaks. PostgreSQL wants to know of what type they are."""
        if is_sqlite():
            return ["NULL"] * self.width
        fields = [column[0].output_field for column in self.compiler.select or ()]
        return [f"NULL::{field.cast_db_type(connection)}" for field in fields]

    def read(self, rows: list[Row]) -> list[Any]:
        """What the list holds when the database answered its statement with these rows."""
        setattr(self.compiler, "execute_sql", lambda *_args, **_more: [rows])  # noqa: B010
        setattr(self.rows.query, "get_compiler", lambda *_args, **_more: self.compiler)  # noqa: B010
        return list(self.rows)


def together(*asked: QuerySet[Any] | Asked[Any]) -> list[Any]:
    """What each of the querysets holds, as a list in its order; of an `Asked` its answer. One
    statement, none where nothing can be found.

    What a queryset prefetches is asked for afterwards, as always. Raises TypeError for a DISTINCT
    that is ordered by what it does not read.
    """
    lists = [one.lists if isinstance(one, Asked) else (one,) for one in asked]
    held = iter(_read([rows for several in lists for rows in several]))
    found = [[next(held) for _rows in several] for several in lists]
    return [
        one.told(*parts) if isinstance(one, Asked) else parts[0]
        for one, parts in zip(asked, found, strict=True)
    ]


def hang(row: Model, **lists: list[Any]) -> None:
    """Gives a row what hangs on it, as `prefetch_related` would: `hang(matter, events=[…])` answers
    `matter.events.all()`, and each event knows its matter."""
    kept = row.__dict__.setdefault("_prefetched_objects_cache", {})
    for name, found in lists.items():
        way: Any = row._meta.get_field(name)
        for one in found:
            setattr(one, way.field.name, row)
        rows = getattr(row, name).all()
        rows._result_cache, rows._prefetch_done = found, True  # noqa: SLF001  (what Django sets)
        kept[name] = rows


def _read(querysets: Sequence[QuerySet[Any]]) -> list[list[Any]]:
    branches = [one for at, rows in enumerate(querysets) if (one := _branch(at, rows))]
    found: dict[int, list[Row]] = {one.at: [] for one in branches}
    starts = _starts(branches)
    for at, _number, *columns in _answer(branches):
        found[at].append(tuple(columns[starts[at]]))
    held = {one.at: one.read(found[one.at]) for one in branches}
    return [held.get(at, []) for at in range(len(querysets))]


def _branch(at: int, queryset: QuerySet[Any]) -> _Branch | None:
    rows = queryset.all() if queryset.query.is_sliced else queryset[:MOST]
    compiler = rows.query.get_compiler(rows.db)
    try:
        sql, values = compiler.as_sql()
    except EmptyResultSet:
        return None
    if compiler.has_extra_select:
        raise TypeError("A DISTINCT list is ordered by what it reads.")
    return _Branch(at, rows, compiler, sql, tuple(values))


def _starts(branches: list[_Branch]) -> dict[int, slice]:
    """Where the columns of each branch stand."""
    starts, start = {}, 0
    for one in branches:
        starts[one.at] = slice(start, start + one.width)
        start += one.width
    return starts


def _answer(branches: list[_Branch]) -> list[Row]:
    """Rows of all branches, the number of the branch and that of the row in front."""
    if not branches:
        return []
    blank = {one.at: one.blank() for one in branches}
    parts = []
    for one in branches:
        columns = [f"{one.at}", "row_number() OVER ()"]
        for other in branches:
            columns += ["listed.*"] if other is one else blank[other.at]
        parts.append(f"SELECT {', '.join(columns)} FROM ({one.sql}) listed")
    with connection.cursor() as cursor:
        values = [value for one in branches for value in one.values]
        cursor.execute(f"{' UNION ALL '.join(parts)} ORDER BY 1, 2", values)
        return list(cursor.fetchall())

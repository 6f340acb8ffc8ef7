"""Pages of a list by the last row seen: as quick on page 1,000 as on page 1, and no count."""

# Statements are put together of statements that Django compiled, values apart.
# ruff: noqa: S608

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
from django.db import connection
from django.db.models import F, Model, Q, QuerySet

from lianxin.kernel.keys import index_key

M = TypeVar("M", bound=Model)

LARGEST = 200
MARK = 12


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Some rows, and the cursors of the rows after and before them (None at either end)."""

    items: list[M]
    next_cursor: str | None
    prev_cursor: str | None

    def __iter__(self) -> Any:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True)
class _Term:
    name: str
    descending: bool
    nullable: bool

    def ordering(self, *, backwards: bool) -> Any:
        down = self.descending != backwards
        if not self.nullable:
            return F(self.name).desc() if down else F(self.name).asc()
        ends: dict[str, Any] = {"nulls_first": True} if backwards else {"nulls_last": True}
        return F(self.name).desc(**ends) if down else F(self.name).asc(**ends)

    def beyond(self, value: Any, *, backwards: bool) -> Q | None:
        """Rows strictly beyond `value`; empty values are last. None: there are none."""
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if backwards else None
        sign = "lt" if self.descending != backwards else "gt"
        rows = Q(**{f"{self.name}__{sign}": value})
        if self.nullable and not backwards:
            rows |= Q(**{f"{self.name}__isnull": True})
        return rows

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True} if value is None else {self.name: value})


def keyset(
    queryset: QuerySet[M],
    *,
    order: Sequence[str] = ("-id",),
    after: str | None = None,
    size: int = 30,
) -> Page[M]:
    """The page of `queryset` after the cursor, in this order, at most `size` (≤ 200) rows.

    `order` must end with something unique, usually the key; empty values come last.
    Annotations may be ordered by when they are never empty. A cursor that is broken or
    belongs to another order gives the first page. One query.
    """
    size = max(1, min(size, LARGEST))
    terms = [_term(queryset, name) for name in order]
    backwards, values = _read(after, order)
    rows = queryset.order_by(*(term.ordering(backwards=backwards) for term in terms))
    if values is not None:
        rows = rows.filter(_position(terms, values, backwards=backwards))
    found = list(rows[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        if not found:
            return keyset(queryset, order=order, size=size)
        found.reverse()
    has_next, has_prev = (True, more) if backwards else (more, values is not None)
    return Page(
        items=found,
        next_cursor=_write("n", found[-1], order) if found and has_next else None,
        prev_cursor=_write("p", found[0], order) if found and has_prev else None,
    )


def capped_count(queryset: QuerySet[Any], cap: int = 1000) -> tuple[int, bool]:
    """How many rows, counted up to `cap`; and whether there are more."""
    return capped_counts({"": queryset}, cap)[""]


def capped_counts(
    querysets: Mapping[str, QuerySet[Any]], cap: int = 1000
) -> dict[str, tuple[int, bool]]:
    """The same of several lists, which may be of different models. One statement for all."""
    found = dict.fromkeys(querysets, 0)
    counted: list[tuple[str, str]] = []
    values: list[Any] = []
    for name, queryset in querysets.items():
        rows = queryset.order_by().values("pk")[: cap + 1]
        try:
            sql, given = rows.query.sql_with_params()
        except EmptyResultSet:
            continue
        counted.append((name, f"(SELECT COUNT(*) FROM ({sql}) listed)"))
        values += given
    if counted:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(sql for _name, sql in counted)}", values)
            numbers = cursor.fetchone()
        found.update(zip((name for name, _sql in counted), numbers, strict=True))
    return {name: (min(number, cap), number > cap) for name, number in found.items()}


def in_words(counted: tuple[int, bool]) -> str:
    """A capped count beside a list: "7", "99+"."""
    number, more = counted
    return f"{number}+" if more else str(number)


def _term(queryset: QuerySet[Any], name: str) -> _Term:
    plain = name.removeprefix("-")
    nullable = False
    if plain not in queryset.query.annotations:
        model: Any = queryset.model
        for part in plain.split("__"):
            try:
                field = model._meta.pk if part == "pk" else model._meta.get_field(part)
            except FieldDoesNotExist:
                break
            nullable = nullable or bool(getattr(field, "null", False))
            model = field.related_model or model
    return _Term(plain, name.startswith("-"), nullable)


def _position(terms: list[_Term], values: list[Any], *, backwards: bool) -> Q:
    """(a, b, c) beyond (x, y, z), written out so that both engines can use the index."""
    either, before = Q(pk__in=[]), Q()
    for term, value in zip(terms, values, strict=True):
        beyond = term.beyond(value, backwards=backwards)
        if beyond is not None:
            either |= before & beyond
        before &= term.same(value)
    first, value = terms[0], values[0]
    if value is not None and not first.nullable:
        sign = "lte" if first.descending != backwards else "gte"
        return Q(**{f"{first.name}__{sign}": value}) & either
    return either


def _write(direction: str, row: Any, order: Sequence[str]) -> str:
    values = [_tagged(_value(row, name.removeprefix("-"))) for name in order]
    text = json.dumps([direction, values], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_mark(text, order) + text).decode().rstrip("=")


def _read(cursor: str | None, order: Sequence[str]) -> tuple[bool, list[Any] | None]:
    if not cursor or len(cursor) > 4000:
        return False, None
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
    except ValueError:
        return False, None
    mark, text = raw[:MARK], raw[MARK:]
    if not hmac.compare_digest(mark, _mark(text, order)):
        return False, None
    direction, values = json.loads(text)
    return direction == "p", [_untagged(*value) for value in values]


def _mark(text: bytes, order: Sequence[str]) -> bytes:
    """Binds a cursor to its order, and keeps values of strangers out of the query."""
    return hmac.digest(index_key("cursor"), ",".join(order).encode() + text, "sha256")[:MARK]


def _value(row: Any, name: str) -> Any:
    for part in name.split("__"):
        row = getattr(row, part) if row is not None else None
    return row


def _tagged(value: Any) -> list[Any]:
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, UUID):
        return ["u", value.hex]
    if isinstance(value, Decimal):
        return ["n", str(value)]
    if value is None or isinstance(value, (str, bool, int, float)):
        return ["", value]
    raise TypeError(f"Rows cannot be ordered by a {type(value).__name__}.")


def _untagged(tag: str, value: Any) -> Any:
    kinds: dict[str, Any] = {
        "t": datetime.fromisoformat,
        "d": date.fromisoformat,
        "u": UUID,
        "n": Decimal,
    }
    return kinds[tag](value) if tag else value

"""Reading many rows while writing to some of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def each(rows: QuerySet[M], size: int = 500) -> Iterator[M]:
    """Row by row in the order of keys, `size` at a time, and no cursor open between.

    `iterator()` keeps one open: on SQLite that holds an old state of the database, from which
    nothing can be written any more once somebody else wrote; behind a pooler it breaks.
    """
    piece = list(rows.order_by("pk")[:size])
    while piece:
        last = piece[-1].pk
        yield from piece
        piece = list(rows.filter(pk__gt=last).order_by("pk")[:size])

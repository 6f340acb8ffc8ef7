"""The least a filing could cost: the rows of a real one, by plain SQL, in one durable transaction.

The rows are those that the product itself wrote for one filing when the process began: the same
tables, columns and bytes. Keys and whatever else must be unique are new each time.
"""

from __future__ import annotations

import functools
import os
import secrets
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from lianxin.kernel.ids import uuid7

WRITES = ("INSERT", "UPDATE")
Statement = tuple[str, list[Any]]


@functools.cache
def recorded() -> tuple[list[Statement], dict[Any, tuple[str, str]]]:
    """The statements of one filing, and what in them is new each time: value → (kind, name)."""
    from benchmarks.filings import SAID, VILLAGE
    from lianxin.cases.services import residents
    from lianxin.cases.services.filing import Draft
    from lianxin.kernel.clock import now

    said: list[Statement] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(WRITES):
            said.append((sql, list(params)))
        return execute(sql, params, many, context)

    draft = Draft(words=SAID[0], division_code=VILLAGE, channel="web", address="北门",
                  name="段小梅", phone="13800138000", consents=True, may_publish=True)  # fmt: skip
    key = str(uuid7())
    begun = uuid7().hex[:12]
    with connection.execute_wrapper(note):
        receipt = residents.file_case(draft=draft, key=key, sender="127.0.0.1", at=now())
    fresh: dict[Any, tuple[str, str]] = {key: ("key", "key"), receipt.number: ("number", "number")}
    for sql, params in said:
        if "kernel_ratebucket" in sql:
            continue  # All draw from the one bucket of their address.
        for value in map(_plain, params):
            if isinstance(value, UUID) and value.hex[:12] >= begun:
                fresh[value] = ("uuid", value.hex)
            elif isinstance(value, str) and len(value) == 32 and value[:12] >= begun:
                fresh[value] = ("hex", value)
            elif isinstance(value, bytes) and len(value) == 32:
                fresh[value] = ("digest", value.hex())
    return said, fresh


def _plain(value: Any) -> Any:
    """Bytes as such: SQLite is given views of them, psycopg wraps them."""
    return bytes(value) if isinstance(value, memoryview) else getattr(value, "obj", value)


def statements() -> Iterator[Statement]:
    """Those of one more filing."""
    said, fresh = recorded()
    made: dict[tuple[str, str], Any] = {}

    def new(value: Any) -> Any:
        asked = _plain(value)
        if not isinstance(asked, (str, bytes, UUID)) or asked not in fresh:
            return value
        kind, name = fresh[asked]
        if (kind, name) not in made:
            made[kind, name] = _NEW[kind]()
        return made[kind, name]

    for sql, params in said:
        yield sql, [new(value) for value in params]


_NEW: dict[str, Any] = {
    "key": lambda: str(uuid7()),
    "hex": lambda: uuid7().hex,
    "uuid": uuid7,
    "digest": lambda: os.urandom(32),
    "number": lambda: secrets.token_hex(8),
}


def write() -> None:
    """One more filing's rows, durable when it returns."""
    with transaction.atomic(), connection.cursor() as cursor:
        for sql, params in statements():
            cursor.execute(sql, params)

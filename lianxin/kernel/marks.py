"""Whether somebody else is at the same thing just now: a mark that all processes see, and that goes
with its holder, however that ends."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from lianxin.kernel.db import is_sqlite
from lianxin.kernel.sqlite3.marks import marked


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """A transaction in which nobody else is under this name; False where somebody is.

    On PostgreSQL the mark ends with the outermost transaction. On SQLite, where a second sender
    would already wait to begin one, it is taken before; where it cannot be had none is begun.
    """
    place = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> 2
    if not is_sqlite():
        with transaction.atomic():
            yield _locked(place)
        return
    with marked(str(connection.settings_dict["NAME"]), place) as first:
        if first:
            with transaction.atomic():
                yield True
        else:
            yield False


def _locked(place: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", (place,))
        return bool(cursor.fetchone()[0])

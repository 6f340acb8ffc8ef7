"""The residents' keys on their way out and in: id, length, wrapped key; one after the other.

Beside them stand the ids of those that residents had destroyed: what they sealed is erased anew when
an older database comes back. A file of before that piece was written names none.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

from django.core.management.base import CommandError
from django.db import transaction

from lianxin.config.backup import signed
from lianxin.kernel import data_keys
from lianxin.kernel.models import DataKey

ROWS, ERASED, TABLE = "keys", "erased", DataKey._meta.db_table
_ID = 16
_BATCH = 5_000


def write_rows(folder: Path, alias: str, *, gone_only: bool = False) -> list[signed.Piece]:
    """All keys that the database `alias` holds, those destroyed as empty ones; returns the pieces.
    `gone_only` leaves out those that open something.
    """
    pieces = [(name, folder / name) for name in (ROWS, ERASED)]
    with pieces[0][1].open("wb") as all_keys, pieces[1][1].open("wb") as erased:
        for _name, path in pieces:
            path.chmod(0o600)
        rows = DataKey.objects.using(alias).order_by("pk")
        if gone_only:
            rows = rows.filter(wrapped=b"")
        for row in rows.iterator(chunk_size=_BATCH):
            all_keys.write(row.pk.bytes + bytes((len(row.wrapped),)) + bytes(row.wrapped))
            erased.write(row.pk.bytes if row.is_erased else b"")
    return pieces


def write_gone(target: Path, at: datetime) -> None:
    """Which keys are destroyed by now, into a signed file that opens nothing. Raises CommandError."""
    if target.exists():
        raise CommandError(f"{target} is there already.")
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        pieces = write_rows(Path(folder), "default", gone_only=True)
        signed.pack(target, pieces, {"at": at.isoformat()})


@transaction.atomic
def destroy_again(source: Path) -> int:
    """Destroys what a file of keys, or one of `write_gone`, says is gone; returns how many keys
    were destroyed now. Raises CommandError.
    """
    with signed.unpacked(source) as (folder, body):
        if ROWS not in body["pieces"]:
            raise CommandError("This file is refused: it holds no keys.")
        gone = (row for row in read_rows(folder) if not row.wrapped)
        found = 0
        while some := list(islice(gone, _BATCH)):
            for erased in (True, False):
                ids = [row.pk for row in some if row.is_erased == erased]
                found += data_keys.destroy(ids, erased=erased)
        return found


def load_rows(folder: Path) -> None:
    """Puts them into the restored database, in place of any that it holds."""
    with transaction.atomic():
        DataKey.objects.all().delete()
        rows = read_rows(folder)
        while some := list(islice(rows, _BATCH)):
            DataKey.objects.bulk_create(some)


def read_rows(folder: Path) -> Iterator[DataKey]:
    """The unsaved rows that the pieces in `folder` hold."""
    erased = _read_erased(folder / ERASED)
    with (folder / ROWS).open("rb") as file:
        while head := file.read(_ID + 1):
            key = UUID(bytes=head[:_ID])
            yield DataKey(id=key, wrapped=file.read(head[_ID]), is_erased=key in erased)


def _read_erased(source: Path) -> frozenset[UUID]:
    data = source.read_bytes() if source.exists() else b""
    return frozenset(UUID(bytes=data[at : at + _ID]) for at in range(0, len(data), _ID))


@contextmanager
def unpacked(source: Path) -> Iterator[tuple[Path, datetime]]:
    """The folder of a file of keys, each piece proven, and of when they are. Raises CommandError."""
    if not source.exists():
        raise CommandError(
            f"The residents' keys are not here ({source}). They are kept apart from the database: "
            "name their file with --keys. Without them names, phones and addresses stay unreadable."
        )
    with signed.unpacked(source) as (folder, body):
        if "keys_of" not in body:
            raise CommandError("This back-up is refused: the file of keys holds no keys.")
        yield folder, datetime.fromisoformat(body["at"])

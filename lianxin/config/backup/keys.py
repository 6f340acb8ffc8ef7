"""The residents' keys on their way out and in: id, length, wrapped key; one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

from django.core.management.base import CommandError
from django.db import transaction

from lianxin.config.backup import signed
from lianxin.kernel.models import DataKey

ROWS, TABLE = "keys", DataKey._meta.db_table
_BATCH = 5_000


def write_rows(target: Path, alias: str) -> None:
    """All keys that the database `alias` holds, those destroyed as empty ones."""
    with target.open("wb") as file:
        target.chmod(0o600)
        rows = DataKey.objects.using(alias).order_by("pk").values_list("pk", "wrapped")
        for key, wrapped in rows.iterator(chunk_size=_BATCH):
            file.write(key.bytes + bytes((len(wrapped),)) + bytes(wrapped))


def load_rows(source: Path) -> None:
    """Puts them into the restored database, in place of any that it holds."""
    with transaction.atomic():
        DataKey.objects.all().delete()
        rows = _read(source)
        while some := list(islice(rows, _BATCH)):
            DataKey.objects.bulk_create(some)


def _read(source: Path) -> Iterator[DataKey]:
    with source.open("rb") as file:
        while head := file.read(17):
            yield DataKey(id=UUID(bytes=head[:16]), wrapped=file.read(head[16]))


@contextmanager
def unpacked(source: Path) -> Iterator[tuple[Path, datetime]]:
    """The proven rows of a file of keys, and of when they are. Raises CommandError."""
    if not source.exists():
        raise CommandError(
            f"The residents' keys are not here ({source}). They are kept apart from the database: "
            "name their file with --keys. Without them names, phones and addresses stay unreadable."
        )
    with signed.unpacked(source) as (folder, body):
        if "keys_of" not in body:
            raise CommandError("This back-up is refused: the file of keys holds no keys.")
        yield folder / ROWS, datetime.fromisoformat(body["at"])

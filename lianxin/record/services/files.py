"""The files behind attachments: sealed, forced to the disk, deleted."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from lianxin.kernel import data_keys, statements
from lianxin.kernel.models import DataKey
from lianxin.kernel.pieces import each
from lianxin.kernel.refused import Absent
from lianxin.kernel.seals import seal_bytes
from lianxin.record.enums import AttachmentState
from lianxin.record.models import Attachment
from lianxin.record.queries.files import NAMES, body_of, place_of

_OUR_NAME = re.compile(r"[0-9a-f]{32}(-preview)?\.(jpg|pdf|docx|xlsx)")


def keep(
    attachment: Attachment, *, stem: str, extension: str, full: bytes, preview: bytes
) -> DataKey:
    """Stores an attachment's files, sealed with a new key that it names from now on.

    They are on the disk when this returns. Returns the key's row, unsaved: it belongs into the
    transaction that saves the attachment. An empty preview is none.
    """
    row = data_keys.draw()
    key = data_keys.for_writing(row.id)
    attachment.data_key = row.id
    bodies: tuple[tuple[str, bytes, str], ...] = (
        ("full", full, f"{stem}.{extension}"),
        ("preview", preview, f"{stem}-preview.jpg"),
    )
    for variant, body, name in bodies:
        if body:
            sealed = seal_bytes(body, column=place_of(variant), row=attachment.pk, key=key)
            setattr(attachment, NAMES[variant], _save(name, sealed))
    return row


def seal_old(at: datetime) -> int:
    """Seals the files that lie open because they are older than their keys; returns how many
    attachments. A job.

    Each is written anew under another name, then its row is, then the open files are deleted: whatever
    ends it in between, the row names files that are there.
    """
    old = Attachment.objects.filter(data_key=None).exclude(state=AttachmentState.REMOVED)
    return sum(_sealed(attachment.pk) for attachment in each(old))


@transaction.atomic
def _sealed(attachment_id: UUID) -> bool:
    rows = Attachment.objects.select_for_update().filter(pk=attachment_id, data_key=None)
    row = rows.exclude(state=AttachmentState.REMOVED).first()
    if row is None:
        return False
    before = files_of(row)
    try:
        full, preview = body_of(row), body_of(row, "preview") if row.preview else b""
    except Absent:
        return False  # The comparison of files and rows reports it.
    folder, _slash, name = row.file.rpartition("/")
    key = keep(
        row,
        stem=f"{folder}/{uuid4().hex}",
        extension=Path(name).suffix[1:],
        full=full,
        preview=preview,
    )
    statements.insert(key)
    row.save(update_fields=("data_key", "file", "preview"))
    transaction.on_commit(partial(delete, before))
    return True


def files_of(attachment: Attachment) -> list[str]:
    return [name for name in (attachment.file, attachment.preview) if name]


def delete(names: Sequence[str]) -> None:
    for name in names:
        default_storage.delete(name)


def stored_names(folder: str = "") -> Iterator[str]:
    """The files of ours in the storage, below a folder."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        if _OUR_NAME.fullmatch(name):
            yield f"{folder}/{name}".lstrip("/")
    for name in folders:
        yield from stored_names(f"{folder}/{name}".lstrip("/"))


def _save(name: str, body: bytes) -> str:
    stored = default_storage.save(name, ContentFile(body))
    try:
        path = Path(default_storage.path(stored))
    except NotImplementedError:  # No local files; the object store has acknowledged them.
        return stored
    # A receipt promises the photos too: they must be on the disk before it is handed out,
    # with the folders that lead to them.
    for place in (path, *path.parents[: stored.count("/") + 1]):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return stored

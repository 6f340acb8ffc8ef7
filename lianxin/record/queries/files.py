"""What is in an attachment's files."""

from __future__ import annotations

from django.core.files.storage import default_storage

from lianxin.kernel import data_keys
from lianxin.kernel.refused import Absent
from lianxin.kernel.seals import unseal_bytes
from lianxin.record.models import Attachment

#: Where an attachment names the file as it was taken, and the small picture of it.
NAMES = {"full": "file", "preview": "preview"}


def place_of(variant: str) -> str:
    """Where a file belongs: it opens as this attachment's and this variant, and as nothing else."""
    return f"{Attachment._meta.db_table}.{NAMES[variant]}"


def body_of(attachment: Attachment, variant: str = "full") -> bytes:
    """The file, opened. At most one query.

    Raises Absent where there is none, it is not on the disk, or its key was destroyed;
    SealBrokenError where it was changed there, or is another's.
    """
    name = getattr(attachment, NAMES[variant]) if variant in NAMES else ""
    if not name:
        raise Absent
    try:
        with default_storage.open(name) as file:
            stored: bytes = file.read()
    except FileNotFoundError:
        raise Absent from None
    if attachment.data_key is None:
        return stored
    key = data_keys.for_reading(attachment.data_key)
    if key is None:
        raise Absent
    return unseal_bytes(stored, column=place_of(variant), row=attachment.pk, key=key)

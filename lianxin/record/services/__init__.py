"""The journal's one door, attachments, and imports (`record.services.imports`)."""

from lianxin.record.services import imports, ledger, witnesses
from lianxin.record.services.attachments import (
    attach,
    bind,
    purge_staged,
    reconcile_files,
    remove,
    stage,
    staged,
)
from lianxin.record.services.files import seal_old
from lianxin.record.services.journal import Note, write, write_many
from lianxin.record.services.scanning import scan_waiting
from lianxin.record.services.uploads import Prepared, UploadRefused, prepare

__all__ = [
    "Note",
    "Prepared",
    "UploadRefused",
    "attach",
    "bind",
    "imports",
    "ledger",
    "prepare",
    "purge_staged",
    "reconcile_files",
    "remove",
    "scan_waiting",
    "seal_old",
    "stage",
    "staged",
    "witnesses",
    "write",
    "write_many",
]

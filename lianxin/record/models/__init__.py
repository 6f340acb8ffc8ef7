"""Nouns of the record: the journal, its ledger with proofs, attachments, imports."""

from lianxin.record.models.journal import (
    Attachment,
    Entry,
    EntryQuerySet,
    ImportBatch,
    ImportRow,
    JournalIsFinalError,
)
from lianxin.record.models.ledger import Leaf, Log, Tile

__all__ = [
    "Attachment",
    "Entry",
    "EntryQuerySet",
    "ImportBatch",
    "ImportRow",
    "JournalIsFinalError",
    "Leaf",
    "Log",
    "Tile",
]

"""Reads of the journal, of its ledger (`record.queries.ledger`), and of attachments."""

from lianxin.record.queries.files import body_of
from lianxin.record.queries.journal import (
    Subject,
    attachments_asked,
    attachments_by_subject,
    attachments_of,
    attachments_of_kinds,
    entries_for,
    entries_of,
    subject_key,
)

__all__ = [
    "Subject",
    "attachments_asked",
    "attachments_by_subject",
    "attachments_of",
    "attachments_of_kinds",
    "body_of",
    "entries_for",
    "entries_of",
    "subject_key",
]

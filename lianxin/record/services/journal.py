"""Writing the journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Model

from lianxin.kernel import statements
from lianxin.record.models import Entry, Leaf
from lianxin.record.queries import subject_key
from lianxin.record.services import ledger


class Acting(Protocol):
    """Who acts, as far as the journal wants to know."""

    @property
    def person_id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def organ_id(self) -> UUID | None: ...


@dataclass(frozen=True, slots=True)
class Note:
    """One of many acts written at once: see `write_many`."""

    action: str
    division_code: str
    subject: Model | tuple[str, UUID]
    data: Mapping[str, Any]


def write_many(notes: Iterable[Note], *, by: Acting | None, at: datetime) -> int:
    """Appends an entry and a leaf per note, in the caller's transaction, a thousand at a time.

    For imports: what `write` does one by one. Returns how many.
    """
    rows = [
        Entry(
            at=at,
            action=note.action,
            actor_id=by.person_id if by else None,
            actor_name=by.name[:60] if by else "",
            organ_id=by.organ_id if by else None,
            division_code=note.division_code,
            subject_type=key[0],
            subject_id=key[1],
            data=_plain(note.data),
        )
        for note in notes
        for key in (subject_key(note.subject),)
    ]
    Entry.objects.bulk_create(rows, batch_size=1000)
    Leaf.objects.bulk_create(
        (ledger.leaf_of(entry, ledger.fresh_salt()) for entry in rows), batch_size=1000
    )
    return len(rows)


def write(
    *,
    action: str,
    by: Acting | None,
    at: datetime,
    division_code: str,
    subject: Model | tuple[str, UUID],
    data: Mapping[str, Any] | None = None,
    public: bool = False,
    content: str = "",
) -> Entry:
    """Appends one entry to the journal and its leaf to the ledger, in the caller's transaction.

    `action` is `app.thing.verb`; `by` is None for a resident or for the machine; `data`
    holds ids, codes and numbers, never a resident's name, phone, address or words; `public`
    entries may be shown to anybody who may see the subject. `content` are the words of a resident
    or an answer: the entry keeps their salted digest alone, so that they can be proven unchanged.
    """
    subject_type, subject_id = subject_key(subject)
    salt = ledger.fresh_salt()
    said = {"content": ledger.sealed_content(salt, content)} if content else {}
    entry = statements.new(
        Entry,
        at=at,
        action=action,
        actor_id=by.person_id if by else None,
        actor_name=by.name[:60] if by else "",
        organ_id=by.organ_id if by else None,
        division_code=division_code,
        subject_type=subject_type,
        subject_id=subject_id,
        data=_plain({**(data or {}), **said}),
        public=public,
    )
    statements.write(statements.prepare(entry), statements.prepare(ledger.leaf_of(entry, salt)))
    return entry


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(one) for one in value]
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    return str(value)  # Lazy translations.

"""Reads of the journal and of attachments."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from lianxin.kernel.together import Asked
from lianxin.record.enums import AttachmentState
from lianxin.record.models import Attachment, Entry
from lianxin.record.rules import check_may_read

Subject = Model | tuple[str, UUID]
#: Who reads the journal of a province reads what belongs to no division, too: accounts and keys.
PROVINCE = 2


class Reading(Protocol):
    """Whoever reads the journal, as far as this app wants to know."""

    def scopes_with(self, ability: str) -> tuple[str, ...]: ...


def subject_key(subject: Subject) -> tuple[str, UUID]:
    """`("cases.case", id)` of a model instance, or the pair itself."""
    if isinstance(subject, tuple):
        return subject
    if not isinstance(subject.pk, UUID):
        raise TypeError(f"{subject._meta.label} has no UUID as its key.")
    return subject._meta.label_lower, subject.pk


def attachments_of(subject: Subject) -> QuerySet[Attachment]:
    """What is attached to the subject, in the order it came."""
    kind, key = subject_key(subject)
    return Attachment.objects.filter(
        subject_type=kind, subject_id=key, state=AttachmentState.BOUND
    ).order_by("id")


def attachments_by_subject(
    subject_type: str, keys: Collection[UUID]
) -> dict[UUID, list[Attachment]]:
    """The attachments of many subjects of one kind, with one query."""
    return attachments_of_kinds({subject_type: keys})


def attachments_of_kinds(asked: Mapping[str, Collection[UUID]]) -> dict[UUID, list[Attachment]]:
    """The attachments of subjects of several kinds, by the subject's key. One query for all, none
    for no subject."""
    found: dict[UUID, list[Attachment]] = {key: [] for keys in asked.values() for key in keys}
    of_these = Q(pk__in=[])
    for kind, keys in asked.items():
        of_these |= Q(subject_type=kind, subject_id__in=tuple(keys))
    rows = Attachment.objects.filter(of_these, state=AttachmentState.BOUND).order_by("id")
    return found | _by_subject(rows)


def attachments_asked(kind: str, keys: QuerySet[Any]) -> Asked[dict[UUID, list[Attachment]]]:
    """The attachments of the subjects that a queryset of keys finds, to be read together with other
    things; subjects without any are left out."""
    rows = Attachment.objects.filter(
        subject_type=kind, subject_id__in=keys, state=AttachmentState.BOUND
    )
    return Asked((rows.order_by("id"),), _by_subject)


def _by_subject(rows: Iterable[Attachment]) -> dict[UUID, list[Attachment]]:
    found: dict[UUID, list[Attachment]] = {}
    for row in rows:
        if row.subject_id is not None:
            found.setdefault(row.subject_id, []).append(row)
    return found


def entries_of(subject: Subject, *, public_only: bool = False) -> QuerySet[Entry]:
    """The journal of one subject, oldest first."""
    kind, key = subject_key(subject)
    rows: QuerySet[Entry] = Entry.objects.filter(subject_type=kind, subject_id=key)
    return (rows.filter(public=True) if public_only else rows).order_by("id")


def entries_for(
    reader: Reading, *, place: str = "", action: str = "", subject: UUID | None = None
) -> QuerySet[Entry]:
    """What the reader may read of the journal; to be ordered. Raises MayNotRead.

    `place` narrows to a division, `action` to acts whose name begins so, `subject` to one thing.
    """
    scopes = check_may_read(reader.scopes_with("record.see"))
    seen = Q(pk__in=[])
    for scope in scopes:
        seen |= Q(division_code__startswith=scope)
        if len(scope) <= PROVINCE:
            seen |= Q(division_code="")
    rows: QuerySet[Entry] = Entry.objects.filter(seen, division_code__startswith=place)
    if action:
        rows = rows.filter(action__startswith=action)
    return rows.filter(subject_id=subject) if subject else rows

"""Attachments: staged, bound to their subject, removed; and the files behind them."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from lianxin.kernel import data_keys, statements
from lianxin.kernel.keys import index_key
from lianxin.kernel.moves import move
from lianxin.kernel.pieces import each
from lianxin.kernel.refused import Absent
from lianxin.record.enums import ATTACHMENT_TRANSITIONS, AttachmentState
from lianxin.record.models import Attachment
from lianxin.record.queries import attachments_of, subject_key
from lianxin.record.services import files
from lianxin.record.services.journal import Acting, write
from lianxin.record.services.uploads import Prepared, UploadRefused, prepare

STAGED_FOR = timedelta(days=1)
MOST_PER_SUBJECT = 30
#: The ground of a removal that the resident wished.
ERASURE = "erasure"


def stage(upload: File[Any] | Prepared, at: datetime, *, by: Acting | None = None) -> Attachment:
    """Takes a file before its subject exists. The result carries `token`, which binds it later.

    Effects: files stored, attachment STAGED; both are deleted after a day unless bound.
    The token is kept nowhere. Raises UploadRefused.
    """
    prepared = upload if isinstance(upload, Prepared) else prepare(upload)
    token = secrets.token_urlsafe(24)
    attachment = _stored(prepared, at=at, by=by, division_code="", token_digest=_digest(token))
    attachment.token = token  # type: ignore[attr-defined]
    return attachment


def staged(token: str) -> Attachment | None:
    """The file behind a token while it is not bound yet: whoever holds the token sent it."""
    return Attachment.objects.filter(
        token_digest=_digest(token), state=AttachmentState.STAGED
    ).first()


@transaction.atomic
def bind(
    tokens: Sequence[str],
    *,
    subject: Model | tuple[str, UUID],
    at: datetime,
    division_code: str,
    by: Acting | None = None,
    most: int = MOST_PER_SUBJECT,
) -> list[Attachment]:
    """Attaches staged files to their subject, in the caller's transaction and this order.

    A token already bound to the same subject is taken as done. Effects: attachments BOUND,
    one journal entry each. Raises UploadRefused when a file is no longer there, or too many.
    """
    key = subject_key(subject)
    digests = [_digest(token) for token in dict.fromkeys(tokens)]
    rows = Attachment.objects.select_for_update().filter(token_digest__in=digests)
    found = {bytes(row.token_digest or b""): row for row in rows}
    bound = []
    for digest in digests:
        row = found.get(digest)
        if row is None or (row.state != AttachmentState.STAGED and _subject_of(row) != key):
            raise UploadRefused(_("An uploaded file is no longer there. Please add it again."))
        if row.state == AttachmentState.STAGED:
            _attach_to(row, key, division_code, by=by, at=at)
        bound.append(row)
    _check_number(subject, most)
    return bound


@transaction.atomic
def attach(
    *,
    subject: Model | tuple[str, UUID],
    upload: File[Any] | Prepared,
    by: Acting | None,
    at: datetime,
    division_code: str,
    most: int = MOST_PER_SUBJECT,
) -> Attachment:
    """Attaches an upload to its subject at once.

    Effects: files stored, attachment BOUND, journal entry. Inside a transaction give it
    what `prepare(upload)` returned: making a photo anew takes longer than a lock should.
    Raises UploadRefused.
    """
    prepared = upload if isinstance(upload, Prepared) else prepare(upload)
    attachment = _stored(prepared, at=at, by=by, division_code=division_code)
    _attach_to(attachment, subject_key(subject), division_code, by=by, at=at)
    _check_number(subject, most)
    return attachment


@transaction.atomic
def remove(*, attachment_id: UUID, by: Acting | None, at: datetime, ground: str) -> Attachment:
    """Takes an attachment away for good, with the ground in the journal.

    Effects: attachment REMOVED, its key destroyed, journal entry, its files deleted after the
    commit. Raises Absent, IllegalMove.
    """
    attachment = Attachment.objects.select_for_update().filter(pk=attachment_id).first()
    if attachment is None:
        raise Absent
    attachment.state = move(ATTACHMENT_TRANSITIONS, attachment.state, "remove")
    attachment.name = ""
    attachment.save(update_fields=("state", "name"))
    if attachment.subject_id:
        write(
            action="record.attachment.remove",
            by=by,
            at=at,
            division_code=attachment.division_code,
            subject=_subject_of(attachment),
            data={"attachment": attachment.pk, "ground": ground},
        )
    data_keys.destroy([attachment.data_key], erased=ground == ERASURE)
    transaction.on_commit(partial(files.delete, files.files_of(attachment)))
    return attachment


def purge_staged(at: datetime) -> int:
    """Deletes uploads that nobody sent within a day; returns how many. A job."""
    late = Attachment.objects.filter(state=AttachmentState.STAGED, uploaded_at__lt=at - STAGED_FOR)
    deleted = 0
    for attachment in each(late):
        # The state is asked again: it may have been bound this moment.
        gone, _rows = late.filter(pk=attachment.pk).delete()
        if gone:
            data_keys.destroy([attachment.data_key], erased=False)
            transaction.on_commit(partial(files.delete, files.files_of(attachment)))
            deleted += 1
    return deleted


def reconcile_files(at: datetime) -> tuple[int, list[UUID]]:
    """Compares files and rows. A job.

    Deletes files a day old that no row names (their transaction was rolled back, or their
    row removed). Returns how many, and the attachments whose file is missing.
    """
    known: set[str] = set()
    missing: list[UUID] = []
    for attachment in each(Attachment.objects.exclude(state=AttachmentState.REMOVED)):
        names = files.files_of(attachment)
        known.update(names)
        if not all(default_storage.exists(name) for name in names):
            missing.append(attachment.pk)
    orphans = [
        name
        for name in files.stored_names()
        if name not in known and default_storage.get_modified_time(name) < at - STAGED_FOR
    ]
    files.delete(orphans)
    return len(orphans), missing


def _stored(prepared: Prepared, *, at: datetime, by: Acting | None, **more: Any) -> Attachment:
    """The attachment with its key, once its files are stored under names that say nothing."""
    attachment = Attachment(
        **more,
        kind=prepared.kind,
        name=prepared.name,
        content_type=prepared.content_type,
        size=len(prepared.body),
        width=prepared.width,
        height=prepared.height,
        sha256=prepared.sha256,
        scan=prepared.scan,
        uploaded_at=at,
        uploaded_by_id=by.person_id if by else None,
    )
    key = files.keep(
        attachment,
        stem=f"{at:%Y/%m/%d}/{attachment.pk.hex}",
        extension=prepared.extension,
        full=prepared.body,
        preview=prepared.preview,
    )
    with transaction.atomic():
        statements.insert(key)
        attachment.save(force_insert=True)
    return attachment


def _attach_to(
    attachment: Attachment,
    key: tuple[str, UUID],
    division_code: str,
    *,
    by: Acting | None,
    at: datetime,
) -> None:
    attachment.state = move(ATTACHMENT_TRANSITIONS, attachment.state, "bind")
    attachment.subject_type, attachment.subject_id = key
    attachment.division_code = division_code
    attachment.save(update_fields=("state", "subject_type", "subject_id", "division_code"))
    write(
        action="record.attachment.bind",
        by=by,
        at=at,
        division_code=division_code,
        subject=key,
        data={
            "attachment": attachment.pk,
            "kind": attachment.kind,
            "size": attachment.size,
            "sha256": bytes(attachment.sha256).hex(),
        },
    )


def _check_number(subject: Model | tuple[str, UUID], most: int) -> None:
    if attachments_of(subject)[: most + 1].count() > most:
        raise UploadRefused(
            _("There are too many files; at most %(most)s are taken.") % {"most": most}
        )


def _subject_of(attachment: Attachment) -> tuple[str, UUID]:
    assert attachment.subject_id is not None
    return attachment.subject_type, attachment.subject_id


def _digest(token: str) -> bytes:
    return hmac.digest(index_key("upload"), token.encode(), "sha256")

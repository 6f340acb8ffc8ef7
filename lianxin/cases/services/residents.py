"""Filing and joining by people without an account: within a limit per network address."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.cases.services import filing
from lianxin.kernel import limits
from lianxin.kernel.puzzles import Gate, check_gate
from lianxin.record import services as record
from lianxin.record.models import Attachment

#: Photos that one network address may upload in an hour.
PHOTOS_PER_FILING = 6


def file_case(
    *, draft: filing.Draft, key: str, sender: str, at: datetime, answer: str = ""
) -> filing.Receipt:
    """File a matter for an anonymous resident. The key is the actor: nobody else knows it.

    `answer` is the solved puzzle where the network owes one. Effects: a token of the sender's bucket
    (given back when filing is refused, as one transaction); what `filing.file_case` does. Raises
    PuzzleOwed, TooMany and what that raises.
    """
    return filing.file_case(
        draft=draft,
        key=key,
        actor=key,
        route="cases:file",
        by=None,
        at=at,
        admit=lambda: _within_limit(sender, answer, at),
    )


@transaction.atomic
def join_case(
    *, case_id: UUID, draft: filing.Draft, key: str, sender: str, at: datetime, answer: str = ""
) -> filing.Receipt:
    """The “me too” of an anonymous resident; effects and errors as `file_case`."""
    _within_limit(sender, answer, at)
    return filing.me_too(
        case_id=case_id, draft=draft, key=key, actor=key, route="cases:join", at=at
    )


def stage_photo(*, upload: File[Any], sender: str, at: datetime) -> Attachment:
    """Take one photo before it is sent; the result carries `token`.

    Only pictures; the file's given name is not kept, for people name files after people. Effects: a token of the sender's bucket; file and attachment STAGED, gone after
    a day unless sent. Raises TooMany, UploadRefused.
    """
    most = settings.FILINGS_PER_HOUR * PHOTOS_PER_FILING
    limits.check("cases.photo", sender, per_hour=most, burst=most, at=at)
    prepared = record.prepare(upload)
    if not prepared.preview:
        raise record.UploadRefused(_("Only photos are taken here (JPEG, PNG, WebP)."))
    return record.stage(replace(prepared, name=""), at)


def _within_limit(sender: str, answer: str, at: datetime) -> None:
    """The first of an hour are free; beyond them each costs a sum, and there is an end to it."""
    most = settings.FILINGS_PER_HOUR
    free = min(settings.FILINGS_WITHOUT_PUZZLE, most)
    gate = Gate("cases.file.free", free=free, per_hour=free)
    if check_gate(gate, sender, answer=answer, at=at):
        limits.check("cases.file", sender, per_hour=most, burst=most, at=at)

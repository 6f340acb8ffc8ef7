"""Answers with their papers, and what a deputy saw on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction

from lianxin.congress.models import Actor
from lianxin.handling.models import Answer, Dispatch, Event
from lianxin.handling.rules import permissions
from lianxin.handling.services import answers, dispatches, matters
from lianxin.handling.services.answers import Reply
from lianxin.handling.services.settle import lock_dispatch
from lianxin.kernel import idempotency
from lianxin.kernel.refused import Refused
from lianxin.record import services as record

MOST_FILES = 6


def answer(
    *, dispatch_id: UUID, reply: Reply, uploads: Sequence[File[Any]], by: Actor, at: datetime
) -> Answer:
    """Answer a dispatch and attach photos and papers to the answer, in one transaction.

    Raises what `answer_dispatch` raises, and UploadRefused.
    """
    prepared = [record.prepare(upload) for upload in uploads]
    with transaction.atomic():
        given = answers.answer_dispatch(dispatch_id=dispatch_id, reply=reply, by=by, at=at)
        for one in prepared:
            record.attach(
                subject=given,
                upload=one,
                by=by,
                at=at,
                division_code=given.division_code,
                most=MOST_FILES,
            )
    return given


def visit(
    *,
    dispatch_id: UUID,
    text: str,
    public: bool,
    uploads: Sequence[File[Any]],
    key: str,
    by: Actor,
    at: datetime,
) -> Event:
    """A deputy was on the spot (去现场): a note in the matter's journal with photos. Once per key.

    No clock changes: it is no answer. Raises NotYourMatter, UploadRefused, ReasonMissing.
    """
    prepared = [record.prepare(upload) for upload in uploads]
    said = {"text": text, "public": public, "files": [one.sha256.hex() for one in prepared]}

    def write() -> str:
        dispatch = lock_dispatch(dispatch_id)
        permissions.check_press(by, dispatch)
        if not text.strip():
            raise matters.ReasonMissing
        matter = matters.note(
            matter_id=dispatch.matter_id, by=by, at=at, text=text.strip(), public=public
        )
        event = Event.objects.get(matter_id=matter.pk, number=matter.last_number)
        for one in prepared:
            record.attach(
                subject=event,
                upload=one,
                by=by,
                at=at,
                division_code=matter.division_code,
                most=MOST_FILES,
            )
        return str(event.pk)

    done = idempotency.once(
        key=key,
        actor=str(by.person_id),
        route=f"visit:{dispatch_id}",
        body_hash=idempotency.hash_body(said),
        act=write,
    )
    return Event.objects.get(pk=UUID(done))


def sign_many(*, dispatch_ids: Sequence[UUID], by: Actor, at: datetime) -> tuple[int, list[str]]:
    """Sign for several at once, each in its own transaction; returns how many, and why others not."""
    return _each(dispatch_ids, lambda pk: dispatches.sign(dispatch_id=pk, by=by, at=at))


def remind_many(
    *, dispatch_ids: Sequence[UUID], by: Actor, at: datetime, note: str = ""
) -> tuple[int, list[str]]:
    """Remind several at once, each in its own transaction."""
    return _each(
        dispatch_ids, lambda pk: dispatches.remind(dispatch_id=pk, by=by, at=at, note=note)
    )


def _each(ids: Sequence[UUID], act: Any) -> tuple[int, list[str]]:
    done, refused = 0, []
    for pk in dict.fromkeys(ids):
        try:
            act(pk)
        except Refused as no:
            title = Dispatch.objects.filter(pk=pk).values_list("matter__title", flat=True).first()
            refused.append(f"{title or ''}: {no.message}" if title else str(no.message))
        else:
            done += 1
    return done, refused

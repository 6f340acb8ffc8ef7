"""The same request sent twice has one effect, and both senders get the same outcome."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.kernel import marks, statements
from lianxin.kernel.clock import now
from lianxin.kernel.keys import index_key
from lianxin.kernel.models import IdempotencyRecord
from lianxin.kernel.refused import Refused

KEPT = timedelta(days=30)


_waits: ContextVar[bool] = ContextVar("waits", default=True)


class UnderWay(Refused):
    """The first request under this key is not finished (IETF draft Idempotency-Key, section 2.6)."""

    message = _("The same request is still being worked on. Please send it again in a moment.")
    code = "idempotency_running"
    retry_after = 1


@contextmanager
def without_waiting() -> Iterator[None]:
    """Here a second sender is told that the first is not finished, instead of waiting for it."""
    token = _waits.set(False)
    try:
        yield
    finally:
        _waits.reset(token)


def once(*, key: str, actor: str, route: str, body_hash: str, act: Callable[[], str]) -> str:
    """Runs `act` unless it was run before under this key; returns its (stored) outcome.

    Effects, in one transaction: the key is taken, `act` writes what it writes, its outcome
    is kept for 30 days, sealed. A second sender waits for the first and gets the outcome: who
    tapped a form twice wants the receipt, not a lesson. Programs do not wait (`without_waiting`).
    When `act` raises, nothing is kept, and the key is free again.

    Raises Refused 400 (no usable key), 409 (the key belongs to another sender, who is told
    nothing), 422 (the same key with another content or on another page), and UnderWay.
    """
    if not key or len(key) > 255:
        raise Refused(
            _("This form was sent without its number. Please open it again."),
            "idempotency_key",
            status=400,
        )
    at = now()
    mine = statements.new(
        IdempotencyRecord,
        key=key,
        actor=actor,
        route=route,
        body_hash=body_hash,
        created_at=at,
        expires_at=at + KEPT,
    )
    if _waits.get():
        return _once(mine, act)
    with marks.alone(key) as first:
        if first:
            return _once(mine, act)
    return _finished(mine)


@transaction.atomic
def _once(mine: IdempotencyRecord, act: Callable[[], str]) -> str:
    if not statements.insert_once(mine, "key"):
        return _stored(IdempotencyRecord.objects.get(key=mine.key), mine)
    mine.response_body, mine.status = act(), IdempotencyRecord.Status.DONE
    statements.update(mine, "response_body", "status")
    return mine.response_body


def _finished(wanted: IdempotencyRecord) -> str:
    """What the first one left, where it is finished; others may be asking for it at this moment."""
    found = IdempotencyRecord.objects.filter(key=wanted.key).first()
    if found is None:
        raise UnderWay
    return _stored(found, wanted)


def is_done(*, key: str, route: str) -> bool:
    """Whether something was written under this key there. Tells nothing of what."""
    return IdempotencyRecord.objects.filter(
        key=key, route=route, status=IdempotencyRecord.Status.DONE
    ).exists()


def _stored(record: IdempotencyRecord, wanted: IdempotencyRecord) -> str:
    if record.actor != wanted.actor:
        raise Refused(
            _("This form was already sent by somebody else. Please open a new one."),
            "idempotency_actor",
        )
    if (record.route, record.body_hash) != (wanted.route, wanted.body_hash):
        raise Refused(
            _("This form was already sent with other content. Please open a new one."),
            "idempotency_body",
            status=422,
        )
    return str(record.response_body)


def hash_body(data: Any, files: Iterable[File[Any]] = ()) -> str:
    """A keyed digest of what was sent: JSON-like data (a QueryDict as lists) and the files' bytes.

    Keyed, because whoever has the database could else try phone numbers until the digest fits.
    """
    lists = getattr(data, "lists", None)
    plain = dict(lists()) if lists else data
    if isinstance(plain, dict):
        plain = {name: value for name, value in plain.items() if name != "csrfmiddlewaretoken"}
    said = json.dumps(plain, sort_keys=True, default=str).encode()
    digest = hmac.new(index_key("idempotency"), said, "sha256")
    for file in files:
        one = hashlib.sha256()
        for chunk in file.chunks():
            one.update(chunk)
        file.seek(0)
        digest.update(one.digest())
    return digest.hexdigest()


def purge(at: datetime) -> int:
    """Deletes the records past their 30 days; returns how many."""
    deleted, _rows = IdempotencyRecord.objects.filter(expires_at__lt=at).delete()
    return deleted

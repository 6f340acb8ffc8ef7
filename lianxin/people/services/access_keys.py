"""Access keys: made and shown once, used by programs, revoked."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from lianxin.kernel.clock import local_date
from lianxin.kernel.refused import Absent
from lianxin.people import rules
from lianxin.people.models import AccessKey, Account
from lianxin.people.queries import access_digest, keys_of
from lianxin.people.rules import Acting
from lianxin.record.services import write

#: What every key begins with, so that scanners of leaked secrets and people know one.
PREFIX = "lxk_"
#: The last use is kept as exactly as this: not every request is a write.
USE_KEPT = timedelta(minutes=5)


@transaction.atomic
def make_key(
    *,
    account_id: UUID,
    name: str,
    scope: str,
    expires_at: datetime,
    networks: Iterable[str],
    by: Acting | None,
    at: datetime,
) -> tuple[AccessKey, str]:
    """A key for one's own account; and its text, said this once. The page asked for proof before.

    Effects: the row with the key's digest (256 random bits), a journal entry. Raises Forbidden,
    KeyRefused.
    """
    account = Account.objects.select_for_update(of=("self",)).get(pk=account_id)
    rules.check_own_key(by, account)
    held = keys_of(account_id).filter(revoked_at__isnull=True, expires_at__gt=at).count()
    rules.check_key_is_good(expires_at=expires_at, at=at, held=held)
    text = PREFIX + secrets.token_urlsafe(32)
    key = AccessKey(
        account=account,
        name=name,
        scope=scope,
        digest=access_digest(text),
        hint=text[: len(PREFIX) + 6],
        networks=rules.networks_in(networks),
        made_at=at,
        expires_at=expires_at,
    )
    key.save(force_insert=True)
    _note("people.key.make", key, {"scope": scope, "until": expires_at.isoformat()}, by, at)
    return key, text


@transaction.atomic
def revoke_key(*, key_id: UUID, by: Acting | None, at: datetime) -> AccessKey:
    """It works no more, from the next request on; it stays on record. Twice does nothing more.

    Raises Absent for a key that is not there or not one's own, for the two look the same.
    """
    keys = AccessKey.objects.select_for_update(of=("self",)).select_related("account")
    key = keys.filter(pk=key_id).first()
    if key is None or not rules.may_revoke(by, key):
        raise Absent
    if key.revoked_at is None:
        key.revoked_at, key.revoked_by_id = at, by.person_id if by else None
        key.save(update_fields=("revoked_at", "revoked_by"))
        _note("people.key.revoke", key, {}, by, at)
    return key


@transaction.atomic
def note_use(*, key: AccessKey, sender: str, at: datetime) -> None:
    """Keeps when a key was used last, to five minutes; the first use of a day is journalled."""
    if key.used_at and at - key.used_at < USE_KEPT:
        return
    is_first = key.used_at is None or local_date(key.used_at) != local_date(at)
    key.used_at = at
    key.save(update_fields=("used_at",))
    if is_first:
        _note("people.key.use", key, {"network": sender}, None, at)


def _note(
    action: str, key: AccessKey, data: dict[str, Any], by: Acting | None, at: datetime
) -> None:
    said = {"hint": key.hint, "account": str(key.account_id), **data}
    write(action=action, by=by, at=at, division_code="", subject=key, data=said)

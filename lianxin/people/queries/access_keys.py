"""Access keys: the one behind a text, and those of an account."""

from __future__ import annotations

import hmac
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from lianxin.kernel.keys import index_key
from lianxin.people.models import AccessKey


def access_digest(key: str) -> bytes:
    """What the database keeps of an access key: HMAC-SHA-256, 32 bytes."""
    return hmac.digest(index_key("access-key"), key.encode("utf-8", "replace"), "sha256")


def key_behind(key: str, *, at: datetime) -> AccessKey | None:
    """The access key in force, with account and person; None for any other text. One query."""
    return (
        AccessKey.objects.select_related("account__person")
        .filter(
            digest=access_digest(key),
            revoked_at__isnull=True,
            expires_at__gt=at,
            account__is_active=True,
        )
        .first()
    )


def keys_of(account_id: UUID) -> QuerySet[AccessKey]:
    """An account's keys, revoked and expired ones too, the latest first."""
    return AccessKey.objects.filter(account_id=account_id)

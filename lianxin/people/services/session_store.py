"""SESSION_ENGINE: Django's sessions in the database, in a table of ours (`models.Session`).

The row's key is a keyed digest of the cookie's; a session that is idle or open for too long, or that
lacks a required second factor, is none.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

from lianxin.kernel.clock import now
from lianxin.kernel.keys import index_key
from lianxin.people import rules
from lianxin.people.models import Session


def row_key(session_key: str) -> UUID:
    """The key of the row: 128 bits of a keyed digest."""
    return UUID(bytes=hmac.digest(index_key("session"), session_key.encode(), "sha256")[:16])


class SessionStore(db.SessionStore):
    """Synchronous only, as the product is."""

    @classmethod
    def get_model_class(cls) -> Any:
        return Session

    def _get_session_from_db(self) -> Session | None:
        at = now()
        row = Session.objects.filter(pk=row_key(self.session_key or ""), expire_date__gt=at).first()
        if row is None or rules.session_is_over(row, at):
            self._session_key = None
            return None
        return row

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(pk=row_key(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        at = now().isoformat()
        started = data.setdefault("started", at)
        seen = data.setdefault("seen", at)
        return Session(
            id=row_key(self._get_or_create_session_key()),  # type: ignore[attr-defined]
            account_id=data.get(SESSION_KEY),
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            started_at=datetime.fromisoformat(started),
            seen_at=datetime.fromisoformat(seen),
            idle_minutes=data.get("idle", settings.SESSION_IDLE_MINUTES),
            has_second=data.get("second", False),
            device=data.get("device", ""),
            place=data.get("place", ""),
        )

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            Session.objects.filter(pk=row_key(key)).delete()

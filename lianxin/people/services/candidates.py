"""The secret offered to an app until a code proves that the app has it: sealed, in the session."""

from __future__ import annotations

import base64
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

from lianxin.kernel import totp
from lianxin.kernel.seals import seal, unseal

_KEY = "app-secret"
_PLACE = "session.app_secret"


def candidate(session: SessionBase, *, account_id: UUID) -> str:
    """The same secret until it is taken, so that a page opened twice shows one code."""
    kept = session.get(_KEY)
    if kept and kept["account"] == str(account_id):
        return unseal(base64.b64decode(kept["sealed"]), column=_PLACE, row=account_id)
    secret = totp.new_secret()
    sealed = base64.b64encode(seal(secret, column=_PLACE, row=account_id)).decode()
    session[_KEY] = {"account": str(account_id), "sealed": sealed}
    return secret


def forget_candidate(session: SessionBase) -> None:
    session.pop(_KEY, None)

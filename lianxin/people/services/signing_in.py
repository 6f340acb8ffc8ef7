"""Signing in step by step. Until the last step nobody is signed in: what was shown so far is a note in
a session that opens no page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

from lianxin.people import rules
from lianxin.people.enums import Step
from lianxin.people.models import Account
from lianxin.people.queries import has_second_factor

_NOTE = "signing-in"
#: All steps together may take this long.
PATIENCE = timedelta(minutes=15)
PASSWORD, PASSKEY, SECOND, OUTSIDE = "password", "passkey", "second", "outside"


@dataclass(frozen=True, slots=True)
class SigningIn:
    """Somebody who has shown something, and may have to show more."""

    account: Account
    passed: frozenset[str]

    @property
    def has_second(self) -> bool:
        return bool({SECOND, PASSKEY} & self.passed)


def begin(session: SessionBase, *, account_id: UUID, passed: Iterable[str], at: datetime) -> None:
    """Somebody has shown a password, a passkey or an outside sign-in. The session gets a new key."""
    session.cycle_key()
    session[_NOTE] = {"account": str(account_id), "passed": list(passed), "at": at.isoformat()}


def add(session: SessionBase, *, passed: str) -> None:
    """One step more."""
    kept = session[_NOTE]
    session[_NOTE] = {**kept, "passed": [*kept["passed"], passed]}


def forget(session: SessionBase) -> None:
    session.pop(_NOTE, None)


def under_way(session: SessionBase, *, at: datetime) -> SigningIn | None:
    """Who is signing in by this session; None when nobody is, or it took too long."""
    kept = session.get(_NOTE)
    if not kept or at - datetime.fromisoformat(kept["at"]) > PATIENCE:
        return None
    account = Account.objects.filter(pk=kept["account"], is_active=True).first()
    return SigningIn(account, frozenset(kept["passed"])) if account else None


def next_step(signing_in: SigningIn, *, at: datetime) -> Step:
    """What is missing: the second factor where there is one or one is required, then a new password
    where somebody else knows the old one."""
    account, passed = signing_in.account, signing_in.passed
    if not signing_in.has_second:
        if has_second_factor(account.pk):
            return Step.SECOND
        if rules.second_factor_is_required():
            return Step.SET_UP
    if PASSWORD in passed and rules.password_is_due(account, at):
        return Step.PASSWORD
    return Step.DONE

"""Sessions of those who are signed in: what they carry, how they end, how they are ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from lianxin.people.enums import ADMINISTRATORS
from lianxin.people.models import Account, Session
from lianxin.people.services.factors import note

#: How often `last seen` is written down.
SEEN_EVERY = timedelta(minutes=1)


def open_session(
    session: SessionBase, *, second: bool, device: str, place: str, at: datetime
) -> None:
    """Marks a session in which somebody has just signed in; its key was changed by the sign-in."""
    moment = at.isoformat()
    session.update(
        {
            "started": moment,
            "seen": moment,
            "proven": moment,
            "second": second,
            "device": device[:60],
            "place": place[:50],
        }
    )


def mark_proven(session: SessionBase, *, at: datetime) -> None:
    """Whoever is signed in has just proved it again; the session gets a new key."""
    session["proven"] = at.isoformat()
    session.cycle_key()


def see(session: SessionBase, *, posts: Iterable[str], roles: Iterable[str], at: datetime) -> None:
    """At a request: notes that it was used (once a minute), how long it may idle with these roles,
    and changes its key when the posts are others than before."""
    held = sorted(posts)
    before = session.get("posts")
    idle = settings.SESSION_IDLE_MINUTES
    if ADMINISTRATORS & set(roles):
        idle = min(idle, settings.ADMIN_IDLE_MINUTES)
    seen = datetime.fromisoformat(session.get("seen") or at.isoformat())
    if before == held and session.get("idle") == idle and at - seen < SEEN_EVERY:
        return
    session.update({"posts": held, "idle": idle, "seen": at.isoformat()})
    if before is not None and before != held:
        session.cycle_key()


@transaction.atomic
def end_session(*, account_id: UUID, session_id: UUID, at: datetime) -> None:
    """One of one's own sessions ends; somebody else's is left alone. Journal entry."""
    _end(Account.objects.get(pk=account_id), [session_id], at)


@transaction.atomic
def end_other_sessions(*, account_id: UUID, keep: UUID, at: datetime) -> int:
    """All of one's own sessions but this one end. Returns how many. Journal entry."""
    account = Account.objects.get(pk=account_id)
    others = Session.objects.filter(account=account).exclude(pk=keep)
    return _end(account, others.values_list("pk", flat=True), at)


def _end(account: Account, keys: Iterable[UUID], at: datetime) -> int:
    ended, _rows = Session.objects.filter(account=account, pk__in=list(keys)).delete()
    if ended:
        note("people.session.end", account, {"number": ended}, at)
    return ended


def forget_sessions(at: datetime) -> int:
    """Deletes what can no longer be used; returns how many rows. For the scheduler."""
    deleted, _rows = Session.objects.filter(expire_date__lt=at).delete()
    return deleted

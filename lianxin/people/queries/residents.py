"""What belongs to a proven phone: its running sessions, and its matters wherever they are kept.

Which matters there are is known to the apps above; `config/wiring.py` offers their answers once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.db.models import QuerySet

from lianxin.people.models import ResidentSession
from lianxin.web.parts import Tone

#: A session ends half an hour after its last page, and twelve hours after it began.
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
#: What one kind of matter lists at most, the newest first.
MOST = 100


@dataclass(frozen=True, slots=True)
class Owned:
    """One matter of a phone: what it is, where it stands in words, and the page that tells more."""

    kind: str
    title: str
    note: str
    state: str
    tone: Tone
    at: datetime
    href: str
    is_open: bool


class Finder(Protocol):
    """At most MOST matters of a phone, by its blind index, in a fixed number of queries."""

    def __call__(self, phone_index: bytes, *, at: datetime) -> Sequence[Owned]: ...


_finders: list[Finder] = []


def offer(*finders: Finder) -> None:
    """Who knows matters of phones. Called in config/wiring.py."""
    _finders[:] = finders


def owned_by(phone_index: bytes, *, at: datetime) -> list[Owned]:
    """Everything of a phone: what is open first, the newest first within."""
    found = [one for finder in _finders for one in finder(phone_index, at=at)]
    return sorted(found, key=lambda one: (one.is_open, one.at), reverse=True)


def running_sessions(at: datetime) -> QuerySet[ResidentSession]:
    """Sessions that were neither ended nor left alone for too long."""
    return ResidentSession.objects.filter(
        ended_at__isnull=True, seen_at__gt=at - IDLE, began_at__gt=at - ABSOLUTE
    )


def sessions_of(session: ResidentSession, *, at: datetime) -> list[ResidentSession]:
    """The running sessions of this session's phone, the newest first."""
    mine = running_sessions(at).filter(phone_index=session.phone_index)
    return list(mine.order_by("-began_at", "-id"))

"""A resident signed in by phone code: no account, only a browser that proved a phone."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from lianxin.kernel import phones
from lianxin.kernel.fields import blind_index
from lianxin.kernel.keys import index_key
from lianxin.people.enums import Purpose
from lianxin.people.models import ResidentSession
from lianxin.people.queries.residents import ABSOLUTE, running_sessions
from lianxin.people.services import phone_proofs
from lianxin.record.services import write

#: How exactly the last page is noted: not each page is a write.
NOTED = timedelta(minutes=1)
#: Sessions that are over are kept so long, for the journal's entries to point to something.
KEPT = timedelta(days=7)


def sign_in(*, phone: str, code: str, replaces: str = "", at: datetime) -> str:
    """The code that was sent to the phone is right: returns the key of a fresh session, 256 bits.

    Effects: the code is used up (a wrong one counts as a try); the session of the key `replaces`
    ends; session and journal entry. Only a digest of the key is kept. Raises WrongCode.
    """
    phone_proofs.prove(phone=phone, code=code, purpose=Purpose.SIGN_IN, at=at)
    number = phones.to_e164(phone)
    assert number is not None  # a proven one is a number
    return _open(number, replaces, at)


@transaction.atomic
def _open(number: str, replaces: str, at: datetime) -> str:
    if replaces:
        _end(ResidentSession.objects.filter(key_digest=_digest(replaces)), at)
    key = secrets.token_urlsafe(32)
    session = ResidentSession.objects.create(
        key_digest=_digest(key),
        phone=number,
        phone_index=blind_index("phone", number),
        began_at=at,
        seen_at=at,
    )
    _note("people.resident.sign-in", session, at)
    return key


def resume(*, key: str, at: datetime) -> ResidentSession | None:
    """The running session of a key, None when there is none or it is over. Notes that it was seen."""
    if not key:
        return None
    session = running_sessions(at).filter(key_digest=_digest(key)).first()
    if session and session.seen_at <= at - NOTED:
        session.seen_at = at
        session.save(update_fields=("seen_at",))
    return session


def sign_out(*, key: str, at: datetime) -> None:
    """Ends the session of a key. Effects: session ended, journal entry; nothing where none runs."""
    with transaction.atomic():
        _end(ResidentSession.objects.filter(key_digest=_digest(key)), at)


def sign_out_everywhere(*, session: ResidentSession, at: datetime) -> int:
    """Ends every session of this session's phone; returns how many. Effects as `sign_out`."""
    with transaction.atomic():
        return _end(ResidentSession.objects.filter(phone_index=session.phone_index), at)


def purge(at: datetime) -> int:
    """Deletes the sessions that are over for a week; returns how many. For the scheduler."""
    return ResidentSession.objects.filter(began_at__lt=at - ABSOLUTE - KEPT).delete()[0]


def _end(sessions: QuerySet[ResidentSession], at: datetime) -> int:
    ended = list(sessions.select_for_update().filter(ended_at__isnull=True))
    for session in ended:
        session.ended_at = at
        session.save(update_fields=("ended_at",))
        _note("people.resident.sign-out", session, at)
    return len(ended)


def _note(action: str, session: ResidentSession, at: datetime) -> None:
    write(action=action, by=None, at=at, division_code="", subject=session)


def _digest(key: str) -> bytes:
    return hmac.digest(index_key("resident-session"), key.encode(), "sha256")

"""Checking in at the venue by the code on its screen: bound to the day, the screen and the minute."""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianxin.kernel.keys import index_key
from lianxin.reception.enums import COMING
from lianxin.reception.models import ReceptionDay
from lianxin.reception.rules.permissions import ReceptionRefused

#: How long a code stands on the screen; the one before it is taken, too.
WINDOW = timedelta(seconds=60)
#: How long before the day begins a deputy may check in.
OPENS = timedelta(minutes=60)
DIGITS = 6


class NoTurnNow(ReceptionRefused):
    message = _("You have no turn at this time. You can check in from one hour before it begins.")
    code = "no_turn_now"


class CodeRefused(ReceptionRefused):
    message = _("This code is not valid, or no longer. Please look at the screen again.")
    code = "code_refused"
    hint = _("The code on the screen changes every minute.")


@dataclass(frozen=True, slots=True)
class Code:
    """What the screen shows now: digits to type, a token for the address in its QR code, and the
    moment at which both change.
    """

    digits: str
    token: str
    until: datetime


def code_for(day_id: UUID, screen_id: UUID, at: datetime) -> Code:
    """The code of this day on this screen in this minute. No database."""
    number = _window(at)
    until = datetime.fromtimestamp((number + 1) * WINDOW.total_seconds(), tz=at.tzinfo)
    digest = _digest(day_id, screen_id, number)
    return Code(digits=_digits(digest), token=_token(digest), until=until)


def fits(said: str, *, day_id: UUID, screen_ids: Iterable[UUID], at: datetime) -> bool:
    """Whether digits or token stand on one of the screens now, or stood there a minute ago."""
    plain = written(said)
    now = _window(at)
    found = False
    for screen_id in screen_ids:
        for number in (now, now - 1):
            digest = _digest(day_id, screen_id, number)
            for right in (_digits(digest), _token(digest)):
                found |= hmac.compare_digest(plain.encode(), right.encode())
    return found


def written(said: str) -> str:
    """The code as the screen shows it, from whatever was typed: full-width digits, blanks."""
    return "".join(unicodedata.normalize("NFKC", said[:80]).lower().split())


def is_open(day: ReceptionDay, at: datetime) -> bool:
    """From one hour before the beginning to the end, both inclusive, of a day that is held."""
    return day.state in COMING and day.starts_at - OPENS <= at <= day.ends_at


def _window(at: datetime) -> int:
    return int(at.timestamp() // WINDOW.total_seconds())


def _digest(day_id: UUID, screen_id: UUID, window: int) -> bytes:
    text = f"{day_id.hex}|{screen_id.hex}|{window}".encode()
    return hmac.digest(index_key("check-in"), text, "sha256")


def _digits(digest: bytes) -> str:
    return f"{int.from_bytes(digest[16:24], 'big') % 10**DIGITS:0{DIGITS}d}"


def _token(digest: bytes) -> str:
    return digest[:16].hex()

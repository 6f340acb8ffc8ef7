"""Six digits that change every half minute (RFC 6238, TOTP over HMAC-SHA-1 as every app knows it)."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

from lianxin.kernel import codes

SECONDS, DIGITS = 30, 6
#: Steps that a phone's clock may be behind or ahead.
DRIFT = 1
_SECRET_BYTES = 20  # RFC 4226 section 4, R6: 160 bits.


def new_secret() -> str:
    """160 random bits in base 32, as apps take them."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def step_at(at: datetime) -> int:
    """The number of the half minute since 1970."""
    return int(at.timestamp()) // SECONDS


def code_of(secret: str, step: int) -> str:
    """The digits of one half minute (RFC 4226, 5.3)."""
    try:
        key = base64.b32decode(secret)
    except binascii.Error:
        raise ValueError("A secret is written in base 32.") from None
    mac = hmac.digest(key, step.to_bytes(8, "big"), "sha1")
    start = mac[-1] & 0xF
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(secret: str, code: str, at: datetime, *, after: int = -1) -> int | None:
    """The step to which a typed code belongs, None for none of now, or for one that is not `after`.

    Keep the step and give it as `after` next time: then no code works twice (RFC 6238, 5.2).
    """
    now, plain = step_at(at), codes.typed(code).encode()
    found = None
    for step in range(now - DRIFT, now + DRIFT + 1):
        fits = hmac.compare_digest(code_of(secret, step).encode(), plain)
        if fits and step > after and found is None:
            found = step
    return found


def address(secret: str, *, account: str, issuer: str) -> str:
    """What the QR code for the app holds (Key URI Format)."""
    label = quote(f"{issuer}:{account}", safe=":")
    asked = urlencode(
        {"secret": secret, "issuer": issuer, "digits": DIGITS, "period": SECONDS}, quote_via=quote
    )
    return f"otpauth://totp/{label}?{asked}"

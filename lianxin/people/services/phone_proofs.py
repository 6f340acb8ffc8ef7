"""Proving a phone without an account: six digits by text message, kept as a digest.

The one engine for it: residents sign in with it and book receptions with it. How a text message
leaves is known above; `config/wiring.py` offers it once.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.kernel import codes, limits, phones
from lianxin.kernel.fields import blind_index
from lianxin.kernel.keys import index_key
from lianxin.kernel.puzzles import Gate, check_gate
from lianxin.kernel.refused import Refused
from lianxin.people.enums import Purpose
from lianxin.people.models import PhoneProof

log = logging.getLogger(__name__)

#: How long a code is good, how often it may be tried, and how long the proof holds then.
VALID = timedelta(minutes=10)
TRIES = 5
HOLDS = timedelta(minutes=30)
#: Codes for one phone, and for one network address: a whole village can share one.
PER_PHONE: dict[str, Any] = {"per_hour": 5, "burst": 3}
PER_SENDER: dict[str, Any] = {"per_hour": 120, "burst": 40}
#: Codes that one network address gets before its devices owe a sum for each.
GATE = Gate("phone-code", free=5, per_hour=10)


class BadPhone(Refused):
    message = _("This is no phone number we can write to. Please check it.")
    code = "bad_phone"
    status = 422


class WrongCode(Refused):
    message = _(
        "This code is not right, or it is no longer good. Please check it, or ask for a new one."
    )
    code = "wrong_code"
    status = 422


class NotProven(Refused):
    message = _("Please confirm your phone number with a code first.")
    code = "not_proven"
    status = 422


class Courier(Protocol):
    """Queues a text message in the caller's transaction; `{secret}` in the text is filled on leaving."""

    def __call__(
        self, *, phone: str, text: Any, secret: str, key: str, division_code: str, at: datetime
    ) -> object: ...


_couriers: list[Courier] = []


def offer_courier(courier: Courier) -> None:
    """Who carries text messages. Called in config/wiring.py."""
    _couriers[:] = [courier]


def send_code(
    *,
    phone: str,
    purpose: Purpose,
    sender: str,
    division_code: str = "",
    answer: str = "",
    at: datetime,
) -> None:
    """Send a fresh code to the phone; it is good for ten minutes, five tries and one use.

    The same work and the same silence whether the phone is known here or not. `answer` is the
    solved puzzle where the network owes one. Effects: a token of the phone's and of the sender's
    bucket (kept whatever follows); proof; message. Not to be called inside a transaction. Raises
    BadPhone, PuzzleOwed, TooMany.
    """
    number = phones.to_e164(phone)
    if number is None:
        raise BadPhone
    check_gate(GATE, sender, answer=answer, at=at)
    limits.check("phone-code.sender", sender, at=at, **PER_SENDER)
    limits.check("phone-code.phone", number, at=at, **PER_PHONE)
    _send(number, purpose, division_code, at)


@transaction.atomic
def _send(number: str, purpose: Purpose, division_code: str, at: datetime) -> None:
    code = f"{secrets.randbelow(1_000_000):06d}"
    proof = PhoneProof(phone_index=blind_index("phone", number), made_at=at, expires_at=at + VALID)
    proof.code_digest = _digest(purpose, proof.pk, code)
    proof.save(force_insert=True)
    for courier in _couriers:
        courier(
            phone=number,
            text=purpose.text,
            secret=code,
            key=f"phone-code:{proof.pk}",
            division_code=division_code,
            at=at,
        )


def prove(*, phone: str, code: str, purpose: Purpose, at: datetime) -> str:
    """The code that was sent is right: returns a token for this phone and purpose, good for 30 minutes.

    Only the latest code counts, for what it was asked for, and once. Effects: the try is counted,
    also where it is refused; the proof is dated. Raises WrongCode, whatever the cause.
    """
    proof = _tried(phone, code, purpose, at)
    if proof is None:
        log.warning("a phone code was refused, asked for %s", purpose.value)
        raise WrongCode
    return _signer(purpose).sign(str(proof.pk))


@transaction.atomic
def _tried(phone: str, code: str, purpose: Purpose, at: datetime) -> PhoneProof | None:
    number = phones.to_e164(phone)
    if number is None:
        return None
    sent = PhoneProof.objects.select_for_update().filter(phone_index=blind_index("phone", number))
    proof = sent.order_by("-made_at", "-id").first()
    if proof is None or proof.used_at or proof.expires_at <= at or proof.tries >= TRIES:
        return None
    proof.tries += 1
    digest = _digest(purpose, proof.pk, codes.typed(code))
    is_right = hmac.compare_digest(bytes(proof.code_digest), digest)
    if is_right:
        proof.used_at = at
    proof.save(update_fields=("tries", "used_at"))
    return proof if is_right else None


def check_proven(*, phone: str, token: str, purpose: Purpose, at: datetime) -> None:
    """Whether the token proves this very phone now, for this. Changes nothing. Raises NotProven."""
    if not is_proven(phone=phone, token=token, purpose=purpose, at=at):
        raise NotProven


def is_proven(*, phone: str, token: str, purpose: Purpose, at: datetime) -> bool:
    number = phones.to_e164(phone)
    proof_id = _read(token, purpose)
    if number is None or proof_id is None:
        return False
    return PhoneProof.objects.filter(
        pk=proof_id, phone_index=blind_index("phone", number), used_at__gt=at - HOLDS
    ).exists()


def purge(at: datetime) -> int:
    """Deletes the proofs that are over for a day; returns how many. For the scheduler."""
    return PhoneProof.objects.filter(expires_at__lt=at - timedelta(days=1)).delete()[0]


def _read(token: str, purpose: Purpose) -> UUID | None:
    try:
        return UUID(_signer(purpose).unsign(token))
    except (BadSignature, ValueError):
        return None


def _signer(purpose: Purpose) -> Signer:
    return Signer(salt=f"people.phone.{purpose.value}")


def _digest(purpose: Purpose, proof_id: UUID, code: str) -> bytes:
    written = f"{purpose.value}:{proof_id}:{code}"
    return hmac.digest(index_key("phone-code"), written.encode(), "sha256")

"""Proving a phone without an account: six digits by text message, kept as a digest."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.kernel import limits, phones
from lianxin.kernel.fields import blind_index
from lianxin.kernel.keys import index_key
from lianxin.kernel.refused import Refused
from lianxin.notices import services as notices
from lianxin.notices.enums import Channel
from lianxin.reception.models import PhoneProof

#: How long a code is good, how often it may be tried, and how long the proof holds then.
VALID = timedelta(minutes=10)
TRIES = 5
HOLDS = timedelta(minutes=30)
#: Codes for one phone, and for one network address: a whole village can share one.
PER_PHONE: dict[str, Any] = {"per_hour": 5, "burst": 3}
PER_SENDER: dict[str, Any] = {"per_hour": 120, "burst": 40}

TEXT = _("Your code for booking a reception: {secret}. It is good for 10 minutes. Tell it nobody.")


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


def send_code(*, phone: str, sender: str, division_code: str, at: datetime) -> None:
    """Send a fresh code to the phone; it is good for ten minutes and five tries.

    Says nothing of whether the phone is known. Effects: a token of the phone's and of the sender's
    bucket (kept whatever follows); proof; message. Not to be called inside a transaction. Raises
    BadPhone, TooMany.
    """
    number = phones.to_e164(phone)
    if number is None:
        raise BadPhone
    limits.check("reception.code.sender", sender, at=at, **PER_SENDER)
    limits.check("reception.code.phone", number, at=at, **PER_PHONE)
    _send(number, division_code, at)


@transaction.atomic
def _send(number: str, division_code: str, at: datetime) -> None:
    code = f"{secrets.randbelow(1_000_000):06d}"
    proof = PhoneProof(phone_index=blind_index("phone", number), made_at=at, expires_at=at + VALID)
    proof.code_digest = _digest(proof.pk, code)
    proof.save(force_insert=True)
    notices.send(
        channel=Channel.SMS,
        address=number,
        text=TEXT,
        secret=code,
        event_key=f"reception:code:{proof.pk}",
        division_code=division_code,
        at=at,
    )


def prove(*, phone: str, code: str, at: datetime) -> str:
    """The code that was sent is right: returns a token that holds for this phone for 30 minutes.

    Only the latest code counts. Effects: the try is counted, also where it is refused; the proof
    is dated. Raises WrongCode, whatever the cause.
    """
    proof = _tried(phone, code, at)
    if proof is None:
        raise WrongCode
    return _signer().sign(str(proof.pk))


@transaction.atomic
def _tried(phone: str, code: str, at: datetime) -> PhoneProof | None:
    number = phones.to_e164(phone)
    if number is None:
        return None
    sent = PhoneProof.objects.select_for_update().filter(phone_index=blind_index("phone", number))
    proof = sent.order_by("-made_at", "-id").first()
    if proof is None or proof.expires_at <= at or proof.tries >= TRIES:
        return None
    proof.tries += 1
    is_right = hmac.compare_digest(bytes(proof.code_digest), _digest(proof.pk, code.strip()))
    if is_right:
        proof.used_at = proof.used_at or at
    proof.save(update_fields=("tries", "used_at"))
    return proof if is_right else None


def check_proven(*, phone: str, token: str, at: datetime) -> None:
    """Whether the token proves this very phone now. Changes nothing. Raises NotProven."""
    if not is_proven(phone=phone, token=token, at=at):
        raise NotProven


def is_proven(*, phone: str, token: str, at: datetime) -> bool:
    number = phones.to_e164(phone)
    proof_id = _read(token)
    if number is None or proof_id is None:
        return False
    return PhoneProof.objects.filter(
        pk=proof_id, phone_index=blind_index("phone", number), used_at__gt=at - HOLDS
    ).exists()


def purge(at: datetime) -> int:
    """Deletes the proofs that are over for a day; returns how many. For the scheduler."""
    return PhoneProof.objects.filter(expires_at__lt=at - timedelta(days=1)).delete()[0]


def _read(token: str) -> UUID | None:
    try:
        return UUID(_signer().unsign(token))
    except (BadSignature, ValueError):
        return None


def _signer() -> Signer:
    return Signer(salt="reception.phone")


def _digest(proof_id: UUID, code: str) -> bytes:
    return hmac.digest(index_key("phone-code"), f"{proof_id}:{code}".encode(), "sha256")

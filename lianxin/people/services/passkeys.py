"""Passkeys: keys in phones, computers and sticks (WebAuthn), checked by Yubico's fido2."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from lianxin.kernel.foreign import read_json
from lianxin.people import rules
from lianxin.people.enums import Door
from lianxin.people.models import Account, Passkey
from lianxin.people.queries import second_factors
from lianxin.people.services.factors import forget_codes_without_factor, locked, note, tell

MOST = 10
State = dict[str, Any]


def begin_adding(*, account_id: UUID) -> tuple[State, State]:
    """What the browser needs to make a passkey, and what to keep until it answers."""
    account = Account.objects.get(pk=account_id)
    options, state = _server().register_begin(
        PublicKeyCredentialUserEntity(
            id=account.pk.bytes, name=account.username, display_name=account.person.name
        ),
        [_credential(one) for one in Passkey.objects.filter(account=account)],
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), state


@transaction.atomic
def add_passkey(
    *, account_id: UUID, state: State | None, answer: str, name: str, at: datetime
) -> Passkey:
    """A passkey that the browser has just made. Journal entry; the person is told.

    Raises PasskeyRefused (another page's, an old or repeated answer) or FactorRefused (ten already).
    """
    account = locked(account_id)
    if account.passkeys.count() >= MOST:
        raise rules.FactorRefused(_("You have ten passkeys; remove one first."))
    made = _registered(state, _read(answer))
    key = made.credential_data
    if key is None or Passkey.objects.filter(credential_id=key.credential_id).exists():
        raise rules.PasskeyRefused
    passkey = Passkey.objects.create(
        account=account,
        name=name.strip()[:40] or str(_("Passkey")),
        credential_id=key.credential_id,
        credential=bytes(key),
        counter=made.counter,
        added_at=at,
    )
    note("people.passkey.add", account, {"passkey": str(passkey.pk)}, at)
    tell(account, Door.FACTOR_ADDED)
    return passkey


@transaction.atomic
def remove_passkey(*, account_id: UUID, passkey_id: UUID, at: datetime) -> None:
    """One's own passkey opens nothing any more; somebody else's is left alone.

    Raises FactorRefused for the last required factor.
    """
    account = locked(account_id)
    found = second_factors(account_id)
    if any(one.pk == passkey_id for one in found.passkeys):
        rules.check_not_the_last(len(found.passkeys) - 1 + bool(found.app))
        Passkey.objects.filter(pk=passkey_id, account=account).delete()
        note("people.passkey.remove", account, {"passkey": str(passkey_id)}, at)
        forget_codes_without_factor(account)
        tell(account, Door.FACTOR_REMOVED)


def begin_asking(*, account_id: UUID | None = None) -> tuple[State, State]:
    """What the browser needs to show a passkey: the account's, or whichever it holds for us."""
    keys = Passkey.objects.filter(account_id=account_id) if account_id else []
    options, state = _server().authenticate_begin(
        [_credential(one) for one in keys] or None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), state


@transaction.atomic
def check_passkey(
    *, state: State | None, answer: str, at: datetime, account_id: UUID | None = None
) -> Account:
    """The account whose passkey answered; with `account_id`, of that account alone.

    The person was verified by the device (PIN, finger, face): it counts for both factors. Raises
    PasskeyRefused, also for a copy: a key that counts backwards.
    """
    given = _read(answer)
    shown = _shown(given)
    keys = Passkey.objects.select_for_update(of=("self",)).select_related("account__person")
    passkey = keys.filter(credential_id=shown.raw_id).first()
    if passkey is None or account_id not in (None, passkey.account_id):
        raise rules.PasskeyRefused
    _authenticated(state, passkey, given)
    counter = shown.response.authenticator_data.counter
    if counter <= passkey.counter and (counter or passkey.counter):
        raise rules.PasskeyRefused
    passkey.counter, passkey.used_at = counter, at
    passkey.save(update_fields=("counter", "used_at"))
    if not passkey.account.is_active:
        raise rules.PasskeyRefused
    return passkey.account


def _server() -> Fido2Server:
    parts = urlsplit(settings.PUBLIC_URL)
    own = f"{parts.scheme}://{parts.netloc}"
    name = PublicKeyCredentialRpEntity(name=str(_("Lianxin")), id=parts.hostname or "localhost")
    return Fido2Server(name, verify_origin=lambda origin: origin == own)


def _credential(passkey: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(passkey.credential))


def _read(answer: str) -> Mapping[str, Any]:
    try:
        given = read_json(answer[:20_000])
    except ValueError:
        raise rules.PasskeyRefused from None
    if not isinstance(given, dict):
        raise rules.PasskeyRefused
    return given


def _registered(state: State | None, given: Mapping[str, Any]) -> AuthenticatorData:
    try:
        return _server().register_complete(state or {}, given)
    except (ValueError, KeyError, TypeError, AttributeError, AssertionError):
        raise rules.PasskeyRefused from None


def _shown(given: Mapping[str, Any]) -> AuthenticationResponse:
    try:
        return AuthenticationResponse.from_dict(given)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise rules.PasskeyRefused from None


def _authenticated(state: State | None, passkey: Passkey, given: Mapping[str, Any]) -> None:
    try:
        _server().authenticate_complete(state or {}, [_credential(passkey)], given)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise rules.PasskeyRefused from None

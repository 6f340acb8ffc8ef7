"""How people sign in: second factors, sessions, identities elsewhere, one-time links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.http import urlsafe_base64_decode

from lianxin.people.models import (
    Account,
    CodeApp,
    OutsideIdentity,
    Passkey,
    RecoveryCode,
    Session,
)
from lianxin.people.rules import session_is_over


@dataclass(frozen=True, slots=True)
class SecondFactors:
    """What an account can show besides its password. `codes` counts the unused recovery codes."""

    app: CodeApp | None
    passkeys: tuple[Passkey, ...]
    codes: int

    def __bool__(self) -> bool:
        return bool(self.app or self.passkeys)


def second_factors(account_id: UUID) -> SecondFactors:
    """Three queries."""
    return SecondFactors(
        app=CodeApp.objects.filter(account_id=account_id).first(),
        passkeys=tuple(Passkey.objects.filter(account_id=account_id)),
        codes=RecoveryCode.objects.filter(account_id=account_id, used_at__isnull=True).count(),
    )


def has_second_factor(account_id: UUID) -> bool:
    """Whether there is an app or a passkey; paper codes alone are none."""
    return (
        CodeApp.objects.filter(account_id=account_id).exists()
        or Passkey.objects.filter(account_id=account_id).exists()
    )


def sessions_of(account_id: UUID, at: datetime) -> list[Session]:
    """Sessions that still work, the one used last first."""
    rows = Session.objects.filter(account_id=account_id, expire_date__gt=at)
    return [row for row in rows if not session_is_over(row, at)]


def identity_at(issuer: str, subject: str) -> OutsideIdentity | None:
    """What links an outside identity with an open account."""
    found = OutsideIdentity.objects.select_related("account__person")
    return found.filter(issuer=issuer, subject=subject, account__is_active=True).first()


def identity_of(account_id: UUID) -> OutsideIdentity | None:
    return OutsideIdentity.objects.filter(account_id=account_id).first()


def account_of_link(text: str) -> Account | None:
    """The open account that a one-time link names."""
    try:
        key = UUID(urlsafe_base64_decode(text).decode())
    except (ValueError, UnicodeDecodeError):
        return None
    return Account.objects.filter(pk=key, is_active=True).first()

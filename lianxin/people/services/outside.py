"""Signing in by way of an OpenID provider, and whose account that opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.openid import OutsideRefused, Provider, Ticket
from lianxin.kernel.refused import Absent
from lianxin.people import rules
from lianxin.people.enums import Door
from lianxin.people.models import OutsideIdentity
from lianxin.people.rules import Acting
from lianxin.people.services.factors import locked, tell
from lianxin.record.services import write

_NOTE = "outside"
#: How long somebody may take to sign in over there.
PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class CameBack:
    """Who came back from the provider. `for_account`: to be linked with, where that was the wish."""

    subject: str
    second: bool
    for_account: UUID | None


def provider() -> Provider:
    """The one of the settings. Raises Absent where there is none."""
    if not settings.OIDC_ISSUER:
        raise Absent
    back = settings.PUBLIC_URL + reverse("people:outside-back")
    return Provider(
        settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET, back
    )


def leave(session: SessionBase, *, at: datetime, for_account: UUID | None = None) -> str:
    """Where the browser goes; the session remembers what it must bring back."""
    ticket = Ticket.fresh()
    address = provider().way_to(ticket)
    wish = str(for_account) if for_account else None
    session[_NOTE] = {"ticket": ticket.kept(), "at": at.isoformat(), "for": wish}
    return address


def come_back(session: SessionBase, *, given: Mapping[str, str], at: datetime) -> CameBack:
    """Who it is, by the provider's word; a ticket is good for one return. Raises OutsideRefused."""
    kept = session.pop(_NOTE, None)
    if not kept or at - datetime.fromisoformat(kept["at"]) > PATIENCE:
        raise OutsideRefused
    claims = provider().claims(Ticket(**kept["ticket"]), given)
    return CameBack(
        subject=str(claims["sub"])[:255],
        second=_shown_second(claims),
        for_account=UUID(kept["for"]) if kept["for"] else None,
    )


def _shown_second(claims: Mapping[str, Any]) -> bool:
    """Whether the provider says, in words the settings trust, that a second factor was shown."""
    methods = claims.get("amr")
    said = {str(one) for one in methods} if isinstance(methods, list) else set()
    said.add(str(claims.get("acr", "")))
    return bool(said & set(settings.OIDC_SECOND_FACTOR))


@transaction.atomic
def link(*, account_id: UUID, subject: str, by: Acting, at: datetime) -> OutsideIdentity:
    """From now on this `sub` opens this account. Journal entry; the person is told.

    Raises Absent without a provider, Forbidden, or FactorRefused where it opens another account.
    """
    account = locked(account_id)
    rules.check_may_set_password(by, account)
    if by.person_id != account.person_id:
        rules.check_two_hands(by, account, account.factors_by_id)
    issuer, subject = provider().issuer, subject.strip()[:255]
    if OutsideIdentity.objects.filter(issuer=issuer, subject=subject).exclude(account=account):
        raise rules.FactorRefused(_("This sign-in elsewhere opens another account already."))
    OutsideIdentity.objects.filter(issuer=issuer, account=account).delete()
    identity = OutsideIdentity.objects.create(
        account=account,
        issuer=issuer,
        subject=subject,
        linked_at=at,
        linked_by_id=by.person_id,
    )
    write(action="people.identity.link", by=by, at=at, division_code="", subject=account, data={})
    tell(account, Door.IDENTITY_LINKED)
    return identity


@transaction.atomic
def unlink(*, account_id: UUID, by: Acting, at: datetime) -> None:
    """No sign-in elsewhere opens the account any more. Journal entry. Raises Forbidden."""
    account = locked(account_id)
    rules.check_may_set_password(by, account)
    gone, _rows = OutsideIdentity.objects.filter(account=account).delete()
    if gone:
        write(
            action="people.identity.unlink",
            by=by, at=at, division_code="", subject=account, data={},
        )  # fmt: skip

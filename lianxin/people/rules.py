"""Who may keep persons and accounts, what a password must be, how long a sign-in lasts."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.refused import Forbidden, Refused
from lianxin.people.enums import Ability
from lianxin.people.models import AccessKey, Account, Session


class Acting(Protocol):
    """Whoever acts, as this app needs it; `congress.models.Actor` is one."""

    @property
    def person_id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def organ_id(self) -> UUID | None: ...
    def can(self, ability: str, *, organ_id: UUID | None = None) -> bool: ...


LINK_OVER = _("The link was used already, or it is older than three days. Ask for a new one.")


@dataclass(frozen=True, slots=True)
class Owner:
    """A person at the own account, before anybody asks which posts the person holds."""

    person_id: UUID
    name: str
    organ_id: UUID | None = None

    def can(self, ability: str, *, organ_id: UUID | None = None) -> bool:
        return False


def owner_of(account: Account) -> Owner:
    return Owner(account.person_id, account.person.name)


class PasswordRefused(Refused):
    code = "password"
    status = 422


class UsernameTaken(Refused):
    message = _("This user name is taken already.")
    code = "username_taken"
    status = 422


class WrongPassword(Refused):
    message = _("That is not your present password.")
    code = "wrong_password"
    status = 422


class ProofNeeded(Refused):
    """Signed in, but not just now: the page leads to where one proves it, and back."""

    message = _("Please confirm first that it is you.")
    hint = _("What you are about to do is sensitive, and you signed in a while ago.")
    code = "proof_needed"
    status = 403
    leads_to = "people:prove"


class CodeRefused(Refused):
    message = _("This code is not right, or it was used already.")
    hint = _("Wait for the next code of the app, and check the clock of your phone.")
    code = "second_factor"
    status = 422


class PasskeyRefused(Refused):
    message = _("This passkey did not fit. Please try again, or take another way.")
    code = "passkey"
    status = 422


class FactorRefused(Refused):
    code = "factor"
    status = 422


class StepOver(Refused):
    message = _("Signing in took too long. Please begin again.")
    code = "sign_in_over"
    status = 403
    leads_to = "people:sign-in"


class KeyRefused(Refused):
    code = "access_key_refused"
    status = 422


#: An access key lives a year at most, and nobody keeps more of them than can be looked after.
LONGEST_KEY, MOST_KEYS = timedelta(days=366), 20


def may_manage_people(by: Acting | None) -> bool:
    """Security administrators one by one, operators by import; None is the installation itself."""
    return by is None or by.can(Ability.PEOPLE_MANAGE) or by.can(Ability.IMPORT_RUN)


def check_may_manage_people(by: Acting | None) -> None:
    if not may_manage_people(by):
        raise Forbidden(_("Persons and accounts are kept by the security administrator."))


def may_set_password(by: Acting | None, account: Account) -> bool:
    """One's own, or anybody's as security administrator."""
    return by is None or by.person_id == account.person_id or by.can(Ability.PEOPLE_MANAGE)


def check_may_set_password(by: Acting | None, account: Account) -> None:
    if not may_set_password(by, account):
        raise Forbidden(_("You can only change your own password."))


def check_password_is_good(password: str, account: Account) -> None:
    """The validators of the settings; all their sentences in one."""
    try:
        password_validation.validate_password(password, account)
    except ValidationError as error:
        sentences = error.messages
        pattern = " ".join(["{}"] * len(sentences))
        raise PasswordRefused(format_lazy(pattern, *sentences)) from None


def password_is_due(account: Account, at: datetime) -> bool:
    """Somebody else knows it; or it is older than PASSWORD_DAYS, where an installation sets that."""
    if account.must_change:
        return True
    days = settings.PASSWORD_DAYS
    return bool(days and account.password_at and at - account.password_at > timedelta(days=days))


def second_factor_is_required() -> bool:
    return bool(settings.SECOND_FACTOR == "required")


def check_not_the_last(left: int) -> None:
    """Where a second factor is required, the last one is replaced, never only taken away."""
    if left == 0 and second_factor_is_required():
        raise FactorRefused(
            _("This is your only second factor."), hint=_("Set up another one first.")
        )


def check_two_hands(by: Acting, account: Account, *earlier: UUID | None) -> None:
    """Password and second factor of one account are never both opened by the same other person:
    that person could sign in as its owner. `earlier`: who opened the other half."""
    if by.person_id == account.person_id:
        raise Forbidden(_("Your own account is kept by another administrator."))
    if by.person_id in earlier:
        raise Forbidden(
            _("You have opened this account's other half yourself; this takes a second person."),
            hint=_("Password and second factor are never reset by the same administrator."),
        )


def session_is_over(session: Session, at: datetime) -> bool:
    """Idle or open for too long, or signed in without the second factor that is now required."""
    if session.account_id is None:
        return False
    return (
        at - session.seen_at > timedelta(minutes=session.idle_minutes)
        or at - session.started_at > timedelta(seconds=settings.SESSION_COOKIE_AGE)
        or (second_factor_is_required() and not session.has_second)
    )


def is_proven(session: Mapping[str, Any], at: datetime) -> bool:
    """Whether whoever is signed in proved it within PROOF_MINUTES: at sign-in or since."""
    since = session.get("proven")
    age = timedelta(minutes=settings.PROOF_MINUTES)
    return bool(since) and timedelta() <= at - datetime.fromisoformat(str(since)) <= age


def check_proven(session: Mapping[str, Any], at: datetime) -> None:
    """Before an act that opens doors: `check_proven(request.session, now())`, also where its form
    is shown. Raises ProofNeeded, whose page asks for password and second factor and leads back."""
    if not is_proven(session, at):
        raise ProofNeeded


def check_key_is_good(*, expires_at: datetime, at: datetime, held: int) -> None:
    """A year at most, and twenty keys in force. Raises KeyRefused."""
    if not at < expires_at <= at + LONGEST_KEY:
        raise KeyRefused(_("An access key is valid for a year at most."))
    if held >= MOST_KEYS:
        raise KeyRefused(_("You have twenty access keys; revoke one first."))


def check_own_key(by: Acting | None, account: Account) -> None:
    """Nobody makes a key that acts as somebody else. Raises Forbidden."""
    if by is not None and by.person_id != account.person_id:
        raise Forbidden(_("An access key is made by its own person alone."))


def may_revoke(by: Acting | None, key: AccessKey) -> bool:
    """One's own, or anybody's as security administrator."""
    return by is None or by.person_id == key.account.person_id or by.can(Ability.PEOPLE_MANAGE)


def networks_in(words: Iterable[str]) -> list[str]:
    """Networks as they are kept (10.1.0.0/16), an address as a network of one. Raises KeyRefused."""
    try:
        return [str(ipaddress.ip_network(word, strict=False)) for word in words]
    except ValueError:
        raise KeyRefused(
            _("Networks are written like 10.1.0.0/16 or 203.0.113.7, one after the other.")
        ) from None


def works_from(key: AccessKey, address: str) -> bool:
    """Whether a key may be used from this address; without networks from everywhere."""
    if not key.networks:
        return True
    try:
        sender = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(sender in ipaddress.ip_network(network) for network in key.networks)

"""Accounts: how a person signs in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from lianxin.people import rules
from lianxin.people.enums import Door
from lianxin.people.models import Account, Session
from lianxin.people.rules import Acting
from lianxin.people.services.factors import check_code, tell
from lianxin.record.services import write


@transaction.atomic
def create_account(
    *, person_id: UUID, username: str, password: str | None, by: Acting | None, at: datetime
) -> Account:
    """An account for a person, and a journal entry. Without a password nobody can sign in yet;
    one that another person chose must be changed at the first sign-in.

    Raises Forbidden, UsernameTaken (letters alike whatever their case) or PasswordRefused.
    """
    rules.check_may_manage_people(by)
    username = Account.normalize_username(username.strip())
    if Account.objects.filter(username__iexact=username).exists():
        raise rules.UsernameTaken
    account = Account(person_id=person_id, username=username)
    if password is None:
        account.set_unusable_password()
    else:
        rules.check_password_is_good(password, account)
        _take_password(account, password, by, at)
    account.save()
    _note("people.account.create", account, {"username": username}, by, at)
    return account


@transaction.atomic
def set_password(
    *, account_id: UUID, password: str, by: Acting | None, at: datetime, second: bool = False
) -> Account:
    """A new password, and a journal entry. Every session of the account ends (its hash changes);
    the second factor stays as it is. `second`: as owner, who has shown it.

    Raises Forbidden or PasswordRefused.
    """
    account = Account.objects.select_for_update(of=("self",)).get(pk=account_id)
    rules.check_may_set_password(by, account)
    if by and by.person_id != account.person_id:
        rules.check_two_hands(by, account, account.factors_by_id)
    rules.check_password_is_good(password, account)
    _take_password(account, password, by, at, second=second)
    account.save(update_fields=("password", "must_change", "password_at", "password_by_id"))
    _note("people.password.set", account, {}, by, at)
    tell(account, Door.PASSWORD_SET)
    return account


def _take_password(
    account: Account, password: str, by: Acting | None, at: datetime, *, second: bool = False
) -> None:
    other = by.person_id if by and by.person_id != account.person_id else None
    account.set_password(password)
    account.password_at = at
    account.must_change = other is not None
    if other or second:
        # Without a second factor it may be whoever opened the password who now replaces it.
        account.password_by_id = other


@transaction.atomic
def make_password_link(*, account_id: UUID, by: Acting, at: datetime) -> tuple[str, str]:
    """What a one-time link to set the password says: the account and a token, good for
    PASSWORD_RESET_TIMEOUT and until the password is set. The old password stops working at once,
    sessions end, the second factor stays (ASVS 6.4.3). Journal entry.

    Raises Forbidden: never for oneself, never by who reset the second factor.
    """
    account = Account.objects.select_for_update(of=("self",)).get(pk=account_id)
    rules.check_may_set_password(by, account)
    rules.check_two_hands(by, account, account.factors_by_id)
    account.set_unusable_password()
    account.password_by_id = by.person_id
    account.save(update_fields=("password", "password_by_id"))
    _note("people.password.link", account, {}, by, at)
    tell(account, Door.PASSWORD_SET)
    token = default_token_generator.make_token(account)
    return urlsafe_base64_encode(force_bytes(account.pk)), token


def change_own_password(
    *, account_id: UUID, old: str, new: str, by: Acting, at: datetime, second: bool
) -> Account:
    """The same after proving the present password. Raises WrongPassword.

    `second`: signed in with a second factor; then nobody has opened the password from outside.
    """
    account = Account.objects.get(pk=account_id)
    if not account.check_password(old):
        raise rules.WrongPassword
    if old == new:
        raise rules.PasswordRefused(_("The new password is the old one."))
    return set_password(account_id=account_id, password=new, by=by, at=at, second=second)


@transaction.atomic
def replace_password(*, account_id: UUID, new: str, at: datetime, second: bool) -> Account:
    """The owner's new password where the old one is due, or by a one-time link. Journal entry.

    `second`: a second factor was shown; a link alone does not tell the owner from who made it.
    Raises PasswordRefused, also for the password that is due.
    """
    account = Account.objects.get(pk=account_id)
    if account.check_password(new):
        raise rules.PasswordRefused(_("The new password is the old one."))
    by = rules.owner_of(account)
    return set_password(account_id=account_id, password=new, by=by, at=at, second=second)


def prove(*, account_id: UUID, password: str | None, code: str | None, at: datetime) -> bool:
    """Whoever is signed in shows it again: the password, and a code where a second factor is set up.

    Raises WrongPassword or CodeRefused.
    """
    account = Account.objects.get(pk=account_id)
    if password is not None and not account.check_password(password):
        raise rules.WrongPassword
    if code is not None:
        check_code(account_id=account_id, code=code, at=at)
    return True


@transaction.atomic
def note_sign_in(*, account_id: UUID, at: datetime, passed: Iterable[str] = ()) -> None:
    """The journal says who signed in when, and what was shown: password, passkey, code …"""
    account = Account.objects.get(pk=account_id)
    data = {"person": str(account.person_id), "passed": sorted(passed)}
    _note("people.account.sign-in", account, data, None, at)


@transaction.atomic
def close_account(*, account_id: UUID, by: Acting | None, at: datetime) -> Account:
    """Nobody signs in with it any more, sessions end at their next request; it stays on record."""
    return _switch(account_id, False, "people.account.close", by, at)


@transaction.atomic
def reopen_account(*, account_id: UUID, by: Acting | None, at: datetime) -> Account:
    """A closed account works again, with its old password."""
    return _switch(account_id, True, "people.account.reopen", by, at)


def _switch(
    account_id: UUID, active: bool, action: str, by: Acting | None, at: datetime
) -> Account:
    rules.check_may_manage_people(by)
    account = Account.objects.select_for_update(of=("self",)).get(pk=account_id)
    if account.is_active != active:
        account.is_active = active
        account.save(update_fields=("is_active",))
        if not active:
            Session.objects.filter(account=account).delete()
        _note(action, account, {}, by, at)
    return account


def _note(
    action: str, account: Account, data: dict[str, Any], by: Acting | None, at: datetime
) -> None:
    write(action=action, by=by, at=at, division_code="", subject=account, data=data)

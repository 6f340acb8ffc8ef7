"""Accounts: how a person signs in."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lianxin.people import rules
from lianxin.people.models import Account
from lianxin.people.rules import Acting
from lianxin.record.services import write


@transaction.atomic
def create_account(
    *, person_id: UUID, username: str, password: str | None, by: Acting | None, at: datetime
) -> Account:
    """An account for a person, and a journal entry. Without a password nobody can sign in yet.

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
        account.set_password(password)
    account.save()
    _note("people.account.create", account, {"username": username}, by, at)
    return account


@transaction.atomic
def set_password(*, account_id: UUID, password: str, by: Acting | None, at: datetime) -> Account:
    """A new password, and a journal entry. Every session of the account ends (its hash changes).

    Raises Forbidden or PasswordRefused.
    """
    account = Account.objects.select_for_update(of=("self",)).get(pk=account_id)
    rules.check_may_set_password(by, account)
    rules.check_password_is_good(password, account)
    account.set_password(password)
    account.save(update_fields=("password",))
    _note("people.password.set", account, {}, by, at)
    return account


def change_own_password(
    *, account_id: UUID, old: str, new: str, by: Acting, at: datetime
) -> Account:
    """The same after proving the present password. Raises WrongPassword."""
    account = Account.objects.get(pk=account_id)
    if not account.check_password(old):
        raise rules.WrongPassword
    return set_password(account_id=account_id, password=new, by=by, at=at)


@transaction.atomic
def note_sign_in(*, account_id: UUID, at: datetime) -> None:
    """The journal says who signed in when."""
    account = Account.objects.get(pk=account_id)
    _note("people.account.sign-in", account, {"person": str(account.person_id)}, None, at)


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
        _note(action, account, {}, by, at)
    return account


def _note(
    action: str, account: Account, data: dict[str, Any], by: Acting | None, at: datetime
) -> None:
    write(action=action, by=by, at=at, division_code="", subject=account, data=data)

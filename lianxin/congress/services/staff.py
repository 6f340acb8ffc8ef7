"""What a security administrator does at the accounts of the people of the place.

Each verb asks whether the administrator is set over every place where the person works; the rest is
said and done by `people.services`, whose rules keep one's own account out of one's own hands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.congress import rules
from lianxin.congress.models import Actor
from lianxin.congress.queries.staff import places_of
from lianxin.congress.services.posts import give_post
from lianxin.kernel.clock import local_date
from lianxin.kernel.refused import Refused
from lianxin.people import services as people
from lianxin.people.models import Account, Person


class NoAccount(Refused):
    message = _("This person has no account yet.")
    code = "no_account"
    status = 422


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link to set a password: what its address says."""

    account: Account
    name: str
    token: str


@transaction.atomic
def take_on(
    *, name: str, phone: str, email: str, username: str, role: str, organ_id: UUID,
    by: Actor, at: datetime,
) -> Link:  # fmt: skip
    """Somebody new: person, account without a password, first post from today, and the link to set
    the password. All or nothing; journal entries.

    Raises Forbidden, UsernameTaken, PhoneRefused or PostRefused.
    """
    rules.check_may_keep_people(by)
    person = people.create_person(name=name, phone=phone, email=email, by=by, at=at)
    people.create_account(person_id=person.pk, username=username, password=None, by=by, at=at)
    give_post(
        person_id=person.pk, role=role, organ_id=organ_id, from_date=local_date(at), by=by, at=at
    )
    return make_link(person_id=person.pk, by=by, at=at)


def make_link(*, person_id: UUID, by: Actor, at: datetime) -> Link:
    """A link to set the password; the present one is void. Raises Forbidden or NoAccount."""
    account = _account(person_id, by)
    name, token = people.make_password_link(account_id=account.pk, by=by, at=at)
    return Link(account, name, token)


def reset_factor(*, person_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Raises Forbidden, NoAccount, or FactorRefused without a reason."""
    account = _account(person_id, by)
    people.reset_second_factor(account_id=account.pk, reason=reason, by=by, at=at)


def close_account(*, person_id: UUID, by: Actor, at: datetime) -> None:
    """Sessions end, nobody signs in with it any more. Never one's own."""
    account = _account(person_id, by)
    rules.check_not_oneself(by, person_id)
    people.close_account(account_id=account.pk, by=by, at=at)


def reopen_account(*, person_id: UUID, by: Actor, at: datetime) -> None:
    """The account works again. Never one's own."""
    account = _account(person_id, by)
    rules.check_not_oneself(by, person_id)
    people.reopen_account(account_id=account.pk, by=by, at=at)


def _account(person_id: UUID, by: Actor) -> Account:
    rules.check_may_keep_person(by, places_of(person_id))
    person = Person.objects.select_related("account").get(pk=person_id)
    account: Account | None = getattr(person, "account", None)
    if account is None:
        raise NoAccount
    return account

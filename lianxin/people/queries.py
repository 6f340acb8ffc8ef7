"""Reads of people."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from lianxin.kernel.fields import blind_index
from lianxin.kernel.phones import to_e164
from lianxin.people.models import Account, Person, Role, SavedView


def roles() -> list[Role]:
    """All roles, built-in ones first."""
    return list(Role.objects.all())


def role_by_code(code: str) -> Role:
    """Raises Role.DoesNotExist."""
    return Role.objects.get(code=code)


def persons_by_phone(phone: str) -> QuerySet[Person]:
    """Persons with that number, however it was typed."""
    number = to_e164(phone)
    if number is None:
        return Person.objects.none()
    return Person.objects.filter(phone_index=blind_index("person.phone", number))


def account_of(person_id: UUID) -> Account | None:
    return Account.objects.filter(person_id=person_id).first()


def views_of(person_id: UUID, list_name: str) -> QuerySet[SavedView]:
    """A person's saved views of one list, by name."""
    return SavedView.objects.filter(person_id=person_id, list_name=list_name)

"""Persons: deputies and staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.fields import blind_index
from lianxin.kernel.phones import to_e164
from lianxin.kernel.refused import Refused
from lianxin.people import rules
from lianxin.people.models import Person
from lianxin.people.rules import Acting
from lianxin.record.services import write


class PhoneRefused(Refused):
    message = _("This is not a telephone number we can call.")
    code = "phone"
    status = 422


@transaction.atomic
def create_person(
    *, name: str, phone: str = "", email: str = "", by: Acting | None, at: datetime
) -> Person:
    """A new person, and a journal entry. The phone is sealed, found again by its blind index.

    Raises Forbidden, or PhoneRefused for a number that cannot be called.
    """
    rules.check_may_manage_people(by)
    person = Person(name=name.strip(), email=email.strip())
    _set_phone(person, phone)
    person.save()
    _note("people.person.create", person, {}, by, at)
    return person


@transaction.atomic
def update_person(
    *, person_id: UUID, name: str, phone: str, email: str, by: Acting | None, at: datetime
) -> Person:
    """Other name, phone or e-mail; the journal names the fields that changed, not their values."""
    rules.check_may_manage_people(by)
    person = Person.objects.select_for_update().get(pk=person_id)
    before = (person.name, person.phone, person.email)
    person.name, person.email = name.strip(), email.strip()
    _set_phone(person, phone)
    after = (person.name, person.phone, person.email)
    fields = ("name", "phone", "email")
    changed = [f for f, a, b in zip(fields, before, after, strict=True) if a != b]
    if changed:
        person.save(update_fields=("name", "phone", "phone_index", "email"))
        _note("people.person.change", person, {"fields": changed}, by, at)
    return person


def _set_phone(person: Person, phone: str) -> None:
    number = to_e164(phone) if phone.strip() else ""
    if number is None:
        raise PhoneRefused
    person.phone = number
    person.phone_index = blind_index("person.phone", number) if number else None


def _note(
    action: str, person: Person, data: dict[str, Any], by: Acting | None, at: datetime
) -> None:
    write(action=action, by=by, at=at, division_code="", subject=person, data=data)

"""Reads of people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db.models import QuerySet

from lianxin.kernel.fields import blind_index
from lianxin.kernel.phones import to_e164
from lianxin.people.enums import Ability
from lianxin.people.models import Account, Person, Role, SavedView


class _HoldsPosts(Protocol):
    @property
    def posts(self) -> tuple[Any, ...]: ...
    def can(self, ability: str) -> bool: ...


#: Whose side menu stands on pages that belong to nobody's work, the first that fits.
_WORKPLACES = (
    (Ability.CASE_REGISTER, "desk"),
    (Ability.MATTER_SIGN, "unit"),
    (Ability.MATTER_SUPERVISE, "office"),
    (Ability.ROLE_MANAGE, "operation"),
    (Ability.IMPORT_RUN, "operation"),
    (Ability.RECORD_SEE, "operation"),
)


def workplace_of(actor: _HoldsPosts) -> str:
    """The name of the actor's side menu; empty for a deputy, who has none."""
    return next((name for ability, name in _WORKPLACES if actor.can(ability)), "")


@dataclass(frozen=True, slots=True)
class PostInWords:
    """A post as its holder reads it: the role, where, in one sentence, and act by act."""

    title: str
    organ: str
    sentence: str
    acts: tuple[str, ...]


def posts_in_words(actor: _HoldsPosts) -> list[PostInWords]:
    """An actor's posts in plain words. One query."""
    known = {role.code: role for role in Role.objects.all()}
    labels = {str(value): str(label) for value, label in Ability.choices}
    return [
        PostInWords(
            title=str(known[post.role].title),
            organ=post.organ_name,
            sentence=str(known[post.role].sentence),
            acts=tuple(labels[a] for a in known[post.role].abilities if a in labels),
        )
        for post in actor.posts
    ]


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

"""Who may keep persons and accounts, and what a password must be."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.refused import Forbidden, Refused
from lianxin.people.enums import Ability
from lianxin.people.models import Account


class Acting(Protocol):
    """Whoever acts, as this app needs it; `congress.models.Actor` is one."""

    @property
    def person_id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def organ_id(self) -> UUID | None: ...
    def can(self, ability: str, *, organ_id: UUID | None = None) -> bool: ...


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

"""Persons, the roles as data, and the views people save for themselves."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.fields import SealedTextField
from lianxin.kernel.models import Entity
from lianxin.people.enums import ROLES, RoleCode


class Person(Entity):
    """A deputy or a member of staff. Residents are no persons here: they need no account."""

    name = models.CharField(_("name"), max_length=60)
    phone = SealedTextField(_("mobile number"), blank=True, default="")
    phone_index = models.BinaryField(null=True, db_index=True, editable=False)
    email = models.EmailField(_("e-mail"), blank=True, default="")

    class Meta:
        verbose_name = _("person")

    def __str__(self) -> str:
        return self.name


class Role(Entity):
    """What the holder of a post may do, in words people can read and abilities the rules ask for.

    The built-in roles are rows made by `services.ensure_roles`; their words are translations of
    the code, so that `name` and `description` are only filled for an installation's own roles.
    """

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("role"), max_length=60, blank=True, default="")
    description = models.TextField(_("what it allows"), blank=True, default="")
    abilities: models.JSONField[Any] = models.JSONField(default=list)
    sort = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("sort", "code")
        verbose_name = _("role")

    def __str__(self) -> str:
        return str(self.title)

    @property
    def title(self) -> Promise | str:
        return RoleCode(self.code).label if self.code in ROLES else self.name or self.code

    @property
    def sentence(self) -> Promise | str:
        return ROLES[self.code].description if self.code in ROLES else self.description


class SavedView(Entity):
    """A list with its filters, kept under a name by the person who uses it."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_views")
    list_name = models.SlugField(max_length=40)
    name = models.CharField(_("name of the view"), max_length=40)
    query = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ("list_name", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("person", "list_name", "name"), name="people_savedview_one_name"
            ),
        )

    def __str__(self) -> str:
        return self.name

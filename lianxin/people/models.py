"""Persons, their accounts, the roles as data, and the views people save for themselves."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.fields import SealedTextField
from lianxin.kernel.ids import uuid7
from lianxin.kernel.models import Entity


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


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> Account:
        return self.select_related("person").get(username__iexact=username)


class Account(AbstractBaseUser):
    """How a person signs in. What the person may do comes from posts and mandates, not from here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(_("user name"), max_length=60, unique=True)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="account")
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        verbose_name = _("account")

    def __str__(self) -> str:
        return self.username


class Role(Entity):
    """What the holder of a post may do, in words people can read and abilities the rules ask for."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("role"), max_length=60)
    description = models.TextField(_("what it allows"))
    abilities: models.JSONField[Any] = models.JSONField(default=list)
    sort = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("sort", "code")
        verbose_name = _("role")

    def __str__(self) -> str:
        return self.name


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

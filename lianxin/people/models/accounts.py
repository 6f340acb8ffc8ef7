"""Accounts: how a person signs in, here or by way of another installation."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.ids import uuid7
from lianxin.kernel.models import Entity
from lianxin.people.models.persons import Person


class AccountManager(BaseUserManager["Account"]):
    """Accounts come with their person: whoever is signed in is always named."""

    def get_queryset(self) -> models.QuerySet[Account]:
        return super().get_queryset().select_related("person")

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(username__iexact=username)


class Account(AbstractBaseUser):
    """How a person signs in. What the person may do comes from posts and mandates, not from here.

    `must_change`: somebody else knows the password. `password_by_id` and `factors_by_id` say which
    other person last opened this door from outside; of the password until the owner has changed it
    behind a second factor.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(_("user name"), max_length=60, unique=True)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="account")
    is_active = models.BooleanField(default=True)
    must_change = models.BooleanField(_("password must be changed"), default=False)
    password_at = models.DateTimeField(_("password set at"), null=True)
    password_by_id = models.UUIDField(null=True)
    factors_by_id = models.UUIDField(null=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        verbose_name = _("account")

    def __str__(self) -> str:
        return self.username


class OutsideIdentity(Entity):
    """The same person at an OpenID provider, known by its issuer and `sub`, never by an e-mail."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField()
    linked_by_id = models.UUIDField(null=True)

    @property
    def is_own(self) -> bool:
        """Whether the account's owner has linked it."""
        return self.linked_by_id == self.account.person_id

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("issuer", "subject"), name="people_identity_once"),
            models.UniqueConstraint(fields=("issuer", "account"), name="people_identity_one"),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.issuer}"

"""Persons, their accounts, the roles as data, and the views people save for themselves."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.fields import SealedTextField
from lianxin.kernel.ids import uuid7
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


class AccountManager(BaseUserManager["Account"]):
    """Accounts come with their person: whoever is signed in is always named."""

    def get_queryset(self) -> models.QuerySet[Account]:
        return super().get_queryset().select_related("person")

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(username__iexact=username)


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


class PhoneProof(Entity):
    """A code sent to a phone to prove that it is the sender's. Kept as a digest, for ten minutes."""

    phone_index = models.BinaryField()
    code_digest = models.BinaryField()
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        # Its table was reception's; a new name would stop the version that still runs beside this one.
        db_table = "reception_phoneproof"
        indexes = (models.Index(fields=("phone_index", "made_at"), name="reception_proof_phone"),)

    def __str__(self) -> str:
        return f"{self.made_at:%F %T}"


class ResidentSession(Entity):
    """A browser that proved a phone, and so sees what belongs to that phone. No account, no person.

    Only a digest of the session's key is kept. `seen_at` is exact to a minute.
    """

    key_digest = models.BinaryField(unique=True, editable=False)
    phone = SealedTextField(_("phone"))
    phone_index = models.BinaryField(db_index=True, editable=False)
    began_at = models.DateTimeField(db_index=True)
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("session of a resident")

    def __str__(self) -> str:
        return f"{self.began_at:%F %T}"

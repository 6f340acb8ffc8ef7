"""Access keys: with what programs act as a person."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.models import Entity
from lianxin.people.enums import AccessScope
from lianxin.people.models.accounts import Account
from lianxin.people.models.persons import Person


class AccessKey(Entity):
    """With this a program acts as its person, through the API alone. Kept as a keyed digest.

    `hint` are the first signs, to tell keys apart. `networks`: from which the key works; none
    means from everywhere.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="access_keys")
    name = models.CharField(_("what it is for"), max_length=60)
    scope = models.CharField(max_length=5, choices=AccessScope.choices, default=AccessScope.READ)
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    hint = models.CharField(max_length=12)
    networks: models.JSONField[Any] = models.JSONField(default=list)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-made_at", "-id")
        verbose_name = _("access key")

    def __str__(self) -> str:
        return self.name

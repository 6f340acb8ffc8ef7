"""The second factor: an app that makes codes, passkeys, and codes on paper for the day both are lost."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.fields import SealedTextField
from lianxin.kernel.models import Entity
from lianxin.people.models.accounts import Account


class CodeApp(Entity):
    """An authenticator app. `last_step` is the half minute of the last code: none works twice."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="code_app")
    secret = SealedTextField()
    last_step = models.BigIntegerField()
    added_at = models.DateTimeField(_("added at"))

    def __str__(self) -> str:
        return str(self.account_id)


class Passkey(Entity):
    """A key in a phone, computer or stick (WebAuthn). `credential` is its public half.

    `counter` is what the key last counted; one that counts backwards was copied.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(_("name of the passkey"), max_length=40)
    credential_id = models.BinaryField(max_length=1023, unique=True)
    credential = models.BinaryField()
    counter = models.BigIntegerField(default=0)
    added_at = models.DateTimeField(_("added at"))
    used_at = models.DateTimeField(_("last used"), null=True)

    class Meta:
        ordering = ("added_at", "id")

    def __str__(self) -> str:
        return self.name


class RecoveryCode(Entity):
    """A code on paper, kept as a keyed digest, good for one sign-in."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.BinaryField(max_length=32)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("account", "digest"), name="people_code_once"),
        )

    def __str__(self) -> str:
        return str(self.account_id)

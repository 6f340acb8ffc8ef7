"""Residents have no account: a phone that was proven, and the browsers that proved it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.fields import SealedTextField
from lianxin.kernel.models import Entity


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

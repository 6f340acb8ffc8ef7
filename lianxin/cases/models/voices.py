"""The people who speak: each voice has its own receipt, its own answer and its own verdict."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import MessageKind, VoiceKind
from lianxin.cases.models.cases import Case
from lianxin.congress.models import Organ
from lianxin.kernel.fields import SealedTextField
from lianxin.kernel.models import Entity, Keyed, Scoped
from lianxin.kernel.private_numbers import uncovered
from lianxin.kernel.rowsecurity import Through
from lianxin.people.models import Person


class Voice(Keyed, Scoped):
    """One resident in one case. The receipt code itself is not stored, only its digest."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="voices")
    kind = models.CharField(max_length=8, choices=VoiceKind.choices, default=VoiceKind.FILED)
    name = SealedTextField(_("name"), blank=True, default="")
    phone = SealedTextField(_("phone"), blank=True, default="")
    phone_index = models.BinaryField(null=True, editable=False)
    home = SealedTextField(_("home address"), blank=True, default="")
    code_digest = models.BinaryField(unique=True, editable=False)
    consented_at = models.DateTimeField(null=True)
    consent_version = models.CharField(max_length=16, blank=True, default="")
    joined_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(name__empty=True, phone__empty=True, home__empty=True)
                | Q(consented_at__isnull=False),
                name="cases_personal_data_needs_consent",
            ),
        )
        indexes = (models.Index(fields=("phone_index",), name="cases_voice_phone"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Message(Keyed, Entity):
    """What went to and fro between the desk and a resident, beside answers.

    Private numbers that a resident wrote are covered in `text` and kept in `hidden`, sealed.
    """

    row_rule = Through("case")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="messages")
    voice = models.ForeignKey(Voice, null=True, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=12, choices=MessageKind.choices)
    text = models.TextField(_("text"))
    hidden = SealedTextField(blank=True, default="", editable=False)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ("written_at", "id")

    def __str__(self) -> str:
        return f"{self.kind} {self.case_id}"

    @property
    def said(self) -> str:
        """The text as it was written, private numbers and all."""
        return uncovered(self.text, "text", self.hidden)


class Reveal(Scoped):
    """Somebody looked at a resident's name or phone: who, why, when. The resident sees it."""

    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="reveals")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organ = models.ForeignKey(Organ, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=200)
    revealed_at = models.DateTimeField()

    class Meta:
        ordering = ("-revealed_at", "-id")
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="cases_reveal_has_reason"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.voice_id}"

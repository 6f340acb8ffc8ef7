"""The journal, attachments, and imports with what was wrong in each row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.fields import OwnKeyField, SealedTextField
from lianxin.kernel.models import Entity, Scoped
from lianxin.kernel.rowsecurity import OwnDivision, Through
from lianxin.record.enums import SHOWN, AttachmentKind, AttachmentState, BatchState, Scan


class JournalIsFinalError(TypeError):
    """Somebody tried to change or delete an entry of the journal. There is no way to."""


class EntryQuerySet(models.QuerySet["Entry"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise JournalIsFinalError("The journal is never changed.")

    def delete(self) -> NoReturn:
        raise JournalIsFinalError("The journal is never deleted.")


class Entry(Scoped):
    """One act, by whom and on what: the journal. Appended to, never changed; the database agrees.

    It knows no domain table: the subject is a word (`cases.case`) and a key. `data` holds ids,
    codes and numbers, never a resident's name, phone, address or words.
    """

    row_rule = OwnDivision(append="an act may concern somebody of the level above, and is noted")

    at = models.DateTimeField(_("at"))
    action = models.CharField(_("act"), max_length=80)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(_("by"), max_length=60, blank=True, default="")
    organ_id = models.UUIDField(null=True)
    subject_type = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    data: models.JSONField[Any] = models.JSONField(default=dict)
    public = models.BooleanField(default=False)

    objects: ClassVar[Any] = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("journal entry")
        indexes = (
            models.Index(fields=("subject_type", "subject_id", "id"), name="record_entry_subject"),
            models.Index(fields=("division_code", "at", "id"), name="record_entry_division"),
        )

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise JournalIsFinalError("The journal is never changed.")
        super().save(*args, force_insert=True, **{k: v for k, v in kwargs.items() if k == "using"})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise JournalIsFinalError("The journal is never deleted.")


class Attachment(Scoped):
    """A picture or document. Staged until it is bound to its subject; the file has no given name.

    Pictures are always re-encoded: what was in the file besides the pixels (place, camera,
    hidden content) is gone. Its files are sealed with a key of its own (`kernel.data_keys`), which dies
    with it, so that no back-up shows them either; without one they lie there as before there were
    keys, until the night.
    """

    data_key = OwnKeyField(makes=False)
    state = models.CharField(
        max_length=8, choices=AttachmentState.choices, default=AttachmentState.STAGED
    )
    kind = models.CharField(max_length=8, choices=AttachmentKind.choices)
    subject_type = models.CharField(max_length=60, blank=True, default="")
    subject_id = models.UUIDField(null=True)
    name = SealedTextField(_("file name"), max_length=200, blank=True, default="")
    content_type = models.CharField(max_length=100)
    file = models.CharField(max_length=120)
    preview = models.CharField(max_length=120, blank=True, default="")
    size = models.PositiveIntegerField(_("bytes"))
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    sha256 = models.BinaryField(max_length=32)
    scan = models.CharField(max_length=8, choices=Scan.choices, default=Scan.OFF)
    token_digest = models.BinaryField(max_length=32, null=True, unique=True)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by_id = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("attachment")
        indexes = (
            models.Index(fields=("subject_type", "subject_id", "id"), name="record_attachment_of"),
            models.Index(
                fields=("uploaded_at",),
                condition=models.Q(state="STAGED"),
                name="record_attachment_staged",
            ),
            models.Index(
                fields=("uploaded_at", "id"),
                condition=models.Q(scan="waiting"),
                name="record_attachment_unscanned",
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(state="BOUND")
                | (models.Q(subject_id__isnull=False) & ~models.Q(subject_type="")),
                name="record_attachment_bound_to",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def is_image(self) -> bool:
        return self.kind == AttachmentKind.IMAGE

    @property
    def name_shown(self) -> str:
        """Its given name; of a resident's photo none is kept."""
        return self.name or f"{self.pk.hex}.jpg"

    @property
    def is_shown(self) -> bool:
        """Whether it may be served at all: neither waiting for the scanner nor refused by it."""
        return self.scan in SHOWN


class ImportBatch(Scoped):
    """A table somebody uploaded: looked through first, then taken over whole or not at all."""

    kind = models.SlugField(max_length=40)
    file_name = models.CharField(_("file"), max_length=200)
    state = models.CharField(max_length=10, choices=BatchState.choices, default=BatchState.PREVIEW)
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    refused_count = models.PositiveIntegerField(_("refused rows"), default=0)
    applied_count = models.PositiveIntegerField(_("rows taken over"), default=0)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by_id = models.UUIDField(null=True)
    uploaded_by_name = models.CharField(max_length=60, blank=True, default="")
    settled_at = models.DateTimeField(null=True)
    settled_by_id = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("import")
        ordering = ("-uploaded_at", "-id")
        indexes = (models.Index(fields=("state", "uploaded_at"), name="record_batch_state"),)

    def __str__(self) -> str:
        return self.file_name


class ImportRow(Entity):
    """One row of an import: its number in the sheet, its cells (sealed), why it is refused."""

    row_rule = Through("batch")

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("row"))
    cells = SealedTextField(blank=True, default="")
    refusals: models.JSONField[Any] = models.JSONField(default=list)

    class Meta:
        verbose_name = _("row of an import")
        ordering = ("batch", "number")
        constraints = (
            models.UniqueConstraint(fields=("batch", "number"), name="record_importrow_once"),
        )

    def __str__(self) -> str:
        return str(self.number)

    @property
    def values(self) -> Mapping[str, str]:
        return json.loads(self.cells) if self.cells else {}

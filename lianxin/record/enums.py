"""Words of attachments and imports."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AttachmentKind(TextChoices):
    IMAGE = "IMAGE", _("picture")
    DOCUMENT = "DOCUMENT", _("document")


class AttachmentState(TextChoices):
    STAGED = "STAGED", _("uploaded, not yet sent")
    BOUND = "BOUND", _("attached")
    REMOVED = "REMOVED", _("removed")


class Scan(TextChoices):
    """What the scanner said. What waits for it, and what it found, is shown to nobody."""

    OFF = "off", _("not scanned")
    WAITING = "waiting", _("waits for the scanner")
    CLEAN = "clean", _("scanned, nothing found")
    FOUND = "found", _("scanned, refused")


SHOWN = frozenset({Scan.OFF, Scan.CLEAN})


class BatchState(TextChoices):
    PREVIEW = "PREVIEW", _("to be looked through")
    APPLIED = "APPLIED", _("taken over")
    DISCARDED = "DISCARDED", _("discarded")


ATTACHMENT_TRANSITIONS: dict[str, dict[str, str]] = {
    AttachmentState.STAGED: {"bind": AttachmentState.BOUND, "remove": AttachmentState.REMOVED},
    AttachmentState.BOUND: {"remove": AttachmentState.REMOVED},
    AttachmentState.REMOVED: {},
}

BATCH_TRANSITIONS: dict[str, dict[str, str]] = {
    BatchState.PREVIEW: {"apply": BatchState.APPLIED, "discard": BatchState.DISCARDED},
    BatchState.APPLIED: {},
    BatchState.DISCARDED: {},
}

"""Who may read the journal, and who may see an attachment. The app of its subject decides; without a decision nobody may."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.refused import Forbidden
from lianxin.record.enums import AttachmentState
from lianxin.record.models import Attachment

Viewer = Callable[[HttpRequest, Attachment], bool]

_viewers: dict[str, Viewer] = {}


def register_viewer(subject_type: str, viewer: Viewer) -> None:
    """`viewer(request, attachment)` says who may see what is attached to this kind of subject.

    `subject_type` is the model's label in small letters (`cases.case`). Called in
    config/wiring.py.
    """
    _viewers[subject_type] = viewer


def may_view(request: HttpRequest, attachment: Attachment) -> bool:
    """Whether the sender of the request may see the attachment; no by default."""
    viewer = _viewers.get(attachment.subject_type)
    if viewer is None or attachment.state != AttachmentState.BOUND or not attachment.is_shown:
        return False
    return viewer(request, attachment) is True


class MayNotRead(Forbidden):
    message = _("The journal is for the audit administrator.")
    code = "may_not_read"


def check_may_read(scopes: tuple[str, ...]) -> tuple[str, ...]:
    """The divisions whose journal may be read. Raises MayNotRead for none."""
    if not scopes:
        raise MayNotRead
    return scopes

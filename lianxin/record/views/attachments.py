"""Serves attachments to those who may see them."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from lianxin.kernel.refused import Absent
from lianxin.record import rules
from lianxin.record.models import Attachment
from lianxin.record.queries import body_of
from lianxin.web.sandboxed import sandboxed


@require_safe
def attachment(request: HttpRequest, attachment_id: UUID, variant: str) -> FileResponse:
    """The file (`full`) or the preview of a picture; 404 for everybody who may not see it."""
    found = Attachment.objects.filter(pk=attachment_id).first()
    if found is None or not rules.may_view(request, found):
        raise Absent
    response = sandboxed(
        body_of(found, variant),
        name=found.name_shown,
        content_type=found.content_type,
        is_image=found.is_image,
    )
    response["Cache-Control"] = "private, max-age=600"
    return response

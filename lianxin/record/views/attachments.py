"""Serves attachments to those who may see them."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from lianxin.kernel.refused import Absent
from lianxin.record import rules
from lianxin.record.models import Attachment
from lianxin.record.queries import body_of

# Whatever it is, the browser runs nothing of it.
HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, max-age=600",
}


@require_safe
def attachment(request: HttpRequest, attachment_id: UUID, variant: str) -> FileResponse:
    """The file (`full`) or the preview of a picture; 404 for everybody who may not see it."""
    found = Attachment.objects.filter(pk=attachment_id).first()
    if found is None or not rules.may_view(request, found):
        raise Absent
    return FileResponse(
        BytesIO(body_of(found, variant)),
        as_attachment=not found.is_image,
        filename=found.name or f"{found.pk.hex}.jpg",
        content_type=found.content_type,
        headers=HEADERS,
    )

"""A file that came from outside, on its way to a browser."""

from __future__ import annotations

from io import BytesIO

from django.http import FileResponse

# Whatever it is, the browser runs nothing of it.
HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def sandboxed(body: bytes, *, name: str, content_type: str, is_image: bool) -> FileResponse:
    """A picture as such, anything else as a download of that name."""
    return FileResponse(
        BytesIO(body),
        as_attachment=not is_image,
        filename=name,
        content_type=content_type,
        headers=HEADERS,
    )

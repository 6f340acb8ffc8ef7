"""QR codes for pages and papers: drawn by us, as SVG without anything the page's policy refuses."""

from functools import lru_cache

import segno
from django.utils.safestring import SafeString, mark_safe


@lru_cache(maxsize=512)
def qr(text: str, *, error: str = "m", border: int = 2) -> SafeString:
    """The code as inline SVG that fills its frame; black on white in dark mode, too.

    `error` is how much may be dirty: l, m, q or h. `border` counts modules.
    """
    drawn = segno.make(text, error=error, micro=False).svg_inline(
        border=border, dark="#000", light="#fff", omitsize=True
    )
    return mark_safe(drawn)  # noqa: S308  (drawn by us from our own address)

"""The secret address of a screen: how the database finds it without keeping it in the clear."""

from __future__ import annotations

import hmac

from lianxin.kernel import codes
from lianxin.kernel.keys import index_key


def digest_of(token: str) -> bytes | None:
    """What a screen is found by; None where the text is no token. HMAC-SHA-256, 32 bytes."""
    written = codes.normalise(token)
    if written is None:
        return None
    return hmac.digest(index_key("screen"), written.encode(), "sha256")

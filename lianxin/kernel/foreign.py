"""Reading JSON that somebody else wrote."""

from __future__ import annotations

import json
from typing import Any


def read_json(text: str | bytes, **how: Any) -> Any:
    """What `json.loads` gives. Raises ValueError for whatever is no JSON, or nested deeper than Python goes."""
    try:
        return json.loads(text, **how)
    except RecursionError:
        raise ValueError("This JSON is nested too deeply.") from None

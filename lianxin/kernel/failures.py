"""What is kept of an error: what it is and where it came from, never its text.

Texts of errors quote what they stumbled over: a number that cannot be read, a row that is there twice.
"""

from __future__ import annotations

import traceback
from pathlib import Path

from lianxin.kernel.refused import Refused

_PRODUCT = Path(__file__).resolve().parent.parent
LONGEST = 2000


def told(error: BaseException) -> str:
    """`ValueError at notices/tasks.py:41 in deliver`, and what was behind it; a refusal with its code.

    The place is the innermost line of the product's own source.
    """
    causes = list[str]()
    one: BaseException | None = error
    while one is not None and len(causes) < 5:
        causes.append(_named(one) + _place(one))
        one = one.__cause__
    return ", by ".join(causes)[:LONGEST]


def _named(error: BaseException) -> str:
    name = type(error).__name__
    return f"{name} ({error.code})" if isinstance(error, Refused) else name


def _place(error: BaseException) -> str:
    frames = reversed(traceback.extract_tb(error.__traceback__))
    for frame in frames:
        path = Path(frame.filename)
        if path.is_relative_to(_PRODUCT):
            return f" at {path.relative_to(_PRODUCT)}:{frame.lineno} in {frame.name}"
    return ""

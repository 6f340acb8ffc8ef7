"""The product with its own filters gone: whoever acts believes to hold everything everywhere.

So row level security stands alone between the counties. BENCH_MUTANT plants a fault in that, too:

session    the scope is set for the session: the pool hands it on to the next client
"""

from __future__ import annotations

import os
from typing import Any

from lianxin.config.wsgi import application  # noqa: F401  (what the server serves; loads Django)

from lianxin.congress.models import Actor  # isort: skip
from lianxin.kernel.postgres import base  # isort: skip


def _yes(*_: Any, **__: Any) -> bool:
    return True


def _province(*_: Any) -> tuple[str, ...]:
    return ("53",)


Actor.can = Actor.can_in = _yes  # type: ignore[method-assign]
Actor.scopes_with = _province  # type: ignore[method-assign]

if os.environ.get("BENCH_MUTANT") == "session":
    base.SET = base.SET.replace("SET LOCAL", "SET")

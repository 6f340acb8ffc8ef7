"""The product with a planted fault, to show that the judge sees it. BENCH_MUTANT names the fault.

early    hands out the receipt, and commits a moment later
double   forgets idempotency keys
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Any

from lianxin.config.wsgi import application  # noqa: F401  (what the server serves; loads Django)

from django.db import connections, transaction  # isort: skip

from lianxin.cases.services import residents  # isort: skip
from lianxin.kernel import idempotency  # isort: skip

LATE = 1.0  # seconds between the receipt and the commit


def early(file_case: Callable[..., Any]) -> Callable[..., Any]:
    """The transaction is committed by another thread, after the answer went out."""

    def filed(**words: Any) -> Any:
        outer = transaction.atomic()
        outer.__enter__()
        receipt = file_case(**words)
        connection = connections["default"]
        connection.inc_thread_sharing()
        del connections["default"]

        def commit() -> None:
            time.sleep(LATE)
            connections["default"] = connection
            outer.__exit__(None, None, None)
            connection.close()

        threading.Thread(target=commit).start()
        return receipt

    return filed


def double(**words: Any) -> str:
    with transaction.atomic():
        return str(words["act"]())


match os.environ.get("BENCH_MUTANT"):
    case "early":
        residents.file_case = early(residents.file_case)
    case "double":
        idempotency.once = double

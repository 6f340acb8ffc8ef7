"""What a transaction does behind PgBouncer when its connection or its luck ends.

python -m benchmarks.broken_pool DIRECT, with DATABASE_URL naming the pool and DIRECT the server.
Prints what became of each as JSON: the outcome, and how often it was tried.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg


def ended(direct: str, times: int) -> dict[str, Any]:
    """An administrator ends the server's connection in the midst of a transaction, so many times."""
    from django.db import transaction

    from lianxin.kernel.db import retry_on_conflict

    tried: list[int] = []

    @retry_on_conflict
    @transaction.atomic
    def work() -> str:
        tried.append(int(_one("SELECT pg_backend_pid()")))
        if len(tried) <= times:
            with psycopg.connect(direct, autocommit=True) as administrator:
                administrator.execute("SELECT pg_terminate_backend(%s, 5000)", [tried[-1]])
        return str(_one("SELECT current_setting('lianxin.scope')"))

    return {"outcome": work(), "tries": len(tried)}


def deadlocked() -> dict[str, Any]:
    """Two transactions that want each other's row: one is tried again, and both are done."""
    from django.db import connections

    from lianxin.kernel.clock import now
    from lianxin.kernel.models import RateBucket

    rows = [RateBucket(kind="pool", key=bytes([n]), left=0, counted_at=now()) for n in (1, 2)]
    RateBucket.objects.bulk_create(rows)
    both, tries = threading.Barrier(2), [0, 0]

    def run(number: int) -> None:
        _both(rows[number], rows[1 - number], both, lambda: _count(tries, number))
        connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in (0, 1)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    left = RateBucket.objects.filter(kind="pool").values_list("left", flat=True)
    return {"outcome": sorted(left), "tries": sum(tries)}


def _count(tries: list[int], number: int) -> int:
    tries[number] += 1
    return tries[number]


def _both(first: Any, second: Any, both: threading.Barrier, count: Callable[[], int]) -> None:
    from django.db import transaction
    from django.db.models import F

    from lianxin.kernel.db import retry_on_conflict

    @retry_on_conflict
    @transaction.atomic
    def work() -> None:
        again = count() > 1
        type(first).objects.filter(pk=first.pk).update(left=F("left") + 1)
        if not again:
            both.wait(10)
            time.sleep(0.1)
        type(second).objects.filter(pk=second.pk).update(left=F("left") + 1)

    work()


def _one(sql: str) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def main() -> None:
    import django

    django.setup()
    from lianxin.kernel import scope

    scope.open_for_process("run by hand")
    found = {
        "once": ended(sys.argv[1], 1),
        "twice": ended(sys.argv[1], 2),
        "deadlock": deadlocked(),
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()

"""What the clock trial does inside an installation whose clock is wrong. What is said is JSON.

python -m benchmarks.clock_parts schedule FILE     jobs until it is stopped; a line per run in FILE
python -m benchmarks.clock_parts file COUNT        files so many matters, and signs the ledger
python -m benchmarks.clock_parts judge             what became of them
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

EVERY = {"trial.minute": timedelta(minutes=1), "trial.day": timedelta(days=1)}


def schedule(file: Path) -> None:
    from django.core.management import call_command

    from lianxin.kernel import scheduler

    for name, every in EVERY.items():
        scheduler.job(name, every, run=_noting(file, name))
    call_command("run_scheduler")


def _noting(file: Path, name: str) -> Callable[[datetime], None]:
    def note(at: datetime) -> None:
        from lianxin.kernel import scheduler

        job = next(one for one in scheduler.jobs() if one.name == name)
        line = json.dumps({"job": name, "slot": job.slot(at), "pid": os.getpid()}) + "\n"
        with file.open("a", encoding="utf-8") as out:
            out.write(line)

    return note


def file_matters(count: int) -> dict[str, Any]:
    """Under the clock of this process; the ledger's time after each signing."""
    from lianxin.cases.services import filing
    from lianxin.kernel.clock import now
    from lianxin.kernel.ids import uuid7
    from lianxin.record.models import Log
    from lianxin.record.services import ledger

    for _ in range(count):
        key = str(uuid7())
        draft = filing.Draft(words="路灯坏了", division_code="530112005001", channel="web")
        filing.file_case(draft=draft, key=key, actor=key, route="trial", by=None, at=now())
    ledger.sequence_all(now())
    signed = Log.objects.order_by("division_code").values_list("signed_at", flat=True)
    return {"now": now().isoformat(), "signed": [one.isoformat() for one in signed]}


def judge() -> dict[str, int]:
    from lianxin.cases.models import Case
    from lianxin.kernel.clock import local_date
    from lianxin.places.queries import calendars
    from lianxin.record.models import Log
    from lianxin.record.queries import ledger

    cases, calendar = list(Case.objects.all()), calendars().of("530112005001")
    return {
        "cases": len(cases),
        "due_on_days_off": sum(
            not calendar.is_working_day(local_date(case.screen_due_at)) for case in cases
        ),
        "due_before_filed": sum(case.screen_due_at <= case.filed_at for case in cases),
        "ledger_faults": sum(len(list(ledger.faults(log))) for log in Log.objects.all()),
    }


def main() -> None:
    import django

    django.setup()
    match sys.argv[1:]:
        case ["schedule", file]:
            schedule(Path(file))
        case ["file", count]:
            print(json.dumps(file_matters(int(count))))
        case ["judge"]:
            print(json.dumps(judge()))


if __name__ == "__main__":
    main()

"""Compares the receipts that were handed out with what is stored.

python -m benchmarks.judge RECEIPTS     a line of JSON per receipt: key, mark, code; prints JSON
python -m benchmarks.judge RECEIPTS lost     looks for them alone, where going through all takes long
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.filings import MARK

#: What must be 0.
FAULTS = ("lost", "strange", "two_codes", "doubled", "half", "broken")


def judged(path: Path) -> dict[str, Any]:
    """Counts per fault, and the first of each in `found`."""
    from lianxin.cases.models import Case, Voice
    from lianxin.kernel import codes

    receipts = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    voices = {bytes(v.code_digest): v for v in Voice.objects.all()}
    marks = {case.pk: mark_of(case.words) for case in Case.objects.only("words")}
    faults: dict[str, list[str]] = {name: [] for name in FAULTS}
    handed: dict[str, str] = {}
    for one in receipts:
        voice = voices.get(codes.digest(one["code"]))
        if voice is None:
            faults["lost"].append(one["mark"])
        elif marks[voice.case_id] != one["mark"]:
            faults["strange"].append(one["mark"])
        if handed.setdefault(one["mark"], one["code"]) != one["code"]:
            faults["two_codes"].append(one["mark"])
    often = Counter(mark for mark in marks.values() if mark)
    faults["doubled"] = [mark for mark, times in often.items() if times > 1]
    faults["half"] = half_states(receipts)
    faults["broken"] = broken()
    return {
        "receipts": len(handed),
        "sent_again": len(receipts) - len(handed),
        "cases": sum(often.values()),
        **{name: len(found) for name, found in faults.items()},
        "found": {name: found[:3] for name, found in faults.items() if found},
    }


def lost(path: Path) -> dict[str, int]:
    """How many receipts have no case with their words."""
    from lianxin.cases.models import Voice
    from lianxin.kernel import codes

    receipts = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    voices = Voice.objects.select_related("case")
    gone = 0
    for one in receipts:
        found = voices.filter(code_digest=codes.digest(one["code"])).first()
        gone += found is None or mark_of(found.case.words) != one["mark"]
    return {"receipts": len(receipts), "lost": gone}


def mark_of(words: str) -> str:
    found = MARK.search(words)
    return found.group(1) if found else ""


def half_states(receipts: list[dict[str, str]]) -> list[str]:
    """Cases without one of the rows that are written with them, and rows without their case."""
    from lianxin.cases.events import CaseFiled
    from lianxin.cases.models import Case, Voice
    from lianxin.kernel import bus
    from lianxin.kernel.models import IdempotencyRecord, OutboxMessage
    from lianxin.record.models import Entry, Leaf

    marks = {one.pk: mark_of(one.words) for one in Case.objects.only("words")}
    cases = {pk for pk, mark in marks.items() if mark}
    voiced = set(Voice.objects.values_list("case_id", flat=True))
    journal = set(
        Entry.objects.filter(action="cases.case.filed").values_list("subject_id", flat=True)
    )
    leaves = set(
        Leaf.objects.filter(entry__action="cases.case.filed").values_list(
            "entry__subject_id", flat=True
        )
    )
    topic = bus.qualified(CaseFiled)
    handlers = sum(one.event is CaseFiled for one in bus.subscriptions())
    queued = Counter(OutboxMessage.objects.filter(topic=topic).values_list("key", flat=True))
    records = IdempotencyRecord.objects
    filed = records.filter(status="DONE", route="cases:file")
    outcomes = {json.loads(r.response_body)[0] for r in filed}
    done = set(records.filter(status="DONE").values_list("key", flat=True))
    known = {str(pk) for pk in marks}
    return [
        *(f"case {pk} without voice" for pk in cases - voiced),
        *(f"case {pk} without journal" for pk in cases - journal),
        *(f"case {pk} without leaf" for pk in cases - leaves),
        *(f"case {pk} without outbox" for pk in cases if queued[str(pk)] != handlers),
        *(f"case {pk} without key" for pk in cases if str(pk) not in outcomes),
        *(f"journal without case {pk}" for pk in journal - set(marks)),
        *(f"outbox without case {key}" for key in set(queued) - known),
        *(f"key without case {key}" for key in outcomes - known),
        *(
            f"key unfinished {r}"
            for r in records.exclude(status="DONE").values_list("key", flat=True)
        ),
        *(f"receipt without key {one['key']}" for one in receipts if one["key"] not in done),
    ]


def broken() -> list[str]:
    """What the ledger and the database find wrong. PostgreSQL checks foreign keys at each commit."""
    from django.db import connection

    from lianxin.record.models import Log
    from lianxin.record.queries import ledger

    said = [one for log in Log.objects.all() for one in ledger.faults(log)]
    if connection.vendor != "sqlite":
        return said
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        said += [str(row[0]) for row in cursor.fetchall() if row[0] != "ok"]
        cursor.execute("PRAGMA foreign_key_check")
        return said + [f"foreign key: {row}" for row in cursor.fetchall()]


def main() -> None:
    import django

    django.setup()
    from lianxin.kernel import scope

    scope.open_for_process("run by hand")
    path, *what = sys.argv[1:]
    json.dump(lost(Path(path)) if what == ["lost"] else judged(Path(path)), sys.stdout)


if __name__ == "__main__":
    main()

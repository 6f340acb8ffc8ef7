"""python -m benchmarks.powercut_filers RECEIPTS: residents who file without a web server between.

Each line `go` on standard input starts processes that file until they are killed, by the same service
as the web; `kill` kills them, and `done` is said. Django is loaded once, so that a hundred cuts take
minutes. BENCH_SYNC=off is the control: a database that does not force its commits to the disk.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lianxin.cases.forms.resident_steps import Filing
    from lianxin.cases.services.filing import Draft

FILERS = 3


def file_for_ever(receipts: Path) -> None:
    """Files, notes the receipt on the judge's disk, and so on; what the disk refuses is tried again."""
    from benchmarks.filers import Judge
    from benchmarks.filings import contact, drafted
    from lianxin.cases.forms.resident_steps import Filing
    from lianxin.cases.services import residents
    from lianxin.kernel.clock import now
    from lianxin.kernel.outages import outage

    judge, number = Judge(receipts), os.getpid()
    while True:
        number += 1
        draft, mark = drafted(number)
        draft.values["contact"] = {name: [typed] for name, typed in contact("", "").items()}
        filing, at = Filing(draft), now()
        try:
            receipt = residents.file_case(draft=_case(filing, at), key=draft.key, sender="x", at=at)
        except Exception as error:
            if outage(error) is None:
                raise
            continue
        judge.note({"key": draft.key, "mark": mark}, receipt.code)


def _case(filing: Filing, at: datetime) -> Draft:
    assert not filing.faulty, filing.checked[filing.faulty].errors
    return filing.as_case(at)


def forget_to_sync() -> None:
    """The planted fault."""
    from django.conf import settings

    options = settings.DATABASES["default"]["OPTIONS"]
    if "init_command" in options:
        options["init_command"] = options["init_command"].replace(
            "synchronous=FULL", "synchronous=OFF"
        )
    else:
        options["options"] = "-c synchronous_commit=off"


def main() -> None:
    import django

    if os.environ.get("BENCH_SYNC") == "off":
        forget_to_sync()
    django.setup()
    receipts, children = Path(sys.argv[1]), list[int]()
    try:
        for line in sys.stdin:
            if line.strip() == "go":
                children = [_forked(receipts) for _ in range(FILERS)]
            else:
                _end(children)
                print("done", flush=True)
    finally:
        _end(children)


def _end(children: list[int]) -> None:
    while children:
        pid = children.pop()
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _forked(receipts: Path) -> int:
    if pid := os.fork():
        return pid
    try:
        file_for_ever(receipts)
    except BaseException:
        traceback.print_exc()
    os._exit(1)


if __name__ == "__main__":
    main()

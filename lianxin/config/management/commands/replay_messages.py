"""Drive real messages with their real answers through the real services."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from lianxin.config.replay.cast import assemble
from lianxin.config.replay.walk import Message, run
from lianxin.handling.services import sweep
from lianxin.kernel import outbox
from lianxin.kernel.clock import LOCAL


class Command(BaseCommand):
    help = (
        "Reads a CSV of messages (msg_id, title, time, content, reply, reply_time; times of "
        "Shanghai) and walks each from filing to verdict. Repeatable: nothing is doubled."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--limit", type=int, default=None, help="only the first N messages")
        parser.add_argument(
            "--keep-outbox", action="store_true", help="leave effects to the worker"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["file"].is_file():
            raise CommandError(f"{options['file']} is not there.")
        messages = list(read(options["file"]))[: options["limit"]]
        crews = assemble()
        done: Counter[str] = Counter()
        met: Counter[str] = Counter()
        failed: list[tuple[str, str]] = []
        for place, message in enumerate(tqdm(messages, unit="message", desc="replay")):
            try:
                result = run(message, crews[place % len(crews)])
            except Exception as error:
                failed.append((message.id, f"{type(error).__name__}: {error}"))
                continue
            if result is None:
                done["here already"] += 1
            else:
                done[result[0]] += 1
                met.update(result[1:])
        if not options["keep_outbox"]:
            with tqdm(unit="message", desc="effects") as bar:
                outbox.run_pending(limit=10_000_000, progress=bar.update)
        self._report(len(messages), done, met, failed)

    def _report(
        self,
        total: int,
        done: Counter[str],
        met: Counter[str],
        failed: list[tuple[str, str]],
    ) -> None:
        self.stdout.write(f"{total} messages, {len(failed)} errors")
        for name, count in done.most_common():
            self.stdout.write(f"  {name}: {count}")
        self.stdout.write("on the way: " + ", ".join(f"{k} {v}" for k, v in met.most_common()))
        for name, why in failed[:50]:
            self.stdout.write(f"  failed {name}: {why}")
        differing = sweep.recheck()
        self.stdout.write(f"derived afresh: {len(differing)} matters differ")
        if failed or differing:
            raise CommandError(f"{len(failed)} failed, {len(differing)} differ")


def read(path: Path) -> Iterator[Message]:
    """The rows of the file, one by one."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield Message(
                id=row["msg_id"],
                title=row["title"],
                words=row["content"],
                answer=row["reply"],
                filed_at=_moment(row["time"]),
                answered_at=_moment(row["reply_time"]),
            )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)

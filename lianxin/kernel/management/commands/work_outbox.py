"""Delivers outbox messages until it is told to stop."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from lianxin.kernel.enduring import endure
from lianxin.kernel.outbox import Worker

SHORTEST, LONGEST = 0.1, 1.0


class Command(BaseCommand):
    help = "Delivers outbox messages. SIGTERM and SIGINT finish the current message and stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--until-empty", action="store_true", help="stop when nothing is due")

    def handle(self, *args: Any, until_empty: bool = False, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        worker = Worker(stopping=stop.is_set)
        pause = 0.0

        def step() -> float:
            nonlocal pause
            if worker.run_batch():
                pause = 0.0
            elif until_empty:
                stop.set()
            else:
                pause = min(max(pause * 1.5, SHORTEST), LONGEST)
            return pause

        endure(step, stop=stop, say=lambda words: self.stderr.write(f"outbox: {words}"))

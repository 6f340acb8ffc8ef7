"""Runs the recurring jobs until it is told to stop."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from lianxin.kernel import scheduler
from lianxin.kernel.clock import now
from lianxin.kernel.enduring import endure

LONGEST = 20.0


class Command(BaseCommand):
    help = "Runs the recurring jobs. SIGTERM and SIGINT finish the current job and stop."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())

        def step() -> float:
            scheduler.tick(stopping=stop.is_set)
            due = scheduler.next_due(now())
            seconds = (due - now()).total_seconds() if due else LONGEST
            # Never asleep for long: the clock may be set, or another process may have died.
            return min(max(seconds, 0.2), LONGEST)

        endure(step, stop=stop, say=lambda words: self.stderr.write(f"scheduler: {words}"))

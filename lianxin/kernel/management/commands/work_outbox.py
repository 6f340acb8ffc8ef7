"""Delivers outbox messages until it is told to stop."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

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
        pause = SHORTEST
        while not stop.is_set():
            try:
                tried = worker.run_batch()
            except DatabaseError as error:
                # The database is restarting: a worker outlives that.
                self.stderr.write(f"outbox: {error}")
                close_old_connections()
                tried = 0
            if tried:
                pause = SHORTEST
                continue
            if until_empty:
                break
            close_old_connections()
            stop.wait(pause)
            pause = min(pause * 1.5, LONGEST)

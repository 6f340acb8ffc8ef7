"""Moves an installation from SQLite to PostgreSQL: the target is this installation's DATABASE_URL."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lianxin.config.backup import moving


class Command(BaseCommand):
    help = "Copies a SQLite file into the empty, migrated database of DATABASE_URL, and compares."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "sqlite", type=Path, help="the SQLite file; nobody may be writing to it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        found, wrong = moving.move(options["sqlite"])
        if wrong:
            raise CommandError("Not the same: " + "; ".join(wrong))
        rows, leaves = sum(found["rows"].values()), sum(v[0] for v in found["ledger"].values())
        seconds = time.monotonic() - started
        self.stdout.write(f"{rows} rows and {leaves} leaves moved and compared, {seconds:.1f} s")

"""Restores a back-up into an empty installation, and proves that it is the same."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lianxin.cases.services.erasing import erase_again
from lianxin.config.backup import archive
from lianxin.kernel.clock import now


class Command(BaseCommand):
    help = "Checks every piece, restores, and compares rows, ledger and 1,000 sealed fields."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--keys", type=Path, help="the file of keys; keys/NAME.keys by default")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        file: Path = options["file"]
        beside = file.parent / "keys" / f"{file.stem}.keys"
        wrong = archive.read(file, keys_file=options["keys"] or beside)
        if wrong:
            raise CommandError("Restored, but not the same: " + "; ".join(wrong))
        again = erase_again(now())
        if again:
            self.stdout.write(f"Erased again, as was asked after this back-up: {again} residents")
        self.stdout.write(f"Restored and the same, {time.monotonic() - started:.1f} s")

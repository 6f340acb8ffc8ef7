"""Takes along what was erased when the database goes back to an earlier second."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from lianxin.cases.services.erasing import erase_again
from lianxin.config.backup import keys
from lianxin.kernel.clock import now


class Command(BaseCommand):
    help = "Notes whose keys are destroyed (write), and destroys them again elsewhere (apply)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=("write", "apply"))
        parser.add_argument(
            "file", type=Path, help="apply takes the file of keys of a back-up, too"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        if options["act"] == "write":
            keys.write_gone(file, now())
            self.stdout.write(f"{file} says whose keys are destroyed.")
            return
        destroyed = keys.destroy_again(file)
        again = erase_again(now())
        self.stdout.write(f"{destroyed} keys destroyed again, {again} residents erased again.")

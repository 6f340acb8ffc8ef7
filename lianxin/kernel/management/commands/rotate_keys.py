"""Seals everything anew with the first key of LIANXIN_KEYS, while people work."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lianxin.kernel import resealing


class Command(BaseCommand):
    help = "Seals names, phones and addresses anew with the current key and algorithm."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say what is left to do")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        if not options["check"]:
            for one in resealing.reseal_all():
                self.stdout.write(f"{one.table}: {one.resealed} of {one.rows} rows sealed anew")
        left = resealing.left_over()
        if left:
            raise CommandError(f"Sealed with other keys: {left}")
        self.stdout.write(f"Nothing is sealed with another key, {time.monotonic() - started:.1f} s")

"""Writes a back-up while people work."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from lianxin.config.backup import archive
from lianxin.kernel.clock import local, now


class Command(BaseCommand):
    help = "Database and attachments of one moment into one signed file. Keys are not in it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--keep", type=int, default=0, help="delete all but so many back-ups")

    def handle(self, *args: Any, **options: Any) -> None:
        at, started = now(), time.monotonic()
        target = options["folder"] / f"lianxin-{local(at):%Y%m%d-%H%M%S}.tar"
        found = archive.write(target, at)
        rows, leaves = sum(found["rows"].values()), sum(v[0] for v in found["ledger"].values())
        size = target.stat().st_size / 1_048_576
        self.stdout.write(
            f"{target}: {size:.1f} MiB, {rows} rows, {leaves} leaves, {len(found['sample'])} sealed "
            f"fields opened, {time.monotonic() - started:.1f} s"
        )
        if options["keep"]:
            for old in sorted(options["folder"].glob("lianxin-*.tar"))[: -options["keep"]]:
                old.unlink()

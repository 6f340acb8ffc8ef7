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
    help = (
        "Database and attachments of one moment into one signed file, residents' keys into another."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--keys-folder", type=Path, help="where keys go; FOLDER/keys by default"
        )
        parser.add_argument("--keep", type=int, default=0, help="delete all but so many back-ups")
        parser.add_argument("--keep-keys", type=int, default=1, help="so many files of keys stay")

    def handle(self, *args: Any, **options: Any) -> None:
        at, started = now(), time.monotonic()
        target = options["folder"] / f"lianxin-{local(at):%Y%m%d-%H%M%S}.tar"
        keys = options["keys_folder"] or options["folder"] / "keys"
        found = archive.write(target, at, keys_file=keys / f"{target.stem}.keys")
        rows, leaves = sum(found["rows"].values()), sum(v[0] for v in found["ledger"].values())
        size = target.stat().st_size / 1_048_576
        self.stdout.write(
            f"{target}: {size:.1f} MiB, {rows} rows, {leaves} leaves, {len(found['sample'])} sealed "
            f"fields opened, {time.monotonic() - started:.1f} s"
        )
        _thin_out(options["folder"], "lianxin-*.tar", options["keep"])
        _thin_out(keys, "lianxin-*.keys", options["keep_keys"])


def _thin_out(folder: Path, names: str, keep: int) -> None:
    """Deletes all but the newest; with 0 none. Of keys one: older ones are a way back to what was
    erased, and the newest opens the older back-ups, too."""
    if keep:
        for old in sorted(folder.glob(names))[:-keep]:
            old.unlink()

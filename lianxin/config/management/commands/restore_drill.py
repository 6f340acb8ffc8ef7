"""Rehearses the worst day: back up, restore elsewhere, compare, throw away."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lianxin.config.backup import archive
from lianxin.kernel.clock import now
from lianxin.kernel.db import is_sqlite


class Command(BaseCommand):
    help = "Writes a back-up, restores it beside this installation, says how long that took."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--scratch", default="", help="PostgreSQL: address of an empty database to restore into"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_sqlite() and not options["scratch"]:
            raise CommandError("Name an empty database with --scratch.")
        with tempfile.TemporaryDirectory(prefix="lianxin-drill-") as name:
            folder, started = Path(name), time.monotonic()
            keys_file = folder / "keys" / "drill.keys"
            found = archive.write(folder / "drill.tar", now(), keys_file=keys_file)
            written = time.monotonic()
            said = _restored(folder, options["scratch"])
        rows = sum(found["rows"].values())
        self.stdout.write(
            f"{rows} rows, {len(found['sample'])} sealed fields: written in "
            f"{written - started:.1f} s. {said.strip()} ({time.monotonic() - written:.1f} s)"
        )


def _restored(folder: Path, scratch: str) -> str:
    """What `restore` says, run as on another machine: own folder, own database, these keys."""
    var = folder / "var"
    var.mkdir()
    known = settings.VAR_DIR / "local.env"
    if known.exists():
        shutil.copy(known, var)
    more = {
        "LIANXIN_VAR": str(var),
        "FILES_DIR": str(var / "files"),
        "DATABASE_URL": scratch or f"sqlite:///{var / 'lianxin.sqlite3'}",
    }
    done = subprocess.run(  # noqa: S603  (our own command)
        [
            sys.executable,
            str(settings.BASE_DIR / "manage.py"),
            "restore",
            str(folder / "drill.tar"),
        ],
        env={**os.environ, **more},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CommandError(f"The back-up does not restore: {done.stderr.strip()[-2000:]}")
    return done.stdout

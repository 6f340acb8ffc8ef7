"""manage.py import_grids FILE: outlines of grids from GeoJSON, looked through first."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lianxin.kernel.clock import now
from lianxin.kernel.refused import Refused
from lianxin.places import services


class Command(BaseCommand):
    help = (
        "Says which features of a GeoJSON file (properties: place, number) are refused and why, "
        "and with --apply takes the outlines of the others over."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--apply", action="store_true", help="take over what is not refused")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = options["file"].read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as wrong:
            raise CommandError(f"{options['file']} cannot be read: {wrong}") from wrong
        try:
            if options["apply"]:
                report = services.import_outlines(text=text, by=None, at=now())
            else:
                report = services.look_through(text)
        except Refused as refused:
            raise CommandError(str(refused.message)) from refused
        for number, sentence in sorted(report.refused.items()):
            self.stderr.write(f"{number}: {sentence}")
        done = f"{report.changed} changed" if options["apply"] else "nothing changed (--apply)"
        self.stdout.write(f"{report.total} features, {len(report.refused)} refused; {done}.")

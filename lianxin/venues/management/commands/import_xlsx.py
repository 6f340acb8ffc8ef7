"""`manage.py import_xlsx KIND FILE [--apply]`: the imports of the operator's page, on the console."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from lianxin.kernel.clock import now
from lianxin.kernel.refused import Refused
from lianxin.record.models import ImportBatch
from lianxin.record.services import imports


class Command(BaseCommand):
    help = "Looks an xlsx table through, says every refused row, and with --apply takes it over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=sorted(imports.kinds()))
        parser.add_argument("file", type=Path)
        parser.add_argument("--apply", action="store_true", help="take over when no row is refused")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"{path} is not there.")
        try:
            self._run(options["kind"], path, take_over=options["apply"])
        except Refused as refused:
            raise CommandError(str(refused.message)) from refused

    def _run(self, kind: str, path: Path, *, take_over: bool) -> None:
        with (
            tqdm(total=3, unit="step", desc="reading", disable=None) as bar,
            path.open("rb") as file,
        ):
            batch = imports.preview(kind, File(file, name=path.name), None, now())
            bar.update()
            bar.set_description("refused rows")
            self._say_refusals(batch)
            bar.update()
            bar.set_description("taking over" if take_over else "discarding")
            if batch.refused_count or not take_over:
                imports.discard(batch.pk, None, now())
            else:
                batch = imports.apply(batch.pk, None, now())
            bar.update()
        words = f"{batch.row_count} rows, {batch.refused_count} refused"
        if batch.refused_count:
            raise CommandError(f"{words}; nothing was taken over.")
        done = f"{batch.applied_count} new or changed" if take_over else "nothing changed (--apply)"
        self.stdout.write(f"{words}; {done}.")

    def _say_refusals(self, batch: ImportBatch) -> None:
        rows = batch.rows.exclude(refusals=[]).order_by("number")
        for row in tqdm(rows, total=batch.refused_count, unit="row", leave=False, disable=None):
            for sentence in row.refusals:
                self.stderr.write(f"{row.number}: {sentence}")

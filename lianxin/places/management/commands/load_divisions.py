"""manage.py load_divisions: the list of divisions, as often as one likes."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from lianxin.kernel.clock import now
from lianxin.kernel.refused import Refused
from lianxin.places import services

PRODUCT_LIST = Path(__file__).resolve().parents[2] / "data" / "yunnan_divisions.csv"
SHOWN = 20


class Command(BaseCommand):
    help = "Loads the list of divisions and reports what changed. Safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--file",
            type=Path,
            default=PRODUCT_LIST,
            help="CSV with the columns code, name, parent_code (default: Yunnan, with the product)",
        )
        parser.add_argument(
            "--retire-many",
            action="store_true",
            help="accept a list that lacks more than a tenth of the divisions",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        rows = _read(options["file"])
        quiet = options["verbosity"] == 0
        with tqdm(
            total=len(rows), unit=" rows", disable=quiet or None, file=self.stderr, leave=False
        ) as bar:
            try:
                report = services.load_divisions(
                    rows=rows,
                    at=now(),
                    retire_many=options["retire_many"],
                    progress=bar.update,
                )
            except Refused as refused:
                raise CommandError(f"{refused} {refused.hint}".strip()) from refused
        if not quiet:
            self._tell(report)

    def _tell(self, report: services.LoadReport) -> None:
        self._list("Added", report.added)
        self._list("Renamed", [f"{code} {old} → {new}" for code, old, new in report.renamed])
        self._list("Moved", [f"{old} → {new}" for old, new in report.moved])
        self._list("Retired", report.retired)
        self._list("Restored", report.restored)
        self.stdout.write(
            f"{report.total} divisions: {len(report.added)} added, {len(report.renamed)} renamed, "
            f"{len(report.moved)} moved, {len(report.retired)} retired, "
            f"{len(report.restored)} restored."
        )

    def _list(self, title: str, lines: list[str]) -> None:
        if 0 < len(lines) <= SHOWN:
            self.stdout.write(f"{title}: " + "; ".join(lines))


def _read(path: Path) -> list[services.DivisionRow]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [
                services.DivisionRow(row["code"], row["name"].strip(), row["parent_code"])
                for row in csv.DictReader(file)
            ]
    except (OSError, KeyError, UnicodeDecodeError) as wrong:
        raise CommandError(f"{path} cannot be read as a list of divisions: {wrong}") from wrong

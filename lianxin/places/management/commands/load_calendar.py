"""manage.py load_calendar: the working days of a year, from the package or from a notice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lianxin.kernel.clock import now
from lianxin.kernel.refused import Refused
from lianxin.places import queries, services
from lianxin.places.rules import parse_notice


class Command(BaseCommand):
    help = (
        "Loads the holidays and make-up days of a year as rows. Without --file they come from the "
        "package chinesecalendar (2004–2026); a later year needs a file with lines such as "
        "“2027-10-01~2027-10-07 off National Day” and “2027-10-09 work National Day”."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--file", type=Path, help="the notice of the year, one line per span")

    def handle(self, *args: Any, **options: Any) -> None:
        year, path = options["year"], options["file"]
        try:
            days = parse_notice(path.read_text("utf-8")) if path else queries.packaged_year(year)
            if not days:
                raise CommandError(f"The package does not know {year}; give its notice as --file.")
            count = services.announce_year(year=year, days=days, by=None, at=now())
        except (OSError, UnicodeDecodeError) as wrong:
            raise CommandError(f"{path} cannot be read: {wrong}") from wrong
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{year}: {count} announced days.")

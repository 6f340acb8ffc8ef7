"""Writes the ledger of a county, opened for a division of it: for a check without network."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Q

from lianxin.record.queries import ledger


class Command(BaseCommand):
    help = "Prints a bundle of JSON lines that lianxin-verify checks: a head, then a leaf a line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("division", help="code of the division: a county or anything below it")

    def handle(self, *args: Any, **options: Any) -> None:
        division = options["division"]
        log = ledger.log_of(ledger.log_code(division))
        for line in ledger.bundle(log, Q(entry__division_code__startswith=division)):
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")

"""Writes the entries of a division, and below it, with their proofs: for a check without network."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from lianxin.kernel import merkle
from lianxin.record.models import Leaf
from lianxin.record.queries import ledger


class Command(BaseCommand):
    help = "Prints a bundle of JSON lines that lianxin-verify checks: a head, then an entry a line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("division", help="code of the division: a county or anything below it")

    def handle(self, *args: Any, **options: Any) -> None:
        for line in _lines(options["division"]):
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


def _lines(division: str) -> Iterator[dict[str, Any]]:
    log = ledger.log_of(ledger.log_code(division))
    read = ledger.tile_reader(log)
    yield {"checkpoint": log.checkpoint}
    leaves = Leaf.objects.filter(
        division_code=log.division_code,
        index__lt=log.size,
        entry__division_code__startswith=division,
    ).select_related("entry")
    for leaf in leaves.order_by("index").iterator(chunk_size=500):
        path = merkle.inclusion(leaf.index or 0, log.size, read)
        yield {
            "index": leaf.index,
            "commitment": bytes(leaf.commitment).hex(),
            "salt": bytes(leaf.salt).hex() if leaf.salt else None,
            "record": ledger.record_of(leaf.entry) if leaf.salt else None,
            "path": [base64.b64encode(one).decode() for one in path],
        }

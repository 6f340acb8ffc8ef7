"""Reads every log from its first leaf to its signed head, and says what does not hold."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lianxin.record.models import Log
from lianxin.record.queries.ledger import faults, without_leaf


class Command(BaseCommand):
    help = "Checks the ledger against the journal: leaves, tiles, roots, signatures."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for log in Log.objects.order_by("division_code"):
            wrong = list(faults(log))
            found += len(wrong)
            self.stdout.write(f"{log.division_code}: {log.size} leaves, {wrong or 'all hold'}")
        bare = without_leaf()
        if bare:
            found += 1
            self.stdout.write(f"{bare} entries have no leaf")
        if found:
            raise CommandError(f"{found} faults")

"""Forgets what nobody needs any more, or says what that would be."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from lianxin.kernel import retention
from lianxin.kernel.clock import now


class Command(BaseCommand):
    help = "Applies the rules of retention, which also run every night."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="only say how many rows would go"
        )
        parser.add_argument(
            "--in-days", type=int, default=0, help="with --dry-run: as if so much later"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            found = retention.rehearse(now() + timedelta(days=options["in_days"]))
        else:
            found = retention.apply(now())
        for rule in retention.rules():
            self.stdout.write(f"{found[rule.name]:>8}  {rule.name}: {rule.kept} ({rule.source})")

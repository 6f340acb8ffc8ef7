"""Shows and retries outbox messages that were given up."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count

from lianxin.kernel import outbox
from lianxin.kernel.models import OutboxMessage


class Command(BaseCommand):
    help = "Counts outbox messages, lists the parked ones, or puts them back (--retry)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--retry", action="store_true", help="put parked messages back")
        parser.add_argument("--handler", default="", help="only those of this handler")
        parser.add_argument("ids", nargs="*", type=int, help="only these messages")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = OutboxMessage.objects.order_by().values_list("state").annotate(n=Count("id"))
        for state, number in sorted(counts):
            self.stdout.write(f"{state:8} {number}")
        parked = outbox.parked()
        if options["handler"]:
            parked = parked.filter(handler=options["handler"])
        if options["ids"]:
            parked = parked.filter(pk__in=options["ids"])
        if options["retry"]:
            self.stdout.write(f"{outbox.retry(parked)} put back")
            return
        for message in parked[:200]:
            self.stdout.write(
                f"{message.pk} {message.topic} → {message.handler} key {message.key} "
                f"after {message.attempts} tries: {message.last_error.splitlines()[0][:200]}"
            )

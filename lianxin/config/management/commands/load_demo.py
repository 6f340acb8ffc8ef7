"""Load the demo world once: real places, invented people, a year of cases."""

from __future__ import annotations

import logging
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from lianxin.config.demo import history, places, present, reception
from lianxin.config.demo.seeds import PASSWORD, Cast
from lianxin.kernel import clock, outbox
from lianxin.places.models import Division
from lianxin.venues.models import Venue


class Command(BaseCommand):
    help = "Loads the demo world into an empty installation; says so and does nothing otherwise."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--cases", type=int, default=180, help="finished cases of the last year"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if Venue.objects.exists():
            self.stdout.write("There are venues already: the demo world was not loaded again.")
            return
        quiet = options["verbosity"] == 0
        # Messages to people who do not exist: nobody wants to read hundreds of them.
        logging.getLogger("lianxin.notices").setLevel(logging.WARNING)
        if not Division.objects.exists():
            call_command("load_divisions", verbosity=options["verbosity"])
        if not Division.objects.filter(code="530112005011").exists():
            raise CommandError("The divisions of the demo world are not in the list of divisions.")
        cast, now = Cast(), clock.now()
        with transaction.atomic():
            places.build(cast)
        history.load(count=options["cases"], now=now, quiet=quiet)
        present.load(now=now)
        reception.load(now=now)
        outbox.run_pending(limit=10_000_000)
        lines = [f"  {username:<12} {shown}" for username, shown in cast.accounts.items()]
        said = "\n".join([f"Demo accounts (password {PASSWORD}):", *lines])
        settings.DEMO_ACCOUNTS.write_text(said + "\n", encoding="utf-8")  # `serve` says it again
        self.stdout.write(said)

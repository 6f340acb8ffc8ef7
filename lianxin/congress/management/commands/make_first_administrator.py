"""manage.py make_first_administrator: who appoints everybody else."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lianxin.congress.services import appoint_first_administrator
from lianxin.kernel.clock import now
from lianxin.kernel.refused import Refused


class Command(BaseCommand):
    help = "Makes the first security administrator of a new installation, and prints the password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="of the person")
        parser.add_argument("--organ", required=True, help="name of who runs this installation")
        parser.add_argument("--division", default="53", help="code of its place (default: Yunnan)")

    def handle(self, *args: Any, **options: Any) -> None:
        password = secrets.token_urlsafe(15)
        try:
            account = appoint_first_administrator(
                name=options["name"],
                username=options["username"],
                password=password,
                organ=options["organ"],
                division_code=options["division"],
                at=now(),
            )
        except Refused as refused:
            raise CommandError(f"{refused} {refused.hint}".strip()) from refused
        self.stdout.write(f"{account.username}: {password}")
        self.stdout.write("Sign in, set a second factor, change this password: it was shown here.")

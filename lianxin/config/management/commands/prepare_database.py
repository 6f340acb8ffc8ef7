"""Makes the role as which the application works, with no more rights than it needs."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lianxin.kernel import roles
from lianxin.kernel.db import is_sqlite


class Command(BaseCommand):
    help = (
        "PostgreSQL, as the owner of the tables (DATABASE_URL) and after migrate: makes the role that "
        "DATABASE_ROLE names, or narrows it. ROLE_PASSWORD, when set, becomes its password."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--role", default=settings.DATABASE_ROLE, help="instead of DATABASE_ROLE"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if is_sqlite():
            raise CommandError("SQLite has no roles: who can read the file reads it all.")
        if not options["role"]:
            raise CommandError("DATABASE_ROLE is not set.")
        try:
            remarks = roles.prepare(options["role"], os.environ.get("ROLE_PASSWORD", ""))
        except roles.TooPowerfulError as error:
            raise CommandError(f"The application must not work as this role: {error}") from error
        for remark in remarks:
            self.stderr.write(remark)
        self.stdout.write(f"{options['role']} reads and writes rows, and nothing else.")

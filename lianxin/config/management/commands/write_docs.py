"""`manage.py write_docs`: draws the pages of docs/ that come from the code."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lianxin.config.documents import pages, stale


class Command(BaseCommand):
    help = "Writes docs/settings.md, docs/states.md and docs/data-inventory.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say which are stale")

    def handle(self, *args: Any, **options: Any) -> None:
        expected = pages()
        old = stale(expected)
        if options["check"]:
            if old:
                names = ", ".join(path.name for path in old)
                raise CommandError(f"Stale in docs/: {names}. Run `make fix`.")
            return
        for path in old:
            path.write_text(expected[path], encoding="utf-8")
            self.stdout.write(f"written: docs/{path.name}")

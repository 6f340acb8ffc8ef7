from typing import Any

from django.core.management.commands.flush import Command as Flush

from lianxin.kernel.db import append_only_lifted


class Command(Flush):
    """Django's `flush`, which may also empty the tables that are append-only otherwise."""

    def handle(self, **options: Any) -> None:
        with append_only_lifted():
            super().handle(**options)

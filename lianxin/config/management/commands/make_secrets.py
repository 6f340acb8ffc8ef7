"""`manage.py make_secrets`: fresh secrets for a production environment."""

import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from lianxin.config.secrets import local_secrets


class Command(BaseCommand):
    help = "Prints fresh values of SECRET_KEY, LIANXIN_KEYS and LIANXIN_INDEX_KEY."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        with tempfile.TemporaryDirectory() as folder:
            fresh = local_secrets(Path(folder) / "secrets")
        for name, value in fresh.items():
            self.stdout.write(f"{name}={value}")

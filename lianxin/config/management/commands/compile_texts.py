"""`manage.py compile_texts`: every .po becomes the .mo that Django reads, without gettext."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand


def compile_text(path: Path) -> Path:
    """Writes the .mo beside `path`; unfinished (fuzzy) entries stay in English."""
    with path.open("rb") as source:
        catalog = read_po(source)
    target = path.with_suffix(".mo")
    with target.open("wb") as compiled:
        write_mo(compiled, catalog, use_fuzzy=False)
    return target


class Command(BaseCommand):
    help = "Compiles all translations of the project."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        paths = sorted((settings.BASE_DIR / "lianxin").rglob("locale/*/LC_MESSAGES/*.po"))
        for path in paths:
            compile_text(path)
        self.stdout.write(f"  {len(paths)} translation files compiled")

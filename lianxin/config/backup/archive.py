"""A back-up is two files: the database with the attachments, and the residents' keys apart.

Each is a signed tar. Whoever has one of them alone reads no name, phone or hidden number. Files of
keys are few and short-lived, so that a key that was destroyed is gone from all back-ups with them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from lianxin.config.backup import engines, keys, signed
from lianxin.config.backup.facts import Facts, differences, facts
from lianxin.kernel.db import is_sqlite

DATABASE, FILES = "database", "files"


def write(target: Path, at: datetime, *, keys_file: Path) -> Facts:
    """Writes a back-up while people work; returns what it holds. Files appear whole or not at all.

    Database at one moment, without the residents' keys → attachments → manifest with a digest of
    every piece and the facts, signed → the keys of that moment in `keys_file`. The installation's
    own keys are in neither: they are kept elsewhere, by somebody else. Raises CommandError.
    """
    for one in (target, keys_file):
        if one.exists():
            raise CommandError(f"{one} is there already.")
        one.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        dump = Path(folder) / DATABASE

        def look(alias: str) -> tuple[Facts, list[signed.Piece]]:
            return facts(alias), keys.write_rows(Path(folder), alias)

        found, rows = engines.dump(dump, look, without=keys.TABLE)
        head = {"at": at.isoformat(), "engine": _engine()}
        signed.pack(target, [(DATABASE, dump), *_files()], {**head, "facts": found})
        signed.pack(keys_file, rows, {**head, "keys_of": target.name})
    return found


def _files() -> Iterator[signed.Piece]:
    root = Path(settings.MEDIA_ROOT)
    for path in sorted(root.rglob("*")) if root.is_dir() else ():
        if path.is_file():
            yield f"{FILES}/{path.relative_to(root).as_posix()}", path


def _engine() -> str:
    return "sqlite" if is_sqlite() else "postgresql"


@contextmanager
def unpacked(source: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The pieces of a database back-up, each one proven. Raises CommandError; also for the other engine's."""
    with signed.unpacked(source) as (folder, body):
        if "facts" not in body:
            raise CommandError("This back-up is refused: it holds keys, not a database.")
        if body["engine"] != _engine():
            raise CommandError(f"This back-up is of {body['engine']}; use move_database.")
        yield folder, body


def read(source: Path, *, keys_file: Path) -> list[str]:
    """Restores into an empty installation and compares; returns what differs, which must be nothing.

    Everything is proven before the first byte is written. With keys younger than the database what
    was destroyed since stays unreadable, and the rest is compared. Raises CommandError.
    """
    with keys.unpacked(keys_file) as (key_rows, keys_at), unpacked(source) as (folder, body):
        if keys_at < datetime.fromisoformat(body["at"]):
            raise CommandError(
                "This back-up is refused: the keys are older than the database. Give it the keys "
                "written with it, or later ones."
            )
        engines.load(folder / DATABASE)
        keys.load_rows(key_rows)
        media = Path(settings.MEDIA_ROOT)
        for name in body["pieces"]:
            if name != DATABASE:
                place = media / name.removeprefix(f"{FILES}/")
                place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                (folder / name).replace(place)
        now = facts(sample=body["facts"]["sample"])
        if keys_at > datetime.fromisoformat(body["at"]):
            now["opened"] = body["facts"]["opened"]
        return differences(body["facts"], now)

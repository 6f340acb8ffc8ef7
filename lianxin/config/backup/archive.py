"""One file holds it all: a tar with the database, the attachments, and a manifest that is signed."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from lianxin.config.backup import engines
from lianxin.config.backup.facts import Facts, differences, facts
from lianxin.kernel.db import is_sqlite
from lianxin.kernel.keys import ledger_seed
from lianxin.kernel.notes import NoteRefusedError, Signer, open_note

DATABASE, MANIFEST, FILES = "database", "manifest.note", "files"


def write(target: Path, at: datetime) -> Facts:
    """Writes a back-up while people work; returns what it holds. The file appears whole or not at all.

    Database at one moment → attachments → manifest with a digest of every piece, the facts, signed.
    Keys are not in it: they are kept elsewhere, by somebody else. Raises CommandError.
    """
    if target.exists():
        raise CommandError(f"{target} is there already.")
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + ".unfinished")
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        dump = Path(folder) / DATABASE
        found = engines.dump(dump, facts)
        pieces: dict[str, str] = {}
        with tarfile.open(unfinished, "w") as tar:
            for name, path in ((DATABASE, dump), *_files()):
                pieces[name] = digest_of(path)
                tar.add(path, arcname=name, recursive=False)
            _add_manifest(tar, found, pieces, at)
    engines.synced(unfinished)
    unfinished.replace(target)
    return found


def _files() -> Iterator[tuple[str, Path]]:
    root = Path(settings.MEDIA_ROOT)
    for path in sorted(root.rglob("*")) if root.is_dir() else ():
        if path.is_file():
            yield f"{FILES}/{path.relative_to(root).as_posix()}", path


def _add_manifest(tar: tarfile.TarFile, found: Facts, pieces: dict[str, str], at: datetime) -> None:
    body = {"at": at.isoformat(), "engine": _engine(), "pieces": pieces, "facts": found}
    note = _signer().sign(json.dumps(body, sort_keys=True) + "\n").encode()
    info = tarfile.TarInfo(MANIFEST)
    info.size = len(note)
    tar.addfile(info, io.BytesIO(note))


def _engine() -> str:
    return "sqlite" if is_sqlite() else "postgresql"


def _signer() -> Signer:
    return Signer(f"{settings.LEDGER_NAME}/backup", ledger_seed())


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def unpacked(source: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The pieces of a back-up in a folder of its own, each one proven. Raises CommandError.

    Refused: a file that is cut or altered anywhere, a piece too many or missing, a manifest that
    these keys have not signed, the other engine's.
    """
    with tempfile.TemporaryDirectory(dir=source.parent) as name:
        folder = Path(name)
        try:
            with tarfile.open(source, "r:") as tar:
                tar.extractall(folder, filter="data")
            note = (folder / MANIFEST).read_text(encoding="utf-8")
            body = json.loads(open_note(note, [_signer().verifier]))
        except (tarfile.TarError, OSError, ValueError) as error:
            kind = "its signature" if isinstance(error, NoteRefusedError) else "the file"
            raise CommandError(f"This back-up is refused: {kind} is broken ({error}).") from error
        _check_pieces(folder, body["pieces"])
        if body["engine"] != _engine():
            raise CommandError(f"This back-up is of {body['engine']}; use move_database.")
        yield folder, body


def _check_pieces(folder: Path, pieces: dict[str, str]) -> None:
    there = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }
    if there != set(pieces):
        odd = ", ".join(sorted(there ^ set(pieces))[:3])
        raise CommandError(f"This back-up is refused: pieces are missing or too many ({odd}).")
    for name, digest in pieces.items():
        if digest_of(folder / name) != digest:
            raise CommandError(f"This back-up is refused: {name} was altered.")


def read(source: Path) -> list[str]:
    """Restores into an empty installation and compares; returns what differs, which must be nothing.

    Everything is proven before the first byte is written. Raises CommandError.
    """
    with unpacked(source) as (folder, body):
        engines.load(folder / DATABASE)
        media = Path(settings.MEDIA_ROOT)
        for name in body["pieces"]:
            if name != DATABASE:
                place = media / name.removeprefix(f"{FILES}/")
                place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                (folder / name).replace(place)
        return differences(body["facts"], facts(sample=body["facts"]["sample"]))

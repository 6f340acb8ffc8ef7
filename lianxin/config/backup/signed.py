"""A tar that proves itself: its pieces, and a signed manifest with a digest of each."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from lianxin.config.backup import engines
from lianxin.kernel.keys import ledger_seed
from lianxin.kernel.notes import NoteRefusedError, Signer, open_note

MANIFEST = "manifest.note"
Piece = tuple[str, Path]


def pack(target: Path, pieces: Iterable[Piece], body: dict[str, Any]) -> None:
    """Writes the pieces and the manifest, which holds `body`. The file appears whole or not at all."""
    unfinished = target.with_name(target.name + ".unfinished")
    digests: dict[str, str] = {}
    with tarfile.open(unfinished, "w") as tar:
        for name, path in pieces:
            digests[name] = digest_of(path)
            tar.add(path, arcname=name, recursive=False)
        note = (
            _signer().sign(json.dumps({**body, "pieces": digests}, sort_keys=True) + "\n").encode()
        )
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(note)
        tar.addfile(info, io.BytesIO(note))
    engines.synced(unfinished)
    unfinished.replace(target)


def _signer() -> Signer:
    return Signer(f"{settings.LEDGER_NAME}/backup", ledger_seed())


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def unpacked(source: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The pieces in a folder of their own, each one proven. Raises CommandError.

    Refused: a file that is cut or altered anywhere, a piece too many or missing, a manifest that
    these keys have not signed.
    """
    with tempfile.TemporaryDirectory(dir=source.parent) as name:
        folder = Path(name)
        try:
            with tarfile.open(source, "r:") as tar:
                _extract(tar, folder)
            note = (folder / MANIFEST).read_text(encoding="utf-8")
            body = json.loads(open_note(note, [_signer().verifier]))
        except (tarfile.TarError, OSError, ValueError) as error:
            kind = "its signature" if isinstance(error, NoteRefusedError) else "the file"
            raise CommandError(f"This back-up is refused: {kind} is broken ({error}).") from error
        _check_pieces(folder, body["pieces"])
        yield folder, body


def _extract(tar: tarfile.TarFile, folder: Path) -> None:
    """Files below `folder`, nothing else. Raises TarError or OSError at any other piece: a link, a
    device, a name that leads outside or comes twice. (Debian 12's Python has no `filter=` yet.)"""
    for piece in tar:
        name = PurePosixPath(piece.name)
        content = tar.extractfile(piece) if piece.isreg() else None
        if content is None or name.is_absolute() or ".." in name.parts:
            raise tarfile.ExtractError(f"{piece.name!r} is no plain file")
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with content, target.open("xb") as file:
            shutil.copyfileobj(content, file)


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

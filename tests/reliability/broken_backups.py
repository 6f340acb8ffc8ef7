"""Breaks a back-up in every way one can think of, and prints what the product says to each, as JSON.

python -m tests.reliability.broken_backups FILE FOLDER
"""

from __future__ import annotations

import io
import json
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path


def broken(data: bytes) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(data)) as source:
        pieces = [range(one.offset_data, one.offset_data + one.size) for one in source]
    for share in (0.01, 0.2, 0.4, 0.6, 0.8, 0.97):
        # What a tar notes between its pieces (when they were written) says nothing of them.
        start = int(len(data) * share)
        at = next(i for i in range(start, len(data)) if any(i in piece for piece in pieces))
        yield f"bit at {share}", data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
    for share in (0.0, 0.5, 0.9):
        yield f"cut at {share}", data[: int(len(data) * share)]
    yield "piece lost", rebuilt(data, lose="files/")
    yield "database lost", rebuilt(data, lose="database")
    yield "manifest lost", rebuilt(data, lose="manifest")
    yield "piece too many", rebuilt(data, add="files/extra.jpg")
    yield "piece outside", rebuilt(data, add="../extra.jpg")
    yield "piece a link", rebuilt(data, add="files/extra.jpg", kind=tarfile.SYMTYPE)


def rebuilt(data: bytes, *, lose: str = "-", add: str = "", kind: bytes = tarfile.REGTYPE) -> bytes:
    out = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(data)) as source,
        tarfile.open(fileobj=out, mode="w") as target,
    ):
        for member in source:
            if not member.name.startswith(lose):
                target.addfile(member, source.extractfile(member))
        if add:
            extra = tarfile.TarInfo(add)
            extra.type, extra.linkname, extra.size = kind, "/etc/passwd", 3
            target.addfile(extra, io.BytesIO(b"abc"))
    return out.getvalue()


def main(file: Path, folder: Path) -> dict[str, str]:
    import django

    django.setup()
    from lianxin.kernel import scope

    scope.open_for_process("run by hand")
    from django.core.management.base import CommandError

    from lianxin.config.backup import archive

    said = {}
    cases = [("nothing", file.read_bytes()), *broken(file.read_bytes())]
    for name, data in cases:
        altered = folder / "altered.tar"
        altered.write_bytes(data)
        try:
            with archive.unpacked(altered):
                said[name] = ""
        except CommandError as error:
            said[name] = str(error)
    return said


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))

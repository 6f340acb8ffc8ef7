"""Hostile uploads: files that are two things at once, bombs, lies about themselves, traces of places.

`files(count)` makes them from a seed, so that a fault can be had again. The short form runs in the
suite; `run(count)` is the long one: every file through the real preparation, judged by Pillow and,
where it is installed, by exiftool. `make uploads` (benchmarks.uploads) runs it beside the real server.

python -m benchmarks.hostile FOLDER COUNT     makes files
python -m benchmarks.hostile judged COUNT     says what `run` found, as JSON
"""

from __future__ import annotations

import io
import json
import math
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, Base

#: The harmless test file of the makers of scanners, in two halves: a scanner must not stop at us.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SCRIPT = b"<script>alert(document.domain)</script>"
PHP = b"<?php system($_GET['c']); ?>"
SVG = b"<svg xmlns='urn:x' onload='alert(1)'><script>alert(1)</script></svg>"
MAKERS = ("HUAWEI", "Xiaomi", "vivo", "OPPO", "Apple")
#: None of these may be in anything that is served as a picture.
TRACES = (SCRIPT, PHP, EICAR, b"PK\x03\x04", b"PLANTED", b"Exif", *(m.encode() for m in MAKERS))
NAMES = (
    "照片.jpg", "../../etc/passwd.jpg", "..\\..\\windows\\win.ini.png", "好" * 8000 + ".jpg",
    "a.php.jpg", "x.jpg\0.php", "‮gpj.exe", "图 片;filename=evil.html.jpg", "CON.jpg", ".htaccess",
    'a"; filename="b.html', "x\r\nSet-Cookie: a=b.jpg", "<img src=x onerror=alert(1)>.jpg",
)  # fmt: skip
#: Only a scanner that looks into archives finds anything wrong with this kind.
SCANNED = "docx+eicar"
OUR_NAMES = ("jpg", "pdf", "docx", "xlsx")
ALLOWED = 200 * 1024 * 1024  # bytes to which a document may unpack: MOST_UNPACKED of record


@dataclass(frozen=True, slots=True)
class Hostile:
    kind: str
    name: str
    data: bytes


def _photo(dice: random.Random, form: str = "JPEG", maker: str = "", **more: Any) -> bytes:
    size = (dice.randrange(20, 200), dice.randrange(20, 200))
    image = Image.new("RGB", size, tuple(dice.randrange(256) for _ in range(3)))
    if maker:
        exif = Image.Exif()
        exif[Base.Make], exif[Base.Model] = maker, "PLANTED"
        exif[Base.GPSInfo] = {
            GPS.GPSLatitudeRef: "N",
            GPS.GPSLatitude: (25.0, float(dice.randrange(60)), 7.0),
            GPS.GPSLongitudeRef: "E",
            GPS.GPSLongitude: (102.0, float(dice.randrange(60)), 1.0),
        }
        more["exif"] = exif
    out = io.BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


def _archive(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


def _office(more: dict[str, bytes] | None = None) -> bytes:
    return _archive({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>", **(more or {})})


def _png(width: int, height: int, rows: int = 0) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + crc

    line = b"\0" * (width * 3 + 1) if rows else b""
    pixels = zlib.compress(line * rows, 9)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _pdf(more: bytes = b"") -> bytes:
    return b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n" + more + b"\ntrailer<</Root 1 0 R>>\n%%EOF"


def _pdf_bomb(dice: random.Random) -> bytes:
    layers = b"\0" * 4_000_000
    for _ in range(3):
        layers = zlib.compress(layers, 9)
    head = b"<</Filter[/FlateDecode/FlateDecode/FlateDecode]/Length %d>>stream\n" % len(layers)
    return _pdf(b"2 0 obj" + head + layers + b"\nendstream endobj")


def _cut(dice: random.Random) -> bytes:
    whole = _photo(dice, dice.choice(("JPEG", "PNG", "WEBP")))
    return whole[: dice.randrange(1, len(whole))]


def _twisted(dice: random.Random) -> bytes:
    whole = bytearray(_photo(dice, dice.choice(("JPEG", "PNG", "WEBP")), dice.choice(MAKERS)))
    for _ in range(dice.randrange(1, 12)):
        whole[dice.randrange(len(whole))] = dice.randrange(256)
    return bytes(whole)


KINDS: dict[str, tuple[str, Callable[[random.Random], bytes]]] = {
    "gif+js": ("x.gif", lambda dice: b"GIF89a/*" + _photo(dice, "GIF")[6:] + b"*/=1;alert(1)"),
    "gif+js as jpg": ("x.jpg", lambda dice: b"GIF89a=1;alert(1)//" + dice.randbytes(40)),
    "jpeg+php": ("x.php.jpg", lambda dice: _photo(dice) + PHP),
    "jpeg+comment": ("x.jpg", lambda dice: _photo(dice, comment=PHP + SCRIPT)),
    "jpeg+zip": ("x.jpg", lambda dice: _photo(dice) + _archive({"evil.html": SCRIPT})),
    "jpeg+eicar": ("x.jpg", lambda dice: _photo(dice) + EICAR),
    "png+html": ("x.png", lambda dice: _photo(dice, "PNG") + SCRIPT),
    "webp+svg": ("x.webp", lambda dice: _photo(dice, "WEBP") + SVG),
    "pdf+zip": ("x.pdf", lambda dice: _pdf() + _archive({"evil.js": SCRIPT})),
    "pdf+js": ("x.pdf", lambda dice: _pdf(b"2 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj")),
    "pdf bomb": ("x.pdf", _pdf_bomb),
    "html as pdf": ("x.pdf", lambda dice: SCRIPT + _pdf()),
    "svg": ("x.svg", lambda dice: SVG),
    "svg as jpg": ("x.jpg", lambda dice: SVG),
    "html": ("x.html", lambda dice: b"<!doctype html>" + SCRIPT),
    "exe as jpg": ("x.jpg", lambda dice: b"MZ" + dice.randbytes(300)),
    "eicar": ("x.com", lambda dice: EICAR),
    "eicar as docx": ("x.docx", lambda dice: EICAR),
    "docx+eicar": ("x.docx", lambda dice: _office({"word/media/a.txt": EICAR})),
    "docx+macro": ("x.docx", lambda dice: _office({"word/vbaProject.bin": b"x"})),
    "docx+exe": ("x.docx", lambda dice: _office({"word/media/a.exe": b"MZ"})),
    "docx as xlsx": ("x.xlsx", lambda dice: _office()),
    "docx as pdf": ("x.pdf", lambda dice: _office()),
    "zip": ("x.zip", lambda dice: _archive({"../../evil": SCRIPT})),
    "zip bomb": ("x.docx", lambda dice: _office({"word/a.xml": b"\0" * (ALLOWED + 1)})),
    "many parts": ("x.docx", lambda dice: _office({f"a/{n}": b"" for n in range(5001)})),
    "pixel bomb": ("x.png", lambda dice: _png(6000, 6000, 6000)),
    "pixel lie": ("x.png", lambda dice: _png(dice.choice((30_000, 2**31 - 1)), 30_000)),
    "cut": ("x.jpg", _cut),
    "twisted": ("x.jpg", _twisted),
    "noise": ("x.jpg", lambda dice: b"\xff\xd8\xff" + dice.randbytes(400)),
    "empty": ("x.jpg", lambda dice: b""),
    **{
        f"place by {maker}": (
            "x.jpg",
            lambda dice, maker=maker: _photo(dice, dice.choice(("JPEG", "PNG", "WEBP")), maker),
        )
        for maker in MAKERS
    },
    **{f"name {n}": (name, _photo) for n, name in enumerate(NAMES)},
}
#: Kinds that must never be taken, whatever else changes.
NEVER = {
    "gif+js", "gif+js as jpg", "svg", "svg as jpg", "html", "html as pdf", "exe as jpg", "eicar",
    "eicar as docx", "docx+macro", "docx+exe", "docx as xlsx", "docx as pdf", "zip", "pixel lie",
    "noise", "empty", "zip bomb", "many parts",
}  # fmt: skip
#: Each takes up to a second to make: a few of them are enough.
DEAR = {"zip bomb": 2, "many parts": 3, "pixel bomb": 3, "pdf bomb": 5}


def files(count: int, *, seed: int = 4) -> Iterator[Hostile]:
    """`count` files, every kind in turn."""
    dice, made = random.Random(seed), dict.fromkeys(KINDS, 0)
    while count > 0:
        for kind, (name, make) in KINDS.items():
            if count > 0 and made[kind] < DEAR.get(kind, math.inf):
                made[kind], count = made[kind] + 1, count - 1
                yield Hostile(kind, name, make(dice))


def fault(one: Hostile, prepared: Any) -> str:
    """What is wrong with what would be stored and served; empty when nothing is."""
    if prepared.extension not in OUR_NAMES:
        return f"{one.kind}: kept as {prepared.extension}"
    if "/" in prepared.name or "\\" in prepared.name or len(prepared.name) > 120:
        return f"{one.kind}: its name is kept as it came"
    if not prepared.preview:
        return (
            "" if prepared.content_type.startswith("application/") else f"{one.kind}: no document"
        )
    for part in (prepared.body, prepared.preview):
        with Image.open(io.BytesIO(part)) as image:
            image.load()
            if image.format != "JPEG" or image.getexif():
                return f"{one.kind}: not made anew"
        if any(trace in part for trace in TRACES):
            return f"{one.kind}: a trace is left"
    return ""


def places_left(pictures: list[bytes]) -> list[str] | None:
    """What exiftool still finds of places and makers; None where it is not installed."""
    tool = shutil.which("exiftool")
    if tool is None or not pictures:
        return None
    with tempfile.TemporaryDirectory() as folder:
        for number, body in enumerate(pictures):
            (Path(folder) / f"{number}.jpg").write_bytes(body)
        asked = [tool, "-q", "-s", "-gps:all", "-make", "-model", "-xmp:all", folder]
        said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    return [line for line in said.splitlines() if line.strip() and not line.startswith("====")]


def run(count: int = 600) -> dict[str, Any]:
    """The long form, for `make soak`: faults must be empty, places 0 (or not asked).

    The files are made by another process, so that the memory measured is that of the preparation.
    """
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "benchmarks.hostile", folder, str(count)], check=True)
        return _judged(Path(folder))


def _judged(folder: Path) -> dict[str, Any]:
    from lianxin.record.services import UploadRefused, prepare

    faults: list[str] = []
    pictures: list[bytes] = []
    refused, test_files, slowest = 0, 0, 0.0
    prepare(sent(Hostile("warm", "x.jpg", _photo(random.Random(1)))))
    for path in sorted(folder.iterdir()):
        kind, name = path.name.split("~")[1], KINDS[path.name.split("~")[1]][0]
        one = Hostile(kind, name, path.read_bytes())
        begun = time.perf_counter()
        try:
            prepared = prepare(sent(one))
        except UploadRefused:
            refused += 1
            continue
        finally:
            slowest = max(slowest, time.perf_counter() - begun)
        test_files += kind == SCANNED
        found = f"{kind}: taken" if kind in NEVER else fault(one, prepared)
        faults += [found] if found else []
        pictures += [prepared.body] if prepared.preview else []
    left = places_left(pictures)
    return {
        "files": len(list(folder.iterdir())),
        "refused": refused,
        "test_files_taken": test_files,
        "pictures": len(pictures),
        "faults": faults,
        "places": "exiftool is not installed" if left is None else left,
        "slowest_seconds": round(slowest, 2),
    }


def sent(one: Hostile) -> Any:
    """An upload whose name reaches the service as it was sent; Django itself cuts paths off before."""
    from django.core.files.base import ContentFile

    return ContentFile(one.data, name=one.name)


def make(folder: Path, count: int) -> None:
    for number, one in enumerate(files(count)):
        (folder / f"{number:05}~{one.kind}").write_bytes(one.data)


def main() -> None:
    match sys.argv[1:]:
        case ["judged", count]:
            import django

            django.setup()
            print(json.dumps(run(int(count)), ensure_ascii=False))
        case [folder, count]:
            make(Path(folder), int(count))


if __name__ == "__main__":
    main()

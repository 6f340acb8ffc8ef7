"""`make uploads`: hostile files through the real server, and what it serves of them.

Each of `hostile.files` goes over HTTP through the door that is open to everybody; what was taken is
fetched again as a browser would, and judged by Pillow and exiftool: nothing but a picture made anew may
come back. Where clamd is installed a real one stands behind the server, with one signature of ours: that
of the harmless test file. Documents, which only staff may attach, go through the same preparation in
`hostile.run`, whose figures are added.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks import hostile, results
from benchmarks.client import Answer, Client, together
from benchmarks.filings import token_of
from benchmarks.installation import PLAIN, Installation, Server

FILES = 500  # that the promise names
SLOWEST, GROWTH_MB = 5.0, 64.0
BOMBS = ("pixel bomb", "pixel lie", "zip bomb")
BOUNDARY = "lianxin-hostile-7d1f0a"
#: Without these a browser might take the bytes for something else than a picture.
HEADERS = {"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff"}


@dataclass
class Seen:
    """What became of the files."""

    kinds: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    slowest: float = 0.0
    growth_mb: float = 0.0


def sent(client: Client, one: hostile.Hostile, token: str) -> Answer:
    """The file as a browser's form sends it: quotes and ends of lines in its name as %-signs."""
    name = one.name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    body = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="upload"; filename="{name}"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    ).encode() + one.data
    more = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    whole = body + f"\r\n--{BOUNDARY}--\r\n".encode()
    return client.send(client.request("POST", "/file/photos/", whole, more=more))


def fault_of(answer: Answer, kind: str) -> str:
    """What is wrong with what is served; empty when nothing is."""
    if answer.status != 200:
        return f"{kind}: taken, and then answered with {answer.status}"
    wrong = [name for name, value in HEADERS.items() if answer.header(name) != value]
    if wrong or "default-src 'none'" not in answer.header("Content-Security-Policy"):
        return f"{kind}: served as {answer.header('Content-Type')}, {wrong or 'not sandboxed'}"
    with Image.open(io.BytesIO(answer.body)) as image:
        image.load()
        if image.format != "JPEG" or image.getexif():
            return f"{kind}: not made anew"
    return f"{kind}: a trace" if any(one in answer.body for one in hostile.TRACES) else ""


def through(server: Server, count: int) -> Seen:
    """All files, one after the other."""
    seen = Seen()
    with Client(server.port, timeout=60) as client:
        token = token_of(client)
        _warm(server, dict(client.cookies), token)
        for one in hostile.files(count):
            _try(server, client, token, one, seen)
    return seen


def _warm(server: Server, cookies: dict[str, str], token: str) -> None:
    """What each member loads once, at its first picture, is loaded: many send at the same moment."""
    picture = next(hostile.files(1))

    def one() -> None:
        with Client(server.port, cookies=cookies, timeout=60) as client:
            sent(client, picture, token)

    for _ in range(3):
        together(one, 4 * len(server.members()))


def _try(server: Server, client: Client, token: str, one: hostile.Hostile, seen: Seen) -> None:
    members = server.members() if one.kind in BOMBS else []
    before, began = _marked(members), time.perf_counter()
    try:
        answer = sent(client, one, token)
    except OSError as error:
        seen.faults.append(f"{one.kind}: no answer ({error})")
        return
    seen.slowest = max(seen.slowest, time.perf_counter() - began)
    seen.growth_mb = max(seen.growth_mb, _grown(before))
    seen.kinds[one.kind] += 1
    seen.statuses[answer.status] += 1
    if answer.status >= 500:
        seen.faults.append(f"{one.kind}: {answer.status}")
    if answer.status == 200:
        served = client.get(json.loads(answer.text)["preview"])
        found = fault_of(served, one.kind)
        seen.faults += [found] if found else []
        seen.pictures.append(served.body)


def _marked(members: list[int]) -> dict[int, float]:
    """Megabytes each holds now; what the kernel knows of its most is forgotten."""
    for pid in members:
        with contextlib.suppress(OSError):
            Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")
    return {pid: _megabytes(pid, "VmRSS:") for pid in members}


def _grown(before: dict[int, float]) -> float:
    """The most that one of them grew since, at any moment."""
    return max((_megabytes(pid, "VmHWM:") - held for pid, held in before.items()), default=0.0)


def _megabytes(pid: int, name: str) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith(name):
                return int(line.split()[1]) / 1024
    return 0.0


@contextlib.contextmanager
def scanner(folder: Path) -> Iterator[str]:
    """A clamd of its own for the setting CLAMD; empty where it is not installed."""
    tool = shutil.which("clamd")
    if tool is None:
        yield ""
        return
    signatures, socket = folder / "signatures", folder / "clamd"
    signatures.mkdir()
    (signatures / "own.ndb").write_text(f"Test-File:0:*:{hostile.EICAR.hex()}\n", encoding="ascii")
    (folder / "clamd.conf").write_text(
        f"LocalSocket {socket}\nDatabaseDirectory {signatures}\nForeground yes\n", encoding="ascii"
    )
    with subprocess.Popen(
        [tool, "-c", str(folder / "clamd.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    ) as process:
        try:
            for _ in range(300):
                if socket.exists() or process.poll() is not None:
                    break
                time.sleep(0.1)
            yield f"unix://{socket}" if socket.exists() else ""
        finally:
            process.kill()


def trial(home: Installation, count: int) -> dict[str, Any]:
    home.ask("benchmarks.worlds", "small")
    with scanner(home.folder) as clamd:
        with home.serve(CLAMD=clamd) as server:
            seen = through(server, count)
        prepared = home.ask("benchmarks.hostile", "judged", str(count), CLAMD=clamd)
    places = hostile.places_left(seen.pictures)
    return {
        "files": seen.kinds.total(),
        "kinds": len(seen.kinds),
        "taken": seen.statuses[200],
        "refused": sum(number for status, number in seen.statuses.items() if 400 <= status < 500),
        "server errors": sum(number for status, number in seen.statuses.items() if status >= 500),
        "served live": len(seen.faults),
        "places left": "exiftool is not installed" if places is None else len(places),
        "clamd": bool(clamd),
        "slowest seconds": round(seen.slowest, 2),
        "growth mb": round(seen.growth_mb, 1),
        "prepared": prepared["files"],
        "prepared faults": len(prepared["faults"]),
        "prepared slowest seconds": prepared["slowest_seconds"],
        "first fault": [*seen.faults, *prepared["faults"], "none"][0],
        "clamd missed": prepared["test_files_taken"] if clamd else 0,
    }


def held(found: dict[str, Any]) -> bool:
    zero = ("server errors", "served live", "prepared faults", "places left", "clamd missed")
    return (
        all(found[name] == 0 for name in zero)
        and found["taken"] > 0
        and found["prepared"] == found["files"]
        and found["slowest seconds"] <= SLOWEST
        and found["growth mb"] <= GROWTH_MB
    )


@results.trial("uploads")
def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.uploads", description=__doc__)
    words.add_argument("--files", type=int, default=600)
    asked = words.parse_args()
    with Installation(os.environ.get("DATABASE_URL", ""), settings=PLAIN) as home:
        found = trial(home, asked.files)
    print(json.dumps(found, indent=1, ensure_ascii=False))
    short = results.fewer(files=(found["files"], FILES))
    if not found["clamd"]:
        short = ", ".join(filter(None, (short, "no clamd")))
    results.record("uploads", found, held(found), short=short)
    sys.exit(0 if held(found) else 1)


if __name__ == "__main__":
    main()

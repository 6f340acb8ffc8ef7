"""An installation for journeys: the demo world once, a copy of it with its own server per module."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lianxin.kernel.clock import local

ROOT = Path(__file__).resolve().parents[2]
LATER = Path(__file__).parent / "later"
#: Every world begins on a Wednesday at ten o'clock in Shanghai: what is seen depends neither on the
#: hour nor on the day at which it is tried. JOURNEY_BEGIN (ISO 8601, with its zone) is another moment.
WEEKDAY, HOUR = 2, 10
PASSWORD = "lianxin-demo"
CASES = "24"  # finished ones of the last year: lists have pages, loading stays short


def environment(folder: Path, port: int = 8000, host: str = "127.0.0.1") -> dict[str, str]:
    """Of an installation in `folder`, apart from whatever this shell has set."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "PYTHONPATH": str(LATER),
        "PYTHONDONTWRITEBYTECODE": "1",
        "JOURNEY_CLOCK": str(folder / "clock"),
        "LIANXIN_VAR": str(folder),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PUBLIC_URL": f"http://{host}:{port}",
        # Journeys set the clock on by weeks; whoever is signed in stays so.
        "SESSION_HOURS": "10000",
        "SESSION_IDLE_MINUTES": "600000",
        "ADMIN_IDLE_MINUTES": "600000",
        "NOTICE_BACKEND": "file",
        "LOG_LEVEL": "WARNING",
        "WEB_WORKERS": "1",
        "WEB_THREADS": "4",
    }


def manage(folder: Path, *words: str) -> str:
    """Runs `manage.py`; raises with its output when it fails."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *words],
        env=environment(folder), cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{words}: {done.stdout}\n{done.stderr}"
    return done.stdout


def begin(now: datetime) -> datetime:
    """The moment at which a world that is built `now` begins: a week ahead at most."""
    if given := os.environ.get("JOURNEY_BEGIN"):
        return datetime.fromisoformat(given)
    morning = local(now).replace(hour=HOUR, minute=0, second=0, microsecond=0)
    morning += timedelta(days=(WEEKDAY - morning.weekday()) % 7)
    return morning if morning >= now else morning + timedelta(weeks=1)


def build_world(folder: Path) -> Path:
    """Tables, demo world, static files: what `make setup` prepares."""
    folder.mkdir(parents=True)
    now = datetime.now(UTC)
    (folder / "clock").write_text(str((begin(now) - now).total_seconds()))
    manage(folder, "migrate", "-v0")
    manage(folder, "compile_texts")
    manage(folder, "collectstatic", "--noinput", "-v0")
    manage(folder, "load_demo", "--cases", CASES, "-v0")
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """A running installation. `move` sets its clock on; its scheduler does what time then asks.
    `moved` is how far it is ahead of ours, from the beginning on."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    moved: timedelta
    host: str

    @classmethod
    def start(cls, world: Path, folder: Path, host: str = "127.0.0.1", **more: str) -> Site:
        """`host` is the name people use; `more` are variables of this installation alone."""
        shutil.copytree(world, folder, ignore=shutil.ignore_patterns("static"))
        (folder / "static").symlink_to(world / "static")
        port = int(os.environ.get("JOURNEY_PORT", "0")) or free_port()
        with (folder / "server.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), "serve"],
                env=environment(folder, port, host) | more, cwd=ROOT, stdout=log, stderr=log,
            )  # fmt: skip
        moved = timedelta(seconds=float((folder / "clock").read_text()))
        site = cls(folder, port, process, moved, host)
        site.wait_until_up()
        return site

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text()

    def wait_until_up(self) -> None:
        for _ in range(300):
            assert self.process.poll() is None, self.log
            try:
                with urllib.request.urlopen(f"{self.url}/", timeout=5):  # noqa: S310  (our own server)
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"The server did not answer: {self.log}")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)

    def move(self, step: timedelta) -> None:
        """Set the clock on by `step`: for the server, its outbox and its scheduler at once."""
        self.moved += step
        fresh = self.folder / "clock.new"
        fresh.write_text(str(self.moved.total_seconds()))
        fresh.rename(self.folder / "clock")

    def now(self) -> datetime:
        return datetime.now(UTC) + self.moved

    def manage(self, *words: str) -> str:
        return manage(self.folder, *words)

    def outgoing(self) -> list[dict[str, object]]:
        """Text messages and e-mails that left."""
        file = self.folder / "outgoing.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

"""`make powercut`: the power fails again and again on a disk that forgets what was not forced to it.

Every receipt is on the judge's disk (a real one) before the next filing; afterwards each is looked for.
Then the disk fails to force writes: as long as it does, no receipt may be given. The control, a
database that does not force its commits, must lose some: else the disk is too kind.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from tqdm import tqdm

from benchmarks import results
from benchmarks.installation import PLAIN, ROOT, Installation
from benchmarks.judge import FAULTS
from benchmarks.small_disk import MountRefusedError

LIFE = (0.3, 0.9)  # seconds between two cuts
BROKEN = 2.0  # seconds during which nothing can be forced to the disk


class ForgetfulDisk:
    """Mounted at `folder`; what survives is in `platter`."""

    def __init__(self, base: Path) -> None:
        self.folder, self.platter = base / "mount", base / "platter"
        for one in (self.folder, self.platter):
            one.mkdir(parents=True)
        self._broken = Path(f"{self.platter}.broken")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> ForgetfulDisk:
        self.mount()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.cut()

    def mount(self) -> None:
        """Raises MountRefusedError where this machine has no FUSE."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.forgetful", str(self.platter), str(self.folder)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        end = time.monotonic() + 10
        while not self.folder.is_mount():
            if self._process.poll() is not None or time.monotonic() > end:
                said = self._process.stderr.read() if self._process.stderr else b""
                raise MountRefusedError(said.decode(errors="replace").strip()[-500:])
            time.sleep(0.01)

    def cut(self) -> None:
        """The power fails: what was not forced to the platter is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
        subprocess.run(["umount", "--lazy", str(self.folder)], capture_output=True)

    def break_down(self) -> None:
        self._broken.touch()

    def heal(self) -> None:
        self._broken.unlink()


@dataclass
class Course:
    cuts: int = 0
    receipts_while_broken: int = 0
    verdict: dict[str, Any] = field(default_factory=dict)

    @property
    def faults(self) -> dict[str, int]:
        found = {name: self.verdict[name] for name in FAULTS if self.verdict[name]}
        if self.receipts_while_broken:
            found["receipts_while_broken"] = self.receipts_while_broken
        return found


class Filers:
    """benchmarks.powercut_filers: lives beside the disk, its children on it."""

    def __init__(self, home: Installation, url: str, receipts: Path, **more: str) -> None:
        self.receipts = receipts
        receipts.touch()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.powercut_filers", str(receipts)],
            cwd=ROOT,
            env=home.environment(url, **more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def go(self) -> None:
        self._tell("go")

    def kill(self) -> None:
        self._tell("kill")
        assert self._process.stdout is not None
        self._process.stdout.readline()

    def close(self) -> None:
        self._process.communicate()

    def _tell(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()

    def count(self) -> int:
        return self.receipts.read_bytes().count(b"\n")

    def wait(self, more: int, seconds: float = 60.0) -> None:
        """Until so many receipts more are on the judge's disk."""
        wanted, end = self.count() + more, time.monotonic() + seconds
        while self.count() < wanted:
            if time.monotonic() > end or self._process.poll() is not None:
                raise RuntimeError("Nobody files any more.")
            time.sleep(0.01)


def run(home: Installation, *, cuts: int, sync: str = "on", quiet: bool | None = True) -> Course:
    """On a disk of its own. Raises MountRefusedError where there can be none."""
    course, base = Course(), home.folder / f"disk-{sync}-{time.monotonic_ns()}"
    with ForgetfulDisk(base) as disk:
        home.new_database(like=home.url, folder=disk.platter)
        name = next(disk.platter.glob("*.sqlite3")).name
        url = f"sqlite:///{disk.folder / name}"
        filers = Filers(home, url, base / "receipts.jsonl", BENCH_SYNC=sync)
        with contextlib.closing(filers):
            for _ in tqdm(range(cuts), unit=" cuts", disable=quiet):
                filers.go()
                filers.wait(1)
                time.sleep(random.uniform(*LIFE))
                disk.cut()
                filers.kill()
                disk.mount()
                course.cuts += 1
            if sync == "on":
                _break(disk, filers, course)
        course.verdict = _verdict(home, filers.receipts, url)
    shutil.rmtree(base, ignore_errors=True)
    return course


def _break(disk: ForgetfulDisk, filers: Filers, course: Course) -> None:
    """Nothing can be forced to the disk for a while; it heals, and then the power fails."""
    filers.go()
    filers.wait(5)
    disk.break_down()
    time.sleep(0.2)  # What was under way when it broke.
    before = filers.count()
    time.sleep(BROKEN)
    course.receipts_while_broken = filers.count() - before
    disk.heal()
    filers.wait(5)
    disk.cut()
    filers.kill()
    disk.mount()
    course.cuts += 1


def _verdict(home: Installation, receipts: Path, url: str) -> dict[str, Any]:
    """The judge's; a database that cannot even be read has lost everything."""
    try:
        return dict(home.ask("benchmarks.judge", str(receipts), url=url))
    except RuntimeError:
        every = receipts.read_bytes().count(b"\n")
        return {"receipts": every, **dict.fromkeys(FAULTS, 0), "lost": every, "broken": 1}


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.powercut", description=__doc__)
    words.add_argument("--cuts", type=int, default=110)
    asked = words.parse_args()
    with Installation(settings=PLAIN) as home:
        home.ask("benchmarks.worlds", "small")
        try:
            course = run(home, cuts=asked.cuts, quiet=None)
            control = run(home, cuts=3, sync="off")
        except MountRefusedError as error:
            print(f"This machine mounts no file system of ours, so nothing was tried: {error}")
            return
    verdict = {name: one for name, one in course.verdict.items() if name != "found"}
    figures = {
        "cuts": course.cuts,
        **verdict,
        "receipts_while_broken": course.receipts_while_broken,
        "control_without_sync_lost": control.verdict["lost"],
    }
    print(json.dumps(figures, indent=1))
    if course.faults:
        print(json.dumps(course.verdict.get("found"), indent=1, ensure_ascii=False))
    passed = not course.faults and control.verdict["lost"] > 0
    results.record("powercut-sqlite", figures, passed)
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()

"""`make powercut`: the power fails again and again on a disk that forgets what was not forced to it.

Every receipt is on the judge's disk (a real one) before the next filing; afterwards each is looked for.
Then the disk fails to force writes: as long as it does, no receipt may be given. The control, a
database that does not force its commits, must lose some: else the disk is too kind.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

from tqdm import tqdm

from benchmarks import processes, results
from benchmarks.cluster import Cluster
from benchmarks.installation import PLAIN, ROOT, Installation
from benchmarks.judge import FAULTS
from benchmarks.small_disk import MountRefusedError

LIFE = (0.1, 0.6)  # seconds between two cuts
BROKEN = 2.0  # seconds during which nothing can be forced to the disk


class NobodyFilesError(RuntimeError):
    """No receipt came for a long time."""


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
                self._process.kill()
                said = self._process.communicate()[1]
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


Database: TypeAlias = "SqliteOn | PostgresOn"


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
                raise NobodyFilesError(f"{self.count()} receipts, and no more.")
            time.sleep(0.01)


class SqliteOn:
    """The small world's file on the disk."""

    def __init__(self, home: Installation, disk: ForgetfulDisk) -> None:
        home.new_database(like=home.url, folder=disk.platter)
        self.url = f"sqlite:///{disk.folder / next(disk.platter.glob('*.sqlite3')).name}"

    def start(self) -> None:
        pass

    def kill(self) -> None:
        pass


class PostgresOn:
    """A cluster whose data lies on the disk; the small world was made before, elsewhere."""

    def __init__(self, cluster: Cluster, disk: ForgetfulDisk) -> None:
        self.cluster, self.data, self.url = cluster, disk.folder / "data", cluster.url
        kept = cluster.folder / "data"
        subprocess.run(["cp", "-a", str(kept), str(disk.platter / "data")], check=True)
        owner = kept.stat()
        os.chown(disk.platter, owner.st_uid, owner.st_gid)
        for one in (disk.platter.parent, disk.platter.parent.parent):
            one.chmod(0o755)

    def start(self) -> None:
        """After a cut this is a recovery. What was killed may not be buried yet, and would look alive."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for one in self.cluster.folder.glob(".s.PGSQL.*"):
            one.unlink()
        self.cluster.start(self.data)

    def kill(self) -> None:
        """Nobody of it is left, as after a power cut."""
        with contextlib.suppress(OSError, IndexError):
            # Read from the platter's memory before it is gone.
            processes.kill_all(int((self.data / "postmaster.pid").read_text().split()[0]))


def run(
    home: Installation,
    *,
    cuts: int,
    sync: str = "on",
    quiet: bool | None = True,
    cluster: Cluster | None = None,
) -> Course:
    """On a disk of its own, with the database of `home` or that of `cluster`, which is stopped.

    Raises MountRefusedError where there can be no such disk.
    """
    course, base = Course(), home.folder / f"disk-{sync}-{time.monotonic_ns()}"
    with ForgetfulDisk(base) as disk:
        database = PostgresOn(cluster, disk) if cluster else SqliteOn(home, disk)
        database.start()
        filers = Filers(home, database.url, base / "receipts.jsonl", BENCH_SYNC=sync)
        try:
            # The control may lose so much that nobody can file in what is left.
            with contextlib.suppress(*([] if sync == "on" else [NobodyFilesError])):
                for _ in tqdm(range(cuts), unit=" cuts", disable=quiet):
                    filers.go()
                    filers.wait(1)
                    time.sleep(random.uniform(*LIFE))
                    _cut(database, disk, filers, course)
            if sync == "on":
                _break(database, disk, filers, course)
            course.verdict = _verdict(home, filers.receipts, database.url)
        finally:
            filers.close()
            database.kill()
    shutil.rmtree(base, ignore_errors=True)
    return course


def _cut(database: Database, disk: ForgetfulDisk, filers: Filers, course: Course) -> None:
    database.kill()
    disk.cut()
    filers.kill()
    disk.mount()
    database.start()
    course.cuts += 1


def _break(database: Database, disk: ForgetfulDisk, filers: Filers, course: Course) -> None:
    """Nothing can be forced to the disk for a while; it heals, and then the power fails."""
    filers.go()
    filers.wait(5)
    disk.break_down()
    time.sleep(0.2)  # What was under way when it broke.
    before = filers.count()
    time.sleep(BROKEN)
    course.receipts_while_broken = filers.count() - before
    disk.heal()
    if isinstance(database, SqliteOn):
        filers.wait(5)  # It goes on by itself; PostgreSQL ends and has to recover.
    _cut(database, disk, filers, course)


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
    words.add_argument("engine", nargs="?", default="sqlite", choices=["sqlite", "postgresql"])
    asked = words.parse_args()
    try:
        course, control = (_on_sqlite if asked.engine == "sqlite" else _on_postgresql)(asked.cuts)
    except MountRefusedError as error:
        sys.exit(f"This machine mounts no file system of ours, so nothing was tried: {error}")
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
    results.record(f"powercut-{asked.engine}", figures, passed,
                   short=results.fewer(cuts=(figures["cuts"], 100)))  # fmt: skip
    sys.exit(0 if passed else 1)


def _on_sqlite(cuts: int) -> tuple[Course, Course]:
    with Installation(settings=PLAIN) as home:
        home.ask("benchmarks.worlds", "small")
        return run(home, cuts=cuts, quiet=None), run(home, cuts=3, sync="off")


def _on_postgresql(cuts: int) -> tuple[Course, Course]:
    with Cluster() as cluster, Installation(settings=PLAIN) as home:
        home.ask("benchmarks.worlds", "small", url=cluster.url)
        cluster.run("pg_ctl", "-D", str(cluster.folder / "data"), "-s", "-w", "stop")
        course = run(home, cuts=cuts, quiet=None, cluster=cluster)
        return course, run(home, cuts=3, sync="off", cluster=cluster)


if __name__ == "__main__":
    main()

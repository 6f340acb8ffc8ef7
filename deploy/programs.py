"""The programs of an installation on this machine: found, started as whom they should, ended."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from deploy.plan import PlanError

#: Program -> where it comes from on Debian.
PACKAGES = {
    "etcd": "etcd-server",
    "etcdctl": "etcd-client",
    "haproxy": "haproxy",
    "pgbouncer": "pgbouncer",
    "nginx": "nginx-light",
}
POSTGRES_USER = "postgres"
#: Where Debian 12 has PostgreSQL's programs.
DEBIAN_BIN = Path("/usr/lib/postgresql/15/bin")


def postgres_bin() -> Path:
    """The folder of the newest PostgreSQL installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=_version)
    if not found:
        raise PlanError("PostgreSQL is missing: apt-get install postgresql")
    return found[-1].parent


def _version(path: Path) -> int:
    return int(path.parent.parent.name)


def find(name: str) -> str:
    """The program's path. Raises PlanError with the package to install."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if not found:
        raise PlanError(f"{name} is missing: apt-get install {PACKAGES.get(name, name)}")
    return found


def owner() -> dict[str, object]:
    """Keyword arguments for Popen: PostgreSQL never runs as root."""
    if os.geteuid():
        return {}
    try:
        user = pwd.getpwnam(POSTGRES_USER)
    except KeyError:
        raise PlanError("There is no user postgres: apt-get install postgresql") from None
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def give_to_owner(folder: Path) -> None:
    """Makes the folder, for the database's user alone."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o750)
    if not os.geteuid():
        shutil.chown(
            folder, POSTGRES_USER, grp.getgrgid(pwd.getpwnam(POSTGRES_USER).pw_gid).gr_name
        )


class Program:
    """One process group with its log and, for a later `down`, its id in a file."""

    def __init__(
        self,
        name: str,
        command: list[str],
        folder: Path,
        *,
        as_owner: bool = False,
        environment: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.name, self.command, self.folder = name, command, folder
        self.as_owner, self.environment, self.cwd = as_owner, environment, cwd or folder
        self.log, self.pid_file = folder / f"{name}.log", folder / f"{name}.pid"

    def start(self) -> None:
        """Starts it in a session of its own, so that it outlives the terminal."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                self.command,
                cwd=self.cwd,
                env={**os.environ, **(self.environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **(owner() if self.as_owner else {}),
            )
        self.pid_file.write_text(str(process.pid), encoding="ascii")

    @property
    def pid(self) -> int:
        """The process that was started last, also by another run of this program; 0: never."""
        with suppress(FileNotFoundError, ValueError):
            return int(self.pid_file.read_text(encoding="ascii"))
        return 0

    @property
    def running(self) -> bool:
        return bool(self.pid) and alive(self.pid)

    def signal(self, number: signal.Signals) -> None:
        """To the whole group; to nobody when it was never started."""
        if not self.pid:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def stop(self, patience: float = 15.0) -> None:
        """Asks it to end; after `patience` seconds its group is killed."""
        if not self.running:
            return
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        end = time.monotonic() + patience
        while self.running and time.monotonic() < end:
            time.sleep(0.05)
        self.signal(signal.SIGKILL)
        self.pid_file.unlink(missing_ok=True)


def alive(pid: int) -> bool:
    """Whether the process is there and no zombie; a child that ended is buried on the way."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"

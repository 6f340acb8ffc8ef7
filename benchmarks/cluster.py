"""A PostgreSQL cluster of its own that forces every commit to the disk, and can keep its log."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType


class NoPostgresError(Exception):
    """PostgreSQL's programs are not installed here."""


class Cluster:
    """Data, socket and archive in a temporary folder; nothing of it is left afterwards."""

    def __init__(self, *, archive: bool = False) -> None:
        folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
        if not folders:
            raise NoPostgresError(
                "PostgreSQL is not installed (Debian: apt-get install postgresql)."
            )
        self.programs = folders[0]
        self.folder = Path(tempfile.mkdtemp(prefix="lianxin-cluster-"))
        self.archive = self.folder / "archive"
        self.archive.mkdir()
        self.folder.chmod(0o755)
        self.archiving = archive
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
            shutil.chown(self.archive, "postgres")

    @property
    def url(self) -> str:
        return f"postgres://lianxin@/lianxin?host={self.folder}"

    def __enter__(self) -> Cluster:
        data = self.folder / "data"
        self.run("initdb", "-D", str(data), "--username=lianxin", "--auth=trust",
                 "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        self.configure(
            data, {"archive_command": f"'cp %p {self.archive}/%f'"} if self.archiving else {}
        )
        self.start(data)
        self.run("createdb", "-h", str(self.folder), "-U", "lianxin", "lianxin")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for data in self.folder.glob("data*"):
            with contextlib.suppress(subprocess.CalledProcessError):
                self.stop(data)
        shutil.rmtree(self.folder, ignore_errors=True)

    def configure(self, data: Path, more: dict[str, str]) -> None:
        """Settings of the cluster in `data`; the last word on each counts."""
        words = {
            "listen_addresses": "''",
            "unix_socket_directories": f"'{self.folder}'",
            "max_connections": "100",
            "wal_level": "replica",
            "archive_mode": "on" if self.archiving else "off",
            "archive_timeout": "1s",
            **more,
        }
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = {value}\n" for name, value in words.items())

    def start(self, data: Path) -> None:
        self.run("pg_ctl", "-D", str(data), "-s", "-w", "-t", "120", "-l", f"{data}.log", "start")

    def stop(self, data: Path) -> None:
        self.run("pg_ctl", "-D", str(data), "-s", "-w", "-m", "immediate", "stop")

    def run(self, program: str, *words: str) -> str:
        """A program of PostgreSQL, as its own user: it refuses to be root."""
        return self.call(str(self.programs / program), *words)

    def call(self, *command: str, **more: str) -> str:
        """What any program prints as PostgreSQL's user, with more in its environment."""
        if os.getuid() == 0:
            command = (
                "setpriv",
                "--reuid=postgres",
                "--regid=postgres",
                "--clear-groups",
                *command,
            )
        return subprocess.run(
            command,
            cwd=self.folder,
            check=True,
            capture_output=True,
            text=True,
            env=os.environ | more,
        ).stdout

"""PgBouncer in transaction mode before a database, with few connections for many clients."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

from benchmarks.installation import free_port

CONFIG = """\
[databases]
{name} = host={host} port={port} dbname={name}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 500
ignore_startup_parameters = extra_float_digits
server_reset_query =
logfile = {folder}/pgbouncer.log
pidfile =
"""
PROGRAM = shutil.which("pgbouncer") or (
    "/usr/sbin/pgbouncer" if Path("/usr/sbin/pgbouncer").exists() else ""
)


class Pooler:
    """`url` is the address of the same database through the pool, for `role`."""

    def __init__(self, url: str, role: str, *, connections: int) -> None:
        # A folder of its own: it runs as somebody who may not look into ours.
        self.folder = Path(tempfile.mkdtemp(prefix="lianxin-pool-"))
        parts, self.port = urlsplit(url), free_port()
        name = parts.path.removeprefix("/")
        host = dict(parse_qsl(parts.query)).get("host") or parts.hostname or "/run/postgresql"
        (self.folder / "users").write_text(f'"{role}" ""\n')
        (self.folder / "pgbouncer.ini").write_text(
            CONFIG.format(
                name=name,
                host=host,
                port=parts.port or 5432,
                listen=self.port,
                folder=self.folder,
                connections=connections,
            )
        )
        self.url = f"postgres://{role}@127.0.0.1:{self.port}/{name}"

    def __enter__(self) -> Pooler:
        command = [PROGRAM, "-q", str(self.folder / "pgbouncer.ini")]
        if os.geteuid() == 0:  # It refuses to run as root.
            user = pwd.getpwnam("postgres")
            for path in (self.folder, *self.folder.iterdir()):
                os.chown(path, user.pw_uid, user.pw_gid)
            command = [
                "setpriv",
                "--reuid=postgres",
                f"--regid={user.pw_gid}",
                "--clear-groups",
                *command,
            ]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and self.process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return self
            time.sleep(0.02)
        log = self.folder / "pgbouncer.log"
        said = log.read_text() if log.exists() else "nothing"
        self.__exit__(None, None, None)
        raise RuntimeError(f"PgBouncer did not start; it said: {said}")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder)

"""A whole installation of its own: folder, secrets, database, server; gone when it is left."""

from __future__ import annotations

import contextlib
import json
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from benchmarks import processes

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = "lianxin.config.settings"
#: The product's settings with static files unhashed, as in the tests: starts without collecting them.
PLAIN = "benchmarks.plain_settings"


class Installation:
    """Its own folder and its own databases on the engine of `database_url` (SQLite without one)."""

    def __init__(self, database_url: str = "", *, settings: str = PRODUCT) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="lianxin-bench-"))
        self.server = database_url if database_url.startswith("postgres") else ""
        self.settings = settings
        self.databases: list[str] = []
        try:
            self.url = self.new_database()
        except BaseException:
            shutil.rmtree(self.folder)
            raise
        self.secrets = {
            "SECRET_KEY": secrets.token_hex(32),
            "LIANXIN_KEYS": f"1:{secrets.token_hex(32)}",
            "LIANXIN_INDEX_KEY": secrets.token_hex(32),
        }

    def __enter__(self) -> Installation:
        """Whoever ends a trial from outside (SIGTERM) finds nothing of it afterwards, too."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.remove()

    @property
    def is_sqlite(self) -> bool:
        return not self.server

    def environment(self, url: str = "", **more: str) -> dict[str, str]:
        """What every process of it gets. No limit on filings: here all come from one address."""
        return {
            **os.environ,
            **self.secrets,
            "DJANGO_SETTINGS_MODULE": self.settings,
            "LIANXIN_MODE": "local",
            "LIANXIN_VAR": str(self.folder),
            "DATABASE_URL": url or self.url,
            "FILINGS_PER_HOUR": "1000000000",
            "FILINGS_WITHOUT_PUZZLE": "1000000000",
            "FILES_DIR": str(self.folder / "files"),
            "NOTICE_BACKEND": "file",
            "LOG_LEVEL": "WARNING",
            "PYTHONPATH": str(ROOT),
            **more,
        }

    # --- databases ------------------------------------------------------------------------

    def new_database(self, *, like: str = "", folder: Path | None = None) -> str:
        """The address of a new database: empty, or a copy of `like`, which nobody may be using.
        One of SQLite may lie in another `folder`."""
        name = f"bench_{secrets.token_hex(6)}"
        if not self.server:
            path = (folder or self.folder) / f"{name}.sqlite3"
            if like:
                shutil.copyfile(like.removeprefix("sqlite:///"), path)
            return f"sqlite:///{path}"
        self._administer(
            f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{_name(like)}"' if like else "")
        )
        self.databases.append(name)
        return urlunsplit(urlsplit(self.server)._replace(path=f"/{name}"))

    def drop(self, url: str) -> None:
        """One of its databases is gone, to make room."""
        if self.server:
            self._drop(_name(url))
            return
        path = Path(url.removeprefix("sqlite:///"))
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()

    def _drop(self, name: str) -> None:
        self._administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _administer(self, statement: str) -> None:
        with contextlib.closing(_connect(self.server)) as connection:
            connection.autocommit = True
            connection.execute(statement)

    def cases(self, url: str, mark: str) -> int:
        """How many cases hold the mark; asked of the database without the product."""
        with contextlib.closing(_connect(url)) as connection:
            sql = f"SELECT count(*) FROM cases_case WHERE words LIKE '%{mark}%'"
            return int(connection.execute(sql).fetchone()[0])

    def remove(self) -> None:
        """Databases and folder are gone afterwards."""
        for name in self.databases:
            with contextlib.suppress(Exception):
                self._drop(name)
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- processes ------------------------------------------------------------------------

    def manage(self, *words: str, url: str = "", **more: str) -> str:
        """What a command of manage.py said; raises with it when it fails."""
        return self._run([str(ROOT / "manage.py"), *words], url, **more)

    def ask(self, module: str, *words: str, url: str = "", **more: str) -> Any:
        """What `python -m module words` prints, read as JSON; None where it prints nothing."""
        return json.loads(self._run(["-m", module, *words], url, **more) or "null")

    def _run(self, words: list[str], url: str, **more: str) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.environment(url, **more),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)}: {done.stdout[-2000:]}\n{done.stderr[-6000:]}")
        return done.stdout

    def serve(self, *words: str, url: str = "", **more: str) -> Server:
        """Starts `python words` with HOST and PORT; without words, the product as `serve` runs it."""
        port = free_port()
        return Server(
            [sys.executable, *(words or (str(ROOT / "manage.py"), "serve"))],
            self.environment(url, HOST="127.0.0.1", PORT=str(port), **more),
            port,
            self.folder / "server.log",
        )


class Server:
    """The group of processes behind one port; started, killed and started again."""

    def __init__(
        self,
        command: list[str],
        environment: Mapping[str, str],
        port: int,
        log: Path,
        *,
        first: str = "/track/",
    ) -> None:
        self.first = first  # the page that tells that it serves
        self.command, self.environment, self.port, self.log = command, environment, port, log
        self.source = ROOT  # where it runs; another version's folder serves that version
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self, *, patience: float = 60.0) -> float:
        """Returns the seconds from the start of the command to the first 2xx."""
        self.launch()
        return self.wait(patience=patience)

    def launch(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.source,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started = time.monotonic()

    def wait(self, path: str = "", *, patience: float = 60.0) -> float:
        """Waits for an answer that is no error; raises with the end of the log when the server ends or stays silent."""
        from benchmarks.client import Client

        while time.monotonic() < self.started + patience:
            if self.process is None or self.process.poll() is not None:
                break
            with contextlib.suppress(OSError), Client(self.port, timeout=5) as client:
                if 200 <= client.get(path or self.first).status < 400:
                    return time.monotonic() - self.started
            time.sleep(0.02)
        said = self.log.read_text(encoding="utf-8", errors="replace")[-4000:]
        self.kill()
        raise RuntimeError(f"The server on port {self.port} did not answer.\n{said}")

    def members(self) -> list[int]:
        """The whole group, workers of workers included."""
        return processes.family(self.process.pid) if self.process else []

    def kill(self) -> None:
        """kill -9 of the whole group at once; nobody of it is left afterwards."""
        if self.process is None:
            return
        processes.kill_all(self.process.pid)
        self.process.wait()
        self.process = None

    def stop(self) -> None:
        """Asks it to stop, as an operator would; kills what is left after 20 s."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=20)
        self.kill()


def _connect(url: str) -> Any:
    """The driver's own connection; both drivers' have `execute`."""
    if url.startswith("sqlite"):
        import pysqlite3

        return pysqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)
    import psycopg

    parts = urlsplit(url)
    host = dict(parse_qsl(parts.query)).get("host") or parts.hostname
    return psycopg.connect(
        dbname=_name(url),
        user=parts.username,
        password=parts.password,
        host=host,
        options="-c lianxin.scope=*",
        port=parts.port,
    )


def _name(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


def free_port() -> int:
    """A port that nobody listens on at this moment, below those that Linux gives to clients (32768 on).

    Whoever knocks on a closed port of those may be given that very port, be connected to himself,
    and keep the server from it.
    """
    while True:
        port = random.randrange(20_000, 32_768)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port

"""The product on one machine over a cluster: tables, static files, web server, workers, nginx."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

from deploy import programs
from deploy.plan import Plan, PlanError
from deploy.programs import Program


class Product:
    """Serves from the folder `plan.install`, whose environment `.venv` is made already."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan, self.folder = plan, folder
        self.config, self.run = plan.nodes[0].config, folder / "run"
        python = plan.install / ".venv" / "bin" / "python"
        self.python = str(python if python.exists() else sys.executable)
        self.serve = Program(
            "serve",
            [self.python, "manage.py", "serve"],
            self.run,
            environment=self._environment("lianxin.env"),
            cwd=plan.install,
        )
        self.nginx = Program(
            "nginx", [programs.find("nginx"), "-c", str(self.config / "nginx-main.conf")], self.run
        )

    def up(self, say: Callable[[str], object]) -> None:
        """Tables are made by their owner, pages are served by the application."""
        self._certificate()
        (self.plan.var / "nginx").mkdir(parents=True, exist_ok=True)
        say("tables and static files are made")
        self._manage("migrate", "--verbosity", "0", owner=True)
        self._manage("compile_texts")
        self._manage("collectstatic", "--noinput", "--verbosity", "0")
        for program in (self.serve, self.nginx):
            if not program.running:
                program.start()
        self._wait()

    def _wait(self, patience: float = 90.0) -> None:
        """Returns when the product says that it is ready."""
        node, end = self.plan.nodes[0], time.monotonic() + patience
        while time.monotonic() < end:
            with suppress(OSError):
                connection = HTTPConnection(node.address, node.web, timeout=5)
                connection.request("GET", "/ready/")
                if connection.getresponse().status == 200:
                    return
            time.sleep(0.5)
        raise PlanError(f"The product is not ready after {patience:g} s: see {self.serve.log}")

    def down(self) -> None:
        self.nginx.stop()
        self.serve.stop(patience=25)

    def _environment(self, *names: str) -> dict[str, str]:
        """The variables of the files, later ones before earlier ones."""
        found: dict[str, str] = {}
        for name in names:
            path = self.config / name
            lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
            found |= dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")
        return found

    def _manage(self, *words: str, owner: bool = False) -> None:
        names = ("lianxin.env", "lianxin-owner.env") if owner else ("lianxin.env",)
        done = subprocess.run(
            [self.python, "manage.py", *words],
            cwd=self.plan.install,
            env={**os.environ, **self._environment(*names)},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise PlanError(f"manage.py {words[0]}: {done.stderr.strip()[-2000:]}")

    def _certificate(self) -> None:
        """One that nobody trusts, to try TLS with; a real installation brings its own."""
        folder = self.config / "tls"
        if (folder / "key.pem").exists():
            return
        folder.mkdir(parents=True, exist_ok=True)
        command = [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "30", "-subj", f"/CN={self.plan.host}"),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "fullchain.pem")),
        ]
        subprocess.run(command, check=True, capture_output=True)
        (folder / "key.pem").chmod(0o600)

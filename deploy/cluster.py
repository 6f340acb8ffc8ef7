"""Three nodes of etcd, Patroni and PostgreSQL with HAProxy and PgBouncer before them, on one machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

from deploy import files, programs
from deploy.plan import Node, Plan, PlanError, secrets_in
from deploy.programs import Program

#: Patroni's own environment: it needs the drivers of etcd and PostgreSQL, the product does not.
REQUIREMENTS = Path(__file__).resolve().parent / "patroni.txt"
START_PATIENCE = 120.0  # seconds until a fresh cluster has a leader and a second node in step


class Cluster:
    """Its processes live below `folder` and are found again there by a later run."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan, self.folder = plan, folder
        self.secrets = secrets_in(folder)
        self.bin = programs.postgres_bin()
        self.environment = folder / "patroni"
        self.etcd = {node.name: self._etcd(node) for node in plan.nodes}
        self.patroni = {node.name: self._patroni(node) for node in plan.nodes}
        self.haproxy = Program(
            "haproxy",
            [programs.find("haproxy"), "-db", "-f", str(self._first / "haproxy.cfg")],
            folder / "run",
        )
        self.pgbouncer = Program(
            "pgbouncer",
            [programs.find("pgbouncer"), str(self._first / "pgbouncer.ini")],
            folder / "run",
            as_owner=True,
        )

    @property
    def _first(self) -> Path:
        return self.plan.nodes[0].config

    def _etcd(self, node: Node) -> Program:
        command = [programs.find("etcd"), "--config-file", str(node.config / "etcd.yml")]
        return Program("etcd", command, node.sockets, as_owner=True)

    def _patroni(self, node: Node) -> Program:
        command = [str(self.environment / "bin" / "patroni"), str(node.config / "patroni.yml")]
        return Program("patroni", command, node.sockets, as_owner=True)

    # --- up and down ------------------------------------------------------------------------

    def up(self, say: Callable[[str], object] = lambda words: None) -> None:
        """Starts what is not running; returns when there is a leader with a second node in step,
        and the roles and the database are there."""
        make_environment(self.environment, say)
        self.folder.chmod(0o755)
        for node in self.plan.nodes:
            for folder in (node.sockets, node.data):
                programs.give_to_owner(folder)
            files.write_node(self.plan, node, self.secrets, postgres_bin=self.bin)
            _open_to_owner(node.config)
        say("etcd, Patroni and PostgreSQL start")
        for program in (*self.etcd.values(), *self.patroni.values()):
            if not program.running:
                program.start()
        self.wait_for_leader(in_step=2 if self.plan.synchronous else 1)
        for program in (self.haproxy, self.pgbouncer):
            if not program.running:
                program.start()
        self.make_roles()
        say(f"{self.leader()} leads")

    def down(self) -> None:
        """Everything ends, PostgreSQL in order: standbys first. Nothing is deleted."""
        self.pgbouncer.stop()
        self.haproxy.stop()
        leader = self.leader()
        for name in sorted(self.patroni, key=lambda name: name == leader):
            self.patroni[name].stop(patience=30)
            self.kill_postgres(name)
        for program in self.etcd.values():
            program.stop()

    def make_roles(self) -> None:
        """Owner, application, database; may be repeated."""
        leader = self.node(self.leader())
        command = [
            str(self.bin / "psql"),
            *("-q", "-h", leader.address, "-p", str(leader.postgres), "-U", "postgres"),
            *("-d", "postgres", "-v", "ON_ERROR_STOP=1", "-f", str(self._first / "roles.sql")),
        ]
        environment = {**os.environ, "PGPASSWORD": self.secrets["superuser"]}
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise PlanError(f"The roles could not be made: {done.stderr.strip()}")

    # --- what is so now ---------------------------------------------------------------------

    def node(self, name: str) -> Node:
        return next(node for node in self.plan.nodes if node.name == name)

    def members(self) -> list[dict[str, object]]:
        """What any Patroni that answers says of all of them: name, role, state, lag."""
        for node in self.plan.nodes:
            with suppress(OSError, ValueError):
                connection = HTTPConnection(node.address, node.patroni, timeout=2)
                connection.request("GET", "/cluster")
                found = json.loads(connection.getresponse().read())
                return list(found.get("members", ()))
        return []

    def leader(self) -> str:
        """The name of the node that leads; empty when none is known."""
        found = (one["name"] for one in self.members() if one["role"] == "leader")
        return str(next(found, ""))

    def in_step(self) -> list[str]:
        """The nodes that hold every acknowledged commit: the leader and its synchronous standbys."""
        good = {"leader": "running", "sync_standby": "streaming", "replica": "streaming"}
        wanted = ("leader", "sync_standby") if self.plan.synchronous else ("leader",)
        return [
            str(one["name"])
            for one in self.members()
            if one["role"] in wanted and one["state"] == good[str(one["role"])]
        ]

    def wait_for_leader(self, *, in_step: int = 1, patience: float = START_PATIENCE) -> str:
        """The leader's name, once it runs and `in_step` nodes in all hold every commit."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if len(self.in_step()) >= in_step and (found := self.leader()):
                return found
            time.sleep(0.2)
        raise PlanError(f"After {patience:g} s there is no leader: {self.members()}")

    def postmaster(self, name: str) -> int:
        """The id of the node's postmaster; 0 when there is none."""
        path = self.node(name).data / "postgres" / "postmaster.pid"
        with suppress(OSError, ValueError, IndexError):
            pid = int(path.read_text(encoding="ascii").splitlines()[0])
            if programs.alive(pid):
                return pid
        return 0

    def kill_postgres(self, name: str) -> None:
        """kill -9 of the node's postmaster; its children see that and end."""
        if pid := self.postmaster(name):
            with suppress(ProcessLookupError):
                os.kill(pid, 9)

    def switch_over(self) -> None:
        """Lets Patroni hand the lead to another node, in order."""
        command = [
            str(self.environment / "bin" / "patronictl"),
            *("-c", str(self._first / "patroni.yml"), "switchover", "--force", "lianxin"),
        ]
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)


def make_environment(folder: Path, say: Callable[[str], object]) -> None:
    """Patroni in an environment of its own, made once from the system's Python."""
    if (folder / "bin" / "patroni").exists():
        return
    say("Patroni is fetched")
    python = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
    if shutil.which("python3") is None and not Path(python).exists():
        raise PlanError("python3 is missing: apt-get install python3-venv")
    subprocess.run([python, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    fetched = subprocess.run(
        [*pip, "--disable-pip-version-check", "-r", str(REQUIREMENTS)],
        capture_output=True,
        text=True,
    )
    if fetched.returncode:
        raise PlanError(f"Patroni could not be fetched: {fetched.stderr.strip()[-1000:]}")


def _open_to_owner(config: Path) -> None:
    """The database's user reads its configuration, nobody else does."""
    if os.geteuid():
        return
    for path in (config, *config.rglob("*")):
        shutil.chown(path, group=programs.POSTGRES_USER)

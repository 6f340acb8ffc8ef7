"""What may happen to a cluster: each disaster, how long it may stop the filing, and its undoing."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks import processes
from benchmarks.filers import Load
from deploy.cluster import Cluster

CRASH_LIMIT, LOSS_LIMIT = 10.0, 30.0  # seconds, trust of the province
ETCD_AWAY = 60.0
FROZEN = 30.0


class Gap:
    """The longest time without a receipt from now until filing flows again."""

    def __init__(self, load: Load) -> None:
        self.load, self.since = load, time.monotonic()

    def flows(self, *, after: float | None = None, receipts: int = 20) -> float:
        """Waits until so many receipts came since `after`; returns when the first of them did."""
        start, end = after or time.monotonic(), time.monotonic() + 90
        while time.monotonic() < end:
            later = [at for at in self.load.answered if at > start]
            if len(later) >= receipts:
                return later[0]
            time.sleep(0.05)
        return end

    def ended(self) -> float:
        self.flows()
        return self.load.gap(self.since, time.monotonic())


@dataclass(frozen=True)
class Disaster:
    """`strike` harms, waits, mends, and returns how many writes a deposed leader acknowledged that
    the new one does not know."""

    name: str
    limit: float
    strike: Callable[[Cluster, Gap], int | None]


def kill_postmaster(cluster: Cluster, gap: Gap) -> None:
    cluster.kill_postgres(cluster.leader())
    gap.flows()


def kill_node(cluster: Cluster, gap: Gap) -> None:
    """Patroni, PostgreSQL and the member of etcd at once; the machine comes back afterwards."""
    name = cluster.leader()
    for pid in (cluster.patroni[name].pid, cluster.etcd[name].pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    cluster.kill_postgres(name)
    gap.flows()
    _bring_back(cluster, name)


def switch_over(cluster: Cluster, gap: Gap) -> None:
    cluster.switch_over()
    gap.flows()


def stop_etcd(cluster: Cluster, gap: Gap) -> None:
    """All members, longer than a leader's lock lives: the leader asks the nodes instead."""
    with _frozen(program.pid for program in cluster.etcd.values()):
        time.sleep(ETCD_AWAY)
    gap.flows()


def freeze_leader(cluster: Cluster, gap: Gap) -> int:
    """The leader's machine stands still and wakes up, still believing that it leads."""
    name = cluster.leader()
    pids = [cluster.patroni[name].pid, cluster.etcd[name].pid]
    pids += processes.family(cluster.postmaster(name))
    with Witness(cluster, name) as witness:
        with _frozen(pids):
            time.sleep(FROZEN)
        time.sleep(5)
    gap.flows()
    return witness.unknown()


@contextlib.contextmanager
def _frozen(pids: Iterator[int] | list[int]) -> Iterator[None]:
    known = [pid for pid in pids if pid]
    for pid in known:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in known:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def _bring_back(cluster: Cluster, name: str) -> None:
    for program in (cluster.etcd[name], cluster.patroni[name]):
        program.signal(signal.SIGKILL)
        program.start()
    end = time.monotonic() + 90
    while time.monotonic() < end:
        there = {str(one["name"]): one["state"] for one in cluster.members()}
        if there.get(name) in ("running", "streaming"):
            return
        time.sleep(0.5)
    raise RuntimeError(f"{name} did not come back: {cluster.members()}")


class Witness:
    """Writes to one node directly, past HAProxy, and remembers what it acknowledged."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self.cluster, self.node = cluster, cluster.node(name)
        self.acknowledged: list[int] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)

    def __enter__(self) -> Witness:
        with self._connection(self.cluster.node(self.cluster.leader()).postgres) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS witness (n integer)")
            connection.execute("TRUNCATE witness")
        self._thread.start()
        end = time.monotonic() + 30
        while not self.acknowledged and time.monotonic() < end:
            time.sleep(0.01)  # a node that stands still before the first row proves nothing
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(timeout=10)

    def unknown(self) -> int:
        """How many acknowledged rows whoever leads now does not have."""
        if not self.acknowledged:
            raise RuntimeError("The witness wrote nothing, so it saw nothing.")
        leader = self.cluster.node(self.cluster.wait_for_leader())
        with self._connection(leader.postgres) as connection:
            known = {row[0] for row in connection.execute("SELECT n FROM witness")}
        return len(set(self.acknowledged) - known)

    def _write(self) -> None:
        import psycopg

        number = 0
        while not self._over.is_set():
            with (
                contextlib.suppress(psycopg.Error),
                self._connection(self.node.postgres) as connection,
            ):
                while not self._over.is_set():
                    number += 1
                    connection.execute("INSERT INTO witness VALUES (%s)", (number,))
                    self.acknowledged.append(number)
                    time.sleep(0.02)
            time.sleep(0.1)

    def _connection(self, port: int) -> psycopg.Connection:  # noqa: F821
        import psycopg

        return psycopg.connect(
            host=self.node.address,
            port=port,
            user="postgres",
            password=self.cluster.secrets["superuser"],
            dbname="lianxin",
            autocommit=True,
            connect_timeout=3,
        )


DISASTERS = (
    Disaster("postmaster killed", CRASH_LIMIT, kill_postmaster),
    Disaster("node killed", LOSS_LIMIT, kill_node),
    Disaster("switchover", CRASH_LIMIT, switch_over),
    Disaster("leader frozen and woken", LOSS_LIMIT, freeze_leader),
    Disaster("etcd away", CRASH_LIMIT, stop_etcd),
)

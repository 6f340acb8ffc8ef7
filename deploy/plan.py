"""What an installation is made of: nodes, addresses, ports, folders, secrets."""

from __future__ import annotations

import json
import os
import secrets
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

LOCAL = "127.0.0.1"


@dataclass(frozen=True)
class Node:
    """One machine (or what stands for one), with the ports of its programs."""

    name: str
    address: str
    etcd: int = 2379
    etcd_peer: int = 2380
    postgres: int = 5432
    patroni: int = 8008
    web: int = 8000
    data: Path = Path("/var/lib/lianxin-db")
    config: Path = Path("/etc/lianxin")
    sockets: Path = Path("/run/postgresql")


@dataclass(frozen=True)
class Plan:
    """All nodes, and what every machine has on its own loopback: HAProxy's door to whoever may be
    written to, a second one for reading, and PgBouncer before the first."""

    nodes: tuple[Node, ...]
    host: str
    install: Path = Path("/opt/lianxin")
    var: Path = Path("/var/lib/lianxin")
    files: Path = Path("/srv/lianxin-files")
    web_workers: int = 4
    shared_buffers: str = "4GB"
    write_port: int = 5000
    read_port: int = 5001
    stats_port: int = 7000
    pool_port: int = 6432
    http_port: int = 80
    https_port: int = 443
    synchronous: bool = True
    trial: bool = False


class PlanError(Exception):
    """The plan cannot be carried out; the message says why."""


def read(path: Path) -> Plan:
    """The plan of three machines from a TOML file like plan.example.toml. Raises PlanError."""
    known: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    nodes = tuple(Node(**one) for one in known.pop("node", ()))
    if len(nodes) != 3 or len({node.address for node in nodes}) != 3:
        raise PlanError("A province needs three machines: two of them outvote a lost one.")
    folders = {name: Path(known.pop(name)) for name in ("install", "var", "files") if name in known}
    try:
        return Plan(nodes=nodes, **known, **folders)
    except TypeError as error:
        raise PlanError(f"{path}: {error}") from None


def trial(folder: Path, *, port: int, install: Path, synchronous: bool = True) -> Plan:
    """Three nodes on this machine alone, below `folder`, on ports from `port` to `port` + 79."""
    nodes = tuple(
        Node(
            name=f"db{number}",
            address=LOCAL,
            etcd=port + 10 * number,
            etcd_peer=port + 10 * number + 1,
            postgres=port + 10 * number + 2,
            patroni=port + 10 * number + 3,
            web=port + 10 * number + 4,
            data=folder / f"db{number}" / "data",
            config=folder / f"db{number}" / "config",
            sockets=folder / f"db{number}",
        )
        for number in (1, 2, 3)
    )
    return Plan(
        nodes=nodes,
        host="localhost",
        install=install,
        var=folder / "var",
        files=folder / "var" / "files",
        web_workers=2,
        shared_buffers="64MB",
        write_port=port + 50,
        read_port=port + 51,
        stats_port=port + 52,
        pool_port=port + 60,
        http_port=port + 70,
        https_port=port + 71,
        synchronous=synchronous,
        trial=True,
    )


def node_of(plan: Plan, name: str) -> Node:
    for node in plan.nodes:
        if node.name == name:
            return node
    raise PlanError(f"There is no node {name}.")


def moved(plan: Plan, folder: Path) -> Plan:
    """The same plan, its configuration to be written below `folder`, a folder per node."""
    nodes = tuple(replace(node, config=folder / node.name) for node in plan.nodes)
    return replace(plan, nodes=nodes)


#: Passwords of the database's roles, and of Patroni's own door.
PASSWORDS = ("superuser", "replicator", "rewinder", "owner", "application", "patroni")
#: The product's secrets, bytes of each; see docs/settings.md.
KEYS = {"SECRET_KEY": 32, "LIANXIN_KEYS": 32, "LIANXIN_INDEX_KEY": 32, "METRICS_TOKEN": 24}


def secrets_in(folder: Path) -> dict[str, str]:
    """The installation's secrets, made the first time and kept in `secrets.json`, for root alone."""
    path = folder / "secrets.json"
    if not path.exists():
        made = {name: secrets.token_urlsafe(24) for name in PASSWORDS}
        made |= {name: secrets.token_hex(size) for name, size in KEYS.items()}
        made["LIANXIN_KEYS"] = "1:" + made["LIANXIN_KEYS"]
        folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            json.dump(made, file, indent=1)
    return dict(json.loads(path.read_text(encoding="utf-8")))

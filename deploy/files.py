"""Writes the configuration of every program from one plan and the templates beside this module."""

from __future__ import annotations

import string
from pathlib import Path
from urllib.parse import quote

from deploy.plan import LOCAL, Node, Plan

TEMPLATES = Path(__file__).resolve().parent / "templates"
#: Only these hold no secret.
OPEN_TO_ALL = {"haproxy.cfg", "nginx.conf", "etcd.yml"}
FILES = (
    "etcd.yml",
    "patroni.yml",
    "haproxy.cfg",
    "pgbouncer.ini",
    "pgbouncer-users.txt",
    "pgbackrest.conf",
    "nginx.conf",
    "roles.sql",
    "lianxin.env",
    "lianxin-owner.env",
    "systemd/lianxin-patroni.service",
    "systemd/lianxin-backup.service",
    "systemd/lianxin-backup.timer",
    "systemd/lianxin-base.service",
    "systemd/lianxin-base.timer",
)
#: The product's processes: what each is, its command, and the most memory it may take.
PARTS = {
    "web": ("pages", "serve --only web", "4G"),
    "outbox": ("what follows from an act", "work_outbox", "1G"),
    "scheduler": ("recurring jobs", "run_scheduler", "2G"),
}
#: Debian's own units on which everything hangs: some of them stay down once they ended.
KEPT = ("etcd", "haproxy", "pgbouncer", "nginx")


class _Words(string.Template):
    """`@{name}`: the programs' own languages use the dollar sign."""

    delimiter = "@"
    pattern = r"@(?:(?P<escaped>@)|\{(?P<braced>[a-z_]+)\}|(?P<named>(?!))|(?P<invalid>\{))"


def written(template: str, values: dict[str, object]) -> str:
    """The template filled in. Raises KeyError on a word without a value."""
    return _Words((TEMPLATES / template).read_text(encoding="utf-8")).substitute(values)


def write_node(plan: Plan, node: Node, secrets: dict[str, str], *, postgres_bin: Path) -> Path:
    """All files of one node, into its configuration's folder; returns that folder."""
    values = _values(plan, node, secrets, postgres_bin)
    values["hardening"] = written("systemd/hardening.txt", values).strip()
    for name in (*FILES, "nginx-main.conf") if plan.trial else FILES:
        _put(node.config / name, written(name, values))
    for part, (says, command, memory) in PARTS.items():
        more = {"part_says": says, "part_command": command, "part_memory": memory}
        unit = written("systemd/lianxin-part.service", values | more)
        _put(node.config / f"systemd/lianxin-{part}.service", unit)
    for name in KEPT:
        kept = written("systemd/kept.conf", values)
        _put(node.config / f"systemd/{name}.service.d/lianxin.conf", kept)
    return node.config


def _put(target: Path, text: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    target.chmod(0o644 if target.name in OPEN_TO_ALL or "systemd" in target.parts else 0o640)


def database_url(plan: Plan, secrets: dict[str, str], *, owner: bool = False) -> str:
    """The address that the product is given: the application's through the pool, the owner's (for
    migrations) past it."""
    role, port = ("owner", plan.write_port) if owner else ("application", plan.pool_port)
    name = "lianxin_owner" if owner else "lianxin"
    return f"postgres://{name}:{quote(secrets[role])}@{LOCAL}:{port}/lianxin"


def _values(
    plan: Plan, node: Node, secrets: dict[str, str], postgres_bin: Path
) -> dict[str, object]:
    one_machine = plan.trial
    return {
        **{f"{name.lower()}": value for name, value in secrets.items()},
        "name": node.name,
        "address": node.address,
        "etcd": node.etcd,
        "etcd_peer": node.etcd_peer,
        "postgres": node.postgres,
        "patroni_port": node.patroni,
        "web": node.web,
        "data": node.data,
        "config": node.config if one_machine else Node("", "").config,
        "sockets": node.sockets,
        "postgres_bin": postgres_bin,
        "install": plan.install,
        "var": plan.var,
        "files": plan.files,
        "host": plan.host,
        "public_url": _public_url(plan),
        "upstream": "lianxin_web",
        "write_port": plan.write_port,
        "read_port": plan.read_port,
        "stats_port": plan.stats_port,
        "pool_port": plan.pool_port,
        "http_port": plan.http_port,
        "https_port": plan.https_port,
        "synchronous": str(plan.synchronous).lower(),
        "listen": f"{LOCAL}:" if one_machine else "",
        "access_log": "off" if one_machine else "/var/log/nginx/lianxin.log lianxin",
        # Debian's own folder of nginx: its workers get to what its master makes there.
        "page_folder": f"{plan.var}/nginx/pages" if one_machine else "/var/lib/nginx/lianxin-pages",
        "error_log": "stderr" if one_machine else "/var/log/nginx/error.log",
        "watchdog": "off" if one_machine else "automatic",
        "archive_mode": "off" if one_machine else "on",
        "haproxy_user": "" if one_machine else "    user haproxy\n    group haproxy",
        "web_workers": plan.web_workers,
        "shared_buffers": plan.shared_buffers,
        "database_url": database_url(plan, secrets),
        "owner_url": database_url(plan, secrets, owner=True),
        **_lists(plan),
    }


def _lists(plan: Plan) -> dict[str, str]:
    """What names every machine, each in the language of its program."""
    nodes = plan.nodes
    return {
        "etcd_cluster": ",".join(f"{n.name}=http://{n.address}:{n.etcd_peer}" for n in nodes),
        "etcd_hosts": ", ".join(f"'{n.address}:{n.etcd}'" for n in nodes),
        "database_servers": _lines(
            "    server {n.name} {n.address}:{n.postgres} check port {n.patroni}", nodes
        ),
        "web_servers": _lines(
            "    server {n.address}:{n.web} max_fails=2 fail_timeout=5s;", _web_nodes(plan)
        ),
        "hba": _lines("    - host all all {a}/32 scram-sha-256", _addresses(nodes)),
        "hba_replication": _lines(
            "    - host replication replicator {a}/32 scram-sha-256", _addresses(nodes)
        ),
    }


def _public_url(plan: Plan) -> str:
    return f"https://{plan.host}" + ("" if plan.https_port == 443 else f":{plan.https_port}")


def _web_nodes(plan: Plan) -> tuple[Node, ...]:
    """On one machine there is one web server."""
    return plan.nodes[:1] if plan.trial else plan.nodes


def _addresses(nodes: tuple[Node, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((LOCAL, *(node.address for node in nodes))))


def _lines(form: str, things: tuple[object, ...]) -> str:
    return "\n".join(form.format(n=one, a=one) for one in things)

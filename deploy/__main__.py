"""A province's installation. See docs/operators-guide.md.

up      three nodes and the product on this machine alone, to try it, in FOLDER
status  who leads, who is in step, what runs
down    everything ends; nothing is deleted
write   the configuration of three real machines from a plan, a folder for each
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from deploy import files, programs
from deploy.cluster import Cluster
from deploy.plan import Plan, PlanError, moved, read, secrets_in, trial
from deploy.product import Product

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    words = argparse.ArgumentParser(
        prog="deploy/province.sh",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = words.add_subparsers(dest="command", required=True)
    for name in ("up", "status", "down"):
        one = commands.add_parser(name)
        one.add_argument("folder", type=Path, nargs="?", default=ROOT / "var" / "province")
        one.add_argument("--port", type=int, default=25_400, help="first of eighty ports")
    write = commands.add_parser("write")
    write.add_argument("plan", type=Path)
    write.add_argument("folder", type=Path)
    asked = words.parse_args()
    try:
        if asked.command == "write":
            _write(asked.plan, asked.folder)
        else:
            folder = asked.folder.resolve()
            _act(asked.command, trial(folder, port=asked.port, install=ROOT), folder)
    except PlanError as error:
        sys.exit(str(error))


def _act(command: str, plan: Plan, folder: Path) -> None:
    cluster = Cluster(plan, folder)
    match command:
        case "up":
            cluster.up(say=_say)
            Product(plan, folder).up(say=_say)
            _say(f"Lianxin answers at https://{plan.host}:{plan.https_port}/")
        case "status":
            _status(cluster, Product(plan, folder))
        case "down":
            Product(plan, folder).down()
            cluster.down()
            _say("Everything has stopped.")


def _status(cluster: Cluster, product: Product) -> None:
    for one in cluster.members():
        lag = f", {one['lag']} bytes behind" if one.get("lag") else ""
        _say(f"{one['name']}: {one['role']}, {one['state']}{lag}")
    named = {
        **{f"etcd of {name}": program for name, program in cluster.etcd.items()},
        **{f"Patroni of {name}": program for name, program in cluster.patroni.items()},
        "HAProxy": cluster.haproxy,
        "PgBouncer": cluster.pgbouncer,
        "product": product.serve,
        "nginx": product.nginx,
    }
    for name, program in named.items():
        _say(f"{name}: {f'runs ({program.pid})' if program.running else 'stopped'}")


def _write(path: Path, folder: Path) -> None:
    plan, secrets = read(path), secrets_in(folder)
    for node in moved(plan, folder).nodes:
        _say(f"{files.write_node(plan, node, secrets, postgres_bin=programs.DEBIAN_BIN)}")
    _say(f"Keep {folder / 'secrets.json'} away from the machines.")


def _say(sentence: str) -> None:
    print(sentence, flush=True)


if __name__ == "__main__":
    main()

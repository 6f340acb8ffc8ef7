"""The pages of docs/ that are drawn from the code, so that they cannot say something else."""

import json
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import translation

from lianxin.config.settings import env
from lianxin.config.states import MACHINES, Machine
from lianxin.kernel import retention
from lianxin.kernel.moves import diagram
from lianxin.record.queries import inventory

SETTINGS_PAGE = """\
# Settings

All settings come from the environment, and from nowhere else. A local installation adds
the secrets it made itself (`var/local.env`); a production one refuses to start without its
own. `docs/production.env.example` is a complete example. This table is drawn from
`lianxin/config/settings.py` by `make fix`, and `make check` fails when the two differ.

"""
STATES_PAGE = """\
# States

Drawn from the tables of moves in each app's `enums.py` by `make fix`; `make check` fails
when a diagram is stale. A word at an arrow is the act that moves the thing on; several acts
that lead to the same state share an arrow.
"""
INVENTORY_PAGE = """\
# Inventory of personal data

Every table that holds something about a person: what for, on which ground, how long, what erasure
makes of it (Personal Information Protection Law 47), and whether a resident is handed it out (45). Columns that are not
named say nothing about a person. Drawn from `lianxin/record/data/inventory.toml` by `make fix`; a
test compares that file with the models, and `make check` fails when this page is stale.

## How long
"""


def settings_page() -> str:
    return SETTINGS_PAGE + env.table()


def states_page(machines: Iterable[Machine] = MACHINES) -> str:
    parts = [STATES_PAGE]
    for machine in machines:
        drawn = diagram(machine.moves(), starts=machine.starts, finals=machine.finals)
        parts.append(f"\n## {machine.title}\n`{machine.table}`\n\n```mermaid\n{drawn}```\n")
    return "".join(parts)


def inventory_page() -> str:
    parts = [INVENTORY_PAGE, "\n| rule | kept | why |\n|---|---|---|\n"]
    parts += [f"| `{one.name}` | {one.kept} | {one.source} |\n" for one in retention.rules()]
    for table in inventory.tables():
        personal = [column for column in table.columns if column.kind != inventory.NOT_PERSONAL]
        if personal:
            parts.append(
                f"\n## `{table.label}`\n{table.purpose[:1].upper()}{table.purpose[1:]}. "
                f"Ground: {table.ground}. Kept: {table.retention}.\n\n"
                "| column | kind | what for | sealed | erasure | handed out |\n|---|---|---|---|---|---|\n"
            )
            parts += [_inventory_row(column) for column in personal]
    return "".join(parts)


def _inventory_row(column: inventory.Column) -> str:
    sealed, out = column.sealed or "–", "yes" if column.export else "–"
    cells = (f"`{column.name}`", column.kind, column.purpose, sealed, column.erasure, out)
    return f"| {' | '.join(cells)} |\n"


def openapi_page() -> str:
    """The description of the API as partners read it, whatever this installation is called."""
    from lianxin.config.api import api  # addresses need every app to be ready

    with translation.override("en"):
        return (
            json.dumps(api.document(), ensure_ascii=False, indent=1, cls=DjangoJSONEncoder) + "\n"
        )


def pages() -> dict[Path, str]:
    """Every drawn page with what it should hold now."""
    docs = Path(settings.BASE_DIR) / "docs"
    return {
        docs / "settings.md": settings_page(),
        docs / "states.md": states_page(),
        docs / "data-inventory.md": inventory_page(),
        docs / "openapi.json": openapi_page(),
    }


def stale(expected: dict[Path, str]) -> list[Path]:
    """The pages whose file is missing or says something else."""
    return [
        path
        for path, text in expected.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]

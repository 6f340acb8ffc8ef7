"""The pages of docs/ that are drawn from the code, so that they cannot say something else."""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from lianxin.config.settings import env
from lianxin.config.states import MACHINES, Machine
from lianxin.kernel.moves import diagram

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


def settings_page() -> str:
    return SETTINGS_PAGE + env.table()


def states_page(machines: Iterable[Machine] = MACHINES) -> str:
    parts = [STATES_PAGE]
    for machine in machines:
        drawn = diagram(machine.moves(), starts=machine.starts, finals=machine.finals)
        parts.append(f"\n## {machine.title}\n`{machine.table}`\n\n```mermaid\n{drawn}```\n")
    return "".join(parts)


def pages() -> dict[Path, str]:
    """Every drawn page with what it should hold now."""
    docs = Path(settings.BASE_DIR) / "docs"
    return {docs / "settings.md": settings_page(), docs / "states.md": states_page()}


def stale(expected: dict[Path, str]) -> list[Path]:
    """The pages whose file is missing or says something else."""
    return [
        path
        for path, text in expected.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]

"""Tests about one database engine alone: they are collected on it, and nowhere else.

`@pytest.mark.only_sqlite("why")` and `@pytest.mark.only_postgresql("why")` mark them; docs/testing.md
lists them all. On the other engine they are deselected, not skipped: they have nothing to prove there.
The last line says how many tests passed that run on both engines, and how many beside them.
"""

from __future__ import annotations

import pytest
from django.conf import settings

ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
ELSEWHERE = pytest.StashKey[int]()


def here() -> str:
    """The engine of this run."""
    engine = settings.DATABASES["default"]["ENGINE"]
    return "sqlite" if engine.endswith("sqlite3") else "postgresql"


def only_on(names: object) -> str:
    """The engine that these marks name; an empty word for a test of both."""
    return next((engine for engine in ENGINES if f"only_{engine}" in names), "")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    elsewhere = [item for item in items if only_on(item.keywords) not in ("", here())]
    config.stash[ELSEWHERE] = len(elsewhere)
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if only_on(item.keywords) in ("", here())]


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["elsewhere"] = session.config.stash.get(ELSEWHERE, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    """Every worker collects the same tests; the last one that is heard says how many it left out."""
    node.config.stash[ELSEWHERE] = node.workeroutput.get("elsewhere", 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    passed = terminalreporter.getreports("passed")
    passed = [one for one in passed if one.when == "call"]
    own = sum(only_on(one.keywords) == here() for one in passed)
    elsewhere = terminalreporter.config.stash.get(ELSEWHERE, 0)
    other = next(name for engine, name in ENGINES.items() if engine != here())
    terminalreporter.write_sep(
        "-",
        f"{len(passed) - own} passed that run on both engines, {own} on {ENGINES[here()]} alone; "
        f"{elsewhere} are for {other} alone",
    )

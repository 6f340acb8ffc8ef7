"""What was measured last: a file of JSON per trial, from which the scoreboard is drawn."""

from __future__ import annotations

import functools
import json
import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parent.parent
R = TypeVar("R")
#: Plain values only: a page shows them as they are.
Figure = int | float | str | bool


@dataclass(frozen=True, slots=True)
class Result:
    """One run of one trial. `load` is the machine's load average when it ended; `short` says in what
    the run was smaller than the promise."""

    name: str
    passed: bool
    figures: dict[str, Figure]
    at: datetime
    commit: str
    cores: int
    load: list[float]
    short: str = ""


def folder() -> Path:
    """var/results, or where RESULTS_DIR says: outside of an installation that is thrown away."""
    return Path(os.environ.get("RESULTS_DIR") or ROOT / "var" / "results")


def record(name: str, figures: Mapping[str, Figure], passed: bool, *, short: str = "") -> Path:
    """Keeps the figures as the last run of this trial; returns the file.

    The name is one that `benchmarks.scoreboard` knows, with the engine at its end where both
    are tried (`crash-sqlite`). A run that is `short` of the promise (`fewer(…)`) holds it only as far
    as it was tried. The file is whole at every moment: readers never meet half of it.
    """
    found = Result(
        name=name,
        passed=passed,
        figures=dict(figures),
        at=datetime.now(UTC),
        commit=commit(),
        cores=os.cpu_count() or 1,
        load=[round(one, 2) for one in os.getloadavg()],
        short=short,
    )
    target = folder() / f"{name}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    written = target.with_suffix(f".{os.getpid()}")
    written.write_text(
        json.dumps(_plain(found), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    written.replace(target)
    return target


def trial(name: str, *, engines: bool = False) -> Callable[[Callable[[], R]], Callable[[], R]]:
    """Decorates the `main` of a trial: one that breaks off has failed, whatever its last run said.

    With `engines` the name ends in that of DATABASE_URL.
    """

    def decorate(main: Callable[[], R]) -> Callable[[], R]:
        @functools.wraps(main)
        def wrapper() -> R:
            try:
                return main()
            except Exception as error:
                whole = f"{name}-{engine(os.environ.get('DATABASE_URL', ''))}" if engines else name
                record(whole, {"broke_off": f"{type(error).__name__}: {error}"[:300]}, passed=False)
                raise

        return wrapper

    return decorate


def fewer(**sizes: tuple[float, float]) -> str:
    """In what a run was smaller: `fewer(kills=(12, 100))` is "12 of 100 kills"; empty when in nothing."""
    return ", ".join(
        f"{had:,g} of {wanted:,g} {name.replace('_', ' ')}"
        for name, (had, wanted) in sizes.items()
        if had < wanted
    )


def last() -> dict[str, Result]:
    """The last run of every trial, by name."""
    return {one.name: one for one in map(_read, sorted(folder().glob("*.json")))}


def commit() -> str:
    """Which state of the source was tried; with a + where it was changed since."""
    try:
        return _git("rev-parse", "--short", "HEAD") + (
            "+" if _git("status", "--short", "-uno") else ""
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def engine(database_url: str) -> str:
    """How names of results call the engine."""
    return "postgresql" if database_url.startswith("postgres") else "sqlite"


def _git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


def _plain(found: Result) -> dict[str, Any]:
    return {
        "name": found.name,
        "passed": found.passed,
        "at": found.at.isoformat(timespec="seconds"),
        "commit": found.commit,
        "cores": found.cores,
        "load": found.load,
        "short": found.short,
        "figures": found.figures,
    }


def _read(path: Path) -> Result:
    known = json.loads(path.read_text(encoding="utf-8"))
    return Result(**{**known, "at": datetime.fromisoformat(known["at"])})

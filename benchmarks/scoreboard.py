"""`make scoreboard`: the promises of reliability, and what the last runs measured of each.

python -m benchmarks.scoreboard [--markdown FILE] [--page FILE]

A promise that nobody measured says so; one of several trials that failed makes it fail.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.html import format_html, format_html_join

from benchmarks import results
from benchmarks.controls import CONTROLS
from benchmarks.promises import OWN_CONTROLS, PROMISES, Promise
from benchmarks.results import Figure, Result

HELD, BROKEN, PARTLY, OPEN = "held", "BROKEN", "held as far as tried", "not yet measured"


@dataclass(frozen=True, slots=True)
class Row:
    """One promise with the last runs that speak of it, and the names of those still missing."""

    promise: Promise
    runs: tuple[Result, ...]
    missing: tuple[str, ...]

    @property
    def state(self) -> str:
        if any(not run.passed for run in self.runs):
            return BROKEN
        if not self.runs:
            return OPEN
        return PARTLY if self.missing or any(run.short for run in self.runs) else HELD

    @property
    def measured(self) -> list[str]:
        """A sentence per run: its name, its figures, when and on what."""
        told = [f"{run.name}: {_figures(run.figures)} ({_origin(run)})" for run in self.runs]
        return told + [f"{name}: {OPEN}" for name in self.missing if self.runs]


def rows(found: Mapping[str, Result]) -> list[Row]:
    return [
        Row(
            promise,
            tuple(found[name] for name in promise.trials if name in found),
            tuple(name for name in promise.trials if name not in found),
        )
        for promise in PROMISES
    ]


def as_markdown(board: Sequence[Row]) -> str:
    lines = [
        "# Scoreboard",
        "",
        "Drawn by `make scoreboard` from the last runs; the machine and its load stand with each.",
        "",
        "| # | promise | to reach | state | measured | how |",
        "|--:|---|---|---|---|---|",
    ]
    for row in board:
        promise, told = row.promise, "<br>".join(row.measured) or "–"
        lines.append(
            f"| {promise.number} | {promise.says} | {promise.target} | {row.state} | {told} "
            f"| {promise.how} |"
        )
    return "\n".join([*lines, "", summary(board), "", *_controls(), ""])


def _controls() -> list[str]:
    """What is broken on purpose: by `make mutants` in the source, and by trials themselves."""
    return [
        "## Faults planted on purpose",
        "`make mutants` plants each of these in a copy of the source; the tests named must fail.",
        "",
        "| fault | found by |",
        "|---|---|",
        *(f"| {one.name} | {'<br>'.join(one.tests)} |" for one in CONTROLS),
        "",
        "These trials break something themselves, or ask for what must succeed:",
        "",
        *(f"- `make {target}`: {what}." for target, what in OWN_CONTROLS),
    ]


def as_page(board: Sequence[Row]) -> str:
    """A page that needs nothing but itself."""
    body = format_html_join(
        "\n",
        '<tr class="{}"><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td><code>{}</code></td></tr>',
        (
            (
                _CLASSES[row.state],
                row.promise.number,
                row.promise.says,
                row.promise.target,
                row.state,
                format_html_join("", "<p>{}</p>", ((told,) for told in row.measured)),
                row.promise.how,
            )
            for row in board
        ),
    )
    return format_html(_PAGE, style=_STYLE, summary=summary(board), rows=body)


def as_text(board: Sequence[Row]) -> str:
    lines = []
    for row in board:
        lines.append(f"{row.promise.number:>2} {row.promise.says}: {row.state}")
        lines += [f"     {told}" for told in row.measured]
    return "\n".join([*lines, "", summary(board)])


def summary(board: Sequence[Row]) -> str:
    counts = {state: sum(row.state == state for row in board) for state in _CLASSES}
    return ", ".join(f"{number} {state}" for state, number in counts.items()) + "."


def _figures(figures: Mapping[str, Figure]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {_said(value)}" for name, value in figures.items())


def _said(value: Figure) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.3g}" if isinstance(value, float) and value < 1000 else str(value)


def _origin(run: Result) -> str:
    short = f"ONLY {run.short}; " if run.short else ""
    machine = f"{run.cores} cores, load {run.load[0]:g}"
    return f"{short}{run.at:%Y-%m-%d %H:%M} UTC, {run.commit}, {machine}"


_CLASSES = {HELD: "held", PARTLY: "partly", BROKEN: "broken", OPEN: "open"}
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{border-top:1px solid #ccc;padding:.4rem;text-align:left;vertical-align:top}"
    "p{margin:0}.held td:nth-child(4){background:#dff2e1}.partly td:nth-child(4){background:#f4f0d8}"
    ".broken td:nth-child(4){background:#f8d7d4}.open{color:#666}"
)
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Scoreboard</title><style>{style}</style>
<h1>Scoreboard</h1><p>{summary}</p>
<table><thead><tr><th>#<th>promise<th>to reach<th>state<th>measured<th>how</tr></thead>
<tbody>
{rows}
</tbody></table></html>
"""


def main() -> None:
    words = argparse.ArgumentParser(
        prog="python -m benchmarks.scoreboard", description="The promises and the last figures."
    )
    words.add_argument("--markdown", type=Path, help="write it as Markdown as well")
    words.add_argument("--page", type=Path, help="write it as a page as well")
    asked = words.parse_args()
    board = rows(results.last())
    for target, drawn in ((asked.markdown, as_markdown), (asked.page, as_page)):
        if target:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(drawn(board), encoding="utf-8")
    sys.stdout.write(as_text(board) + "\n")


if __name__ == "__main__":
    main()

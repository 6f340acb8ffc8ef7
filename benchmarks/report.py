"""Figures as JSON for machines and as a page for people."""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import Any

from benchmarks.pages import PAGES

Rows = list[dict[str, float]]
WRITES = ("insert, no middleware", "insert", "filing", "filing, outbox worker running")
MEANING = """\
*insert*: one row in one durable transaction, through the same server with the same options,
middleware, CSRF check and database settings; *no middleware*: the same without Django's and our
middleware. *filing*: the last POST of the resident's form with name, phone and consent: signed
draft, three forms, address limit, idempotency key, number, case with its clock and search row,
sealed voice, journal and outbox in one durable transaction. 8 clients, load generator on the same
cores. *bare page*: one plain template of 30 rows with one query. Pages: one client. Ratios are
medians of the ratios of each round.
"""


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def unequal(found: dict[str, Any]) -> list[str]:
    """Pages whose number of queries grows with the number of cases."""
    one, many = found["queries"]["one"], found["queries"]["many"]
    return [name for name in one if one[name] != many[name]]


def write(found: dict[str, Any], folder: Path) -> str:
    """Writes bench.json and bench.md; returns the page."""
    page = _page(found)
    (folder / "bench.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    (folder / "bench.md").write_text(page, encoding="utf-8")
    return page


def _page(found: dict[str, Any]) -> str:
    figures, cases = found["figures"], found["plan"]["cases"]
    load = ", ".join(f"{one:.1f}" for one in found["load_average"])
    lines = [
        f"# Bench, {found['when']}, {found['engine']}, {found['cores']} cores, load {load}",
        "",
        "| writing | per second | p50 ms | p95 ms | of the insert | of the insert without middleware |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name in WRITES:
        rows = figures[name]
        shares = [
            f"{_share(rows, figures[base], 'per_second'):.0%}"
            for base in ("insert", "insert, no middleware")
        ]
        lines.append(
            f"| {name} | {_median(rows, 'per_second'):.0f} | {_ms(rows)} | {' | '.join(shares)} |"
        )
    lines += [
        "",
        f"| page | queries at 1 / {cases:,} | p50, p95 ms at 1 | at {cases:,} | bare pages at 1 | at {cases:,} |",
        "|---|--:|--:|--:|--:|--:|",
        f"| bare page | 1 | {_ms(figures['bare page'], ', ')} | | 1.0 | |",
    ]
    lines += [_line(found, page.name) for page in PAGES]
    worse = unequal(found)
    lines += ["", f"Queries grow with the cases: {', '.join(worse) or 'nowhere'}.", "", MEANING]
    return "\n".join(lines)


def _line(found: dict[str, Any], name: str) -> str:
    figures, queries, bare = found["figures"], found["queries"], found["figures"]["bare page"]
    one, many = figures[f"{name} @1"], figures[f"{name} @n"]
    counts = f"{queries['one'][name]} / {queries['many'][name]}"
    ratios = " | ".join(f"{_share(rows, bare, 'p50'):.1f}" for rows in (one, many))
    return f"| {name} | {counts} | {_ms(one, ', ')} | {_ms(many, ', ')} | {ratios} |"


def _median(rows: Rows, name: str) -> float:
    return statistics.median(row[name] for row in rows)


def _share(rows: Rows, base: Rows, name: str) -> float:
    return statistics.median(row[name] / other[name] for row, other in zip(rows, base, strict=True))


def _ms(rows: Rows, between: str = " | ") -> str:
    return between.join(f"{1000 * _median(rows, name):.1f}" for name in ("p50", "p95"))

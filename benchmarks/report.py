"""Figures as JSON for machines, as a page with charts for people, and as a table for the guide."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from benchmarks.pages import PAGES

Rows = list[dict[str, float]]
Lines = Iterator[tuple[str, str, str, bool | None]]
FILING_OF_LIMIT, FILING_OF_PEER, GROWTH = 0.60, 3.0, 1.5
MEANING = """\
*Limit*: the rows of one filing (the same tables, columns and bytes) by plain SQL in one durable
transaction, through the same server with the same options and middleware. *Filing*: the last POST
of the resident's form with name, phone and consent: signed draft, three forms, limits, idempotency
key, number, the resident's own key, case with its clock and search row, sealed voice, journal,
leaf of the ledger and outbox in one durable transaction. 8 clients, load generator on the same cores.
Pages: one client. Ratios are medians of the ratios of each round, measured side by side. Tickets of
the peers are a row or two without any of that; their lists are a page and the data it asks for.
The storm is that of the design in small: see benchmarks/storm.py.
"""


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def growing(found: dict[str, Any]) -> list[str]:
    """Pages whose number of queries grows with the number of cases."""
    places = found.get("provinces", {})
    if len(places) < 2:
        return []
    small, big = places["small"]["queries"], places["big"]["queries"]
    return [name for name in small if big[name] > small[name]]


def write(found: dict[str, Any], folder: Path) -> str:
    """Writes bench-ENGINE.json, .md and .html; returns the table."""
    name = f"bench-{found['engine'].lower()}"
    page = table(found)
    (folder / f"{name}.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    (folder / f"{name}.md").write_text(page, encoding="utf-8")
    (folder / f"{name}.html").write_text(_html(found), encoding="utf-8")
    return page


def table(found: dict[str, Any]) -> str:
    """What was measured beside what is promised, in Markdown."""
    load = ", ".join(f"{one:.1f}" for one in found["load_average"])
    lines = [
        f"# Bench, {found['when']}, {found['engine']}, {found['cores']} cores, load {load}, "
        f"{found['minutes']} minutes",
        "",
        "| what | measured | promised | |",
        "|---|---|---|---|",
    ]
    signs = {True: "met", False: "**missed**", None: ""}
    lines += [
        f"| {what} | {measured} | {promised} | {signs[met]} |"
        for what, measured, promised, met in _lines(found)
    ]
    return "\n".join([*lines, "", MEANING])


def _lines(found: dict[str, Any]) -> Lines:
    figures = found["figures"]
    if "limit" in figures:
        yield from _writing(figures)
    if "provinces" in found:
        yield from _pages(found)
    yield from _storm(found.get("storm", {}))
    yield from _footprint(found.get("footprint", {}))


def _writing(figures: dict[str, Rows]) -> Lines:
    rate, cpu = (_median(figures["limit"], name) for name in ("per_second", "cpu_ms"))
    yield "limit, filings a second", f"{rate:.0f}, each {cpu:.1f} ms of a core", "", None
    for name in ("filing", "filing, outbox worker running"):
        share = _share(figures[name], figures["limit"], "per_second")
        met = share >= FILING_OF_LIMIT if name == "filing" else None
        rate, p95 = _median(figures[name], "per_second"), 1000 * _median(figures[name], "p95")
        cpu = _median(figures[name], "cpu_ms")
        yield (
            f"{name}, of the limit",
            f"{share:.0%} ({rate:.0f} a second, p95 {p95:.0f} ms, each {cpu:.1f} ms of a core)",
            "≥ 60 %",
            met,
        )
    peers = [name for name in figures if name.endswith(" create")]
    best = max(peers, key=lambda name: _median(figures[name], "per_second"), default="")
    for name in peers:
        times = _share(figures["filing"], figures[name], "per_second")
        rate = _median(figures[name], "per_second")
        met = times >= FILING_OF_PEER if name == best else None
        yield f"filing against {name}", f"{times:.1f}× ({rate:.0f} a second)", "≥ 3× the best", met


def _pages(found: dict[str, Any]) -> Lines:
    places, figures = found["provinces"], found["figures"]
    small, big = places["small"], places.get("big")
    for page in PAGES:
        name = page.name
        rows = figures[f"{name} @small"]
        queries = (big or small)["queries"][name]
        said = f"{queries} queries; p50, p95 {_ms(rows)} ms at {small['cases']:,}"
        met: bool | None = None
        if big:
            more = figures[f"{name} @big"]
            grown = _share(more, rows, "p95")
            said += f", {_ms(more)} at {big['cases']:,}: {grown:.2f}×"
            met = grown <= GROWTH and queries <= page.most
        yield name, said, f"≤ {page.most} queries, p95 ≤ {GROWTH}×", met
    for name, ours in (
        ("list", "public results"),
        ("case", "tracking page"),
        ("search", "Chinese search"),
    ):
        for peer in {key.split()[0] for key in figures if key.endswith(f" {name}")}:
            times = _share(figures[f"{peer} {name}"], figures[f"{ours} @small"], "p50")
            yield (
                f"{peer}, {name}",
                f"{_ms(figures[f'{peer} {name}'])} ms: {times:.1f}× our {ours}",
                "",
                None,
            )


def _storm(storm: dict[str, Any]) -> Lines:
    if not storm:
        return
    for times, step in storm["steps"].items():
        said = (
            f"{step['asked_per_second']:.0f} asked, {step['answered_per_second']:.0f} answered a second; "
            f"p95 {step['page_p95_ms']:.0f} ms pages, {step['filing_p95_ms']:.0f} ms filings; "
            f"turned away {step['shed']:.1%}"
        )
        calm = times == "1x"
        met = step["broken"] == 0 and step["without_retry_after"] == 0
        if calm:
            met = met and step["page_p95_ms"] < 300 and step["filing_p95_ms"] < 800
        promised = "p95 < 300 and 800 ms" if calm else "503 with Retry-After, nothing broken"
        yield f"storm {times}", said, promised, met
    lost = storm["lost"] + storm["doubled"] + storm["half"]
    yield "receipts of the storm", f"{storm['receipts']}, lost or doubled {lost}", "0", lost == 0
    again = storm["normal_again_seconds"]
    yield "normal again after", f"{again} s", "≤ 30 s", again <= 30
    yield "1× is of the real storm", f"{storm['of_the_real_storm']:.0%}", "", None


def _footprint(found: dict[str, Any]) -> Lines:
    if "start_seconds" in found:
        memory = found["memory"]
        yield (
            "start to the first page",
            f"{found['start_seconds']} s",
            "≤ 5 s",
            found["start_seconds"] <= 5,
        )
        said = f"{memory['largest_mb']} MB the largest, {memory['all_mb']} MB in {memory['processes']} processes"
        yield "memory", said, "", None
    for name, weight in found.get("pages", {}).items():
        yield f"{name}, bytes", f"{weight['bytes']:,}, packed {weight['packed']:,}", "", None


def _html(found: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr class={'bad' if met is False else 'ok' if met else 'plain'}><td>{escape(what)}<td>{escape(said)}"
        f"<td>{escape(promised)}</tr>"
        for what, said, promised, met in _lines(found)
    )
    charts = _bars("Filings a second", {
        name: _median(found["figures"][name], "per_second")
        for name in found["figures"] if "per_second" in (found["figures"][name] or [{}])[0]
    })  # fmt: skip
    charts += _bars("p95 of pages, ms", {
        name: 1000 * _median(rows, "p95")
        for name, rows in sorted(found["figures"].items()) if rows and "per_second" not in rows[0]
    })  # fmt: skip
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Bench</title><style>"
        "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
        "td,th{padding:.3rem .6rem;border-bottom:1px solid #ddd;text-align:left;vertical-align:top}"
        ".bad td:first-child{border-left:4px solid #b3261e}.ok td:first-child{border-left:4px solid #1b7f4b}"
        "svg{width:100%;height:auto}</style>"
        f"<h1>{escape(found['engine'])}, {escape(found['when'])}, {found['cores']} cores</h1>"
        f"{charts}<table><tr><th>what<th>measured<th>promised</tr>{rows}</table>"
        f"<p>{escape(MEANING)}</p></html>"
    )


def _bars(title: str, values: dict[str, float]) -> str:
    """A chart of bars as SVG, no script and nothing from elsewhere."""
    if not values:
        return ""
    most, height = max(values.values()) or 1.0, 22
    drawn = "".join(
        f'<text x="300" y="{y + 15}" text-anchor="end">{escape(name)}</text>'
        f'<rect x="308" y="{y + 3}" width="{max(value / most * 420, 1):.0f}" height="15" fill="#2f5f8f"/>'
        f'<text x="{316 + value / most * 420:.0f}" y="{y + 15}">{value:,.1f}</text>'
        for y, (name, value) in zip(
            range(0, height * len(values), height), values.items(), strict=True
        )
    )
    return (
        f"<h2>{escape(title)}</h2><svg viewBox='0 0 820 {height * len(values)}' font-size='12' "
        f"role='img' aria-label='{escape(title)}'>{drawn}</svg>"
    )


def _median(rows: Rows, name: str) -> float:
    return statistics.median(row[name] for row in rows)


def _share(rows: Rows, base: Rows, name: str) -> float:
    return statistics.median(row[name] / other[name] for row, other in zip(rows, base, strict=True))


def _ms(rows: Rows) -> str:
    return ", ".join(f"{1000 * _median(rows, name):.1f}" for name in ("p50", "p95"))

"""`make fuzz`: schemathesis on the OpenAPI description, once for each role.

A server of its own over the demo world, on the engine of DATABASE_URL; nobody and six roles with
access keys; four phases and all checks, again with another seed until each role has had so many
cases. Limits on requests and filings are lifted by their settings (API_REQUESTS_PER_HOUR,
FILINGS_PER_HOUR, FILINGS_WITHOUT_PUZZLE): everything comes from one address here.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import results
from benchmarks.fuzz_parts import ROLES
from benchmarks.installation import ROOT, Installation

NOBODY = "anonymous"
UNLIMITED = {
    "API_REQUESTS_PER_HOUR": "1000000000",
    "FILINGS_PER_HOUR": "1000000000",
    "FILINGS_WITHOUT_PUZZLE": "1000000000",
}
#: Answers that a well-formed request may get because of a rule that no schema says; that its shape
#: is understood is checked by fuzz_hooks.
RULES = ["2xx", "3xx", "401", "403", "404", "409", "413", "422", "429"]
#: Parameter → pool of values that exist; half of the time one of them is taken.
POOLS = {
    "case_id": "case_id",
    "dispatch_id": "dispatch_id",
    "result_id": "result_id",
}
CODES = {
    "/receipts/": "receipt",
    "/venues/": "venue",
    "/deputies/": "deputy",
    "/categories/": "category",
}


#: That the promise names, for each role.
CASES = 20_000
#: Of a round, for each operation: rounds with other seeds follow until there were enough cases.
EXAMPLES = 15


@dataclass
class Tape:
    """What the answers of one role were."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def cases(self) -> int:
        return len(self.seconds)

    @property
    def failures(self) -> int:
        return sum(number for status, number in self.statuses.items() if status >= 500)

    def p99_ms(self) -> float:
        ranked = sorted(self.seconds)
        return round(1000 * ranked[int(0.99 * (len(ranked) - 1))], 1) if ranked else 0.0

    def read(self, path: Path) -> None:
        for line in path.read_text(encoding="utf-8").splitlines():
            status, seconds = line.split(" ")[:2]
            self.statuses[int(status)] += 1
            self.seconds.append(float(seconds))


def settings_of(pools: dict[str, list[str]]) -> str:
    """schemathesis.toml: what is known to exist, and what rules may refuse."""
    lines = [
        "[generation]",
        "allow-x00 = false  # said in the description: texts hold no NUL (tests/config/test_corpus.py)",
        "[checks.positive_data_acceptance]",
        f"expected-statuses = {json.dumps(RULES)}",
    ]
    known = {name: values for name, values in pools.items() if values}
    for name, values in known.items():
        lines += [f"[dictionaries.{name}]", f"values = {json.dumps(values)}"]
    bound = [name for name, pool in POOLS.items() if pool in known]
    lines.append("[parameters]")
    lines += [_bound(f"path.{name}", POOLS[name]) for name in bound]
    for path, pool in CODES.items():
        if pool in known:
            lines += [
                "[[operations]]",
                f'include-path-regex = "^{path}"',
                "[operations.parameters]",
            ]
            lines.append(_bound("path.code", pool))
    return "\n".join(lines) + "\n"


def _bound(parameter: str, pool: str) -> str:
    return f'"{parameter}" = {{ dictionary = "{pool}", probability = 0.5 }}'


def fuzz(
    base: str, key: str, config: Path, *, cases: int, seconds: float, phases: str, seed: int = 1
) -> Tape:
    """Runs with one seed after the other until so many cases were tried, or time is up."""
    tape, deadline = Tape(), time.monotonic() + seconds
    while tape.cases < cases and time.monotonic() < deadline:
        left = max(int(deadline - time.monotonic()), 1)
        _run(base, key, config, tape, seed=seed, seconds=left, phases=phases)
        seed += 1
    return tape


def _run(
    base: str, key: str, config: Path, tape: Tape, *, seed: int, seconds: int, phases: str
) -> None:
    with tempfile.TemporaryDirectory(prefix="lianxin-fuzz-") as folder:
        written, said = Path(folder) / "tape", Path(folder) / "report.json"
        written.touch()
        words = [
            *(sys.executable, "-m", "schemathesis.cli", f"--config-file={config}", "run"),
            *(f"{base}/openapi.json", f"--url={base}", "--no-color", "--checks=all"),
            *(f"--phases={phases}", f"--seed={seed}", "--continue-on-failure"),
            # No --max-time: with one it goes round and round until the time is up.
            *(f"--max-examples={EXAMPLES}", "--warnings=off", "--no-shrink"),
            *("--generation-database=none", f"--report-json-path={said}", "--report=json"),
            *((f"--header=Authorization: Bearer {key}",) if key else ()),
        ]
        environment = {
            **os.environ,
            "SCHEMATHESIS_HOOKS": "benchmarks.fuzz_hooks",
            "FUZZ_TAPE": str(written),
            "PYTHONPATH": str(ROOT),
        }
        done = subprocess.run(
            words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=seconds
        )
        tape.read(written)
        if done.returncode not in (0, 1) or not tape.cases:
            raise RuntimeError(f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        if done.returncode:
            tape.broken += _failures(done.stdout)


def _failures(said: str) -> list[str]:
    """The part of what schemathesis printed that says what broke."""
    start = said.find("FAILURES")
    end = said.find("SUMMARY", start)
    return [said[start:end]] if start >= 0 else [said[-3000:]]


def trial(home: Installation, asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """The figures of the roles tried so far, after each of them; what broke is printed."""
    known = home.ask("benchmarks.fuzz_parts")
    config = home.folder / "schemathesis.toml"
    config.write_text(settings_of(known["pools"]), encoding="utf-8")
    found: dict[str, Any] = {}
    with home.serve(**UNLIMITED) as server:
        base = f"http://127.0.0.1:{server.port}/api/v1"
        for role in asked.roles:
            tape = fuzz(
                base,
                known["keys"].get(role, ""),
                config,
                cases=asked.cases,
                seconds=asked.seconds,
                phases=asked.phases,
            )
            for one in tape.broken:
                print(f"--- {role}\n{one}", file=sys.stderr)
            found |= {
                f"{role}_cases": tape.cases,
                f"{role}_2xx": sum(n for status, n in tape.statuses.items() if status < 300),
                f"{role}_5xx": tape.failures,
                f"{role}_breaks": len(tape.broken),
                f"{role}_p99_ms": tape.p99_ms(),
            }
            print(role, dict(sorted(tape.statuses.items())), file=sys.stderr)
            yield found


@results.trial("schemathesis", engines=True)
def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    words.add_argument("--cases", type=int, default=CASES, help="for each role")
    words.add_argument("--seconds", type=float, default=3600, help="at most, for each role")
    words.add_argument("--phases", default="examples,coverage,fuzzing,stateful")
    words.add_argument("--roles", nargs="+", default=[NOBODY, *ROLES], choices=[NOBODY, *ROLES])
    asked = words.parse_args()
    url = os.environ.get("DATABASE_URL", "")
    with Installation(url) as home:
        home.manage("migrate", "-v0")
        home.manage("compile_texts")
        home.manage("collectstatic", "--noinput", "-v0")
        home.manage("load_demo", "--cases", "12", "-v0")
        for number, found in enumerate(trial(home, asked), 1):
            # Kept after each role: the whole takes long.
            passed = judged(found, asked.roles[:number], asked.cases)
            least = min(found[f"{role}_cases"] for role in asked.roles[:number])
            short = results.fewer(cases_a_role=(least, CASES), roles=(number, 1 + len(ROLES)))
            results.record(f"schemathesis-{results.engine(url)}", found, passed, short=short)
    print(json.dumps(found, indent=1))
    sys.exit(0 if passed else 1)


def judged(found: dict[str, Any], roles: list[str], cases: int) -> bool:
    """Whether each of the roles had its cases, got in, and broke nothing."""
    return all(
        found[f"{role}_cases"] >= cases
        and found[f"{role}_2xx"]
        and not found[f"{role}_5xx"]
        and not found[f"{role}_breaks"]
        for role in roles
    )


if __name__ == "__main__":
    main()

"""`make ledger`: a million leaves in one log. How fast the sequencer orders and signs them, how long
and how large a proof is, how long the separate program needs for it, and whether another library's
trees are the same.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import results
from benchmarks.installation import PLAIN, Installation
from benchmarks.tampering import PROOF_LIMIT, Judge

LEAVES = 1_000_000  # that the promise names
PER_SECOND, HASHES, VERIFIED_MS = 2_000, 20, 5.0
PARTS = "benchmarks.ledger_parts"


def trial(home: Installation, leaves: int, *, proofs: int = 200, tiles: int = 50) -> dict[str, Any]:
    home.manage("migrate", "-v0")
    home.ask(PARTS, "write", str(leaves))
    ordered = home.ask(PARTS, "order")
    known = home.ask(PARTS, "proofs", str(proofs))
    compared = home.ask(PARTS, "compare", str(tiles))
    with tempfile.TemporaryDirectory() as folder:
        judge = Judge(known["vkey"], Path(folder))
        refused, took = 0, []
        for proof in known["proofs"]:
            began = time.perf_counter()
            refused += not judge.believes("check_proof", proof)
            took.append(1000 * (time.perf_counter() - began))
    return {
        "leaves": ordered["size"],
        "ordered per second": round(ordered["leaves"] / ordered["seconds"]),
        "proofs": len(known["proofs"]),
        "refused": refused,
        "most hashes": max(map(hashes_of, known["proofs"])),
        "largest bytes": max(len(one.encode()) for one in known["proofs"]),
        "made ms": known["made ms"],
        "verified ms": round(statistics.median(took), 2),
        **compared,
    }


def hashes_of(proof: str) -> int:
    """Siblings on the way to the root: the lines between the index and the signed head."""
    lines = proof.split("\n\n", 1)[0].splitlines()
    return len(lines) - 1 - next(n for n, one in enumerate(lines) if one.startswith("index "))


def held(found: dict[str, Any]) -> bool:
    return (
        found["ordered per second"] >= PER_SECOND
        and found["refused"] == 0
        and found["most hashes"] <= HASHES
        and found["largest bytes"] <= PROOF_LIMIT
        and found["verified ms"] < VERIFIED_MS
        and found["tiles differ"] == 0
        and found["root is the same"]
    )


@results.trial("ledger")
def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.ledger", description=__doc__)
    words.add_argument("--leaves", type=int, default=LEAVES)
    asked = words.parse_args()
    with Installation(os.environ.get("DATABASE_URL", ""), settings=PLAIN) as home:
        found = trial(home, asked.leaves)
    print(json.dumps(found, indent=1))
    short = results.fewer(leaves=(found["leaves"], LEAVES))
    results.record("ledger", found, held(found), short=short)
    sys.exit(0 if held(found) else 1)


if __name__ == "__main__":
    main()

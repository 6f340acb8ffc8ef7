"""`make tampering`: ledgers, proofs and heads are altered; the separate programs must find it all.

The programs in verify/ are loaded from their files: nothing of the product is asked. Their answer to
what was not altered must be yes, or finding everything would mean nothing.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks import results
from benchmarks.installation import PLAIN, ROOT, Installation

PROOF_LIMIT = 2048  # bytes, without the resident's own words
Change = Callable[[str, random.Random], str]


def bit(text: str, chance: random.Random) -> str:
    """One bit of one byte; where that is no UTF-8 any more, the program meets what a reader makes of it."""
    raw = bytearray(text.encode())
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return raw.decode("utf-8", "replace")


def cut(text: str, chance: random.Random) -> str:
    return text[: chance.randrange(len(text))]


def line_gone(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    del lines[chance.randrange(len(lines))]
    return "".join(lines)


def line_twice(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    place = chance.randrange(len(lines))
    return "".join([*lines[: place + 1], *lines[place:]])


def lines_swapped(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    one, other = chance.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]
    return "".join(lines)


def record_rewritten(text: str, chance: random.Random) -> str:
    """As somebody would who knows the format: another record under the old salt, index kept."""
    lines = text.splitlines(keepends=True)
    place = chance.randrange(1, len(lines))
    entry = json.loads(lines[place])
    entry["record"]["action"] += "x"
    lines[place] = json.dumps(entry, ensure_ascii=False) + "\n"
    return "".join(lines)


def leaves_exchanged(text: str, chance: random.Random) -> str:
    """Two entries change places, each with the other's number."""
    lines = text.splitlines(keepends=True)
    one, other = chance.sample(range(1, len(lines)), 2)
    first, second = json.loads(lines[one]), json.loads(lines[other])
    first["index"], second["index"] = second["index"], first["index"]
    lines[one], lines[other] = (json.dumps(e, ensure_ascii=False) + "\n" for e in (second, first))
    return "".join(lines)


ANYWHERE: tuple[Change, ...] = (bit, bit, bit, cut)
IN_BUNDLES: tuple[Change, ...] = (
    *ANYWHERE, line_gone, line_twice, lines_swapped, record_rewritten, leaves_exchanged,
)  # fmt: skip
IN_PROOFS: tuple[Change, ...] = (*ANYWHERE, line_gone, line_twice, lines_swapped)


@dataclass
class Outcome:
    """How many of each kind were tried; which were believed."""

    tried: Counter[str] = field(default_factory=Counter)
    believed: list[str] = field(default_factory=list)
    witness_refused: int = 0
    forks: int = 0
    largest_proof: int = 0


class Judge:
    """The separate programs, with the public key alone."""

    def __init__(self, vkey: str, folder: Path) -> None:
        sys.path.insert(0, str(ROOT / "verify"))
        self.verify, self.witness = (
            import_module("lianxin_verify"),
            import_module("lianxin_witness"),
        )
        self.key = self.verify.Key(vkey)
        self.keeper = self.witness.Witness(folder, "witness.example/trial", [vkey])

    def believes(self, check: str, *texts: str) -> bool:
        try:
            getattr(self.verify, check)(*texts, self.key)
        except (
            self.verify.Refused, ValueError, KeyError, TypeError, AttributeError, IndexError,
        ):  # fmt: skip
            return False
        return True

    def cosigns(self, old: int, growth: list[str], head: str) -> bool:
        try:
            self.keeper.add("\n".join([f"old {old}", *growth, "", head]))
        except self.witness.Answer:
            return False
        return True


def tamper(known: dict[str, Any], number: int, folder: Path, *, quiet: bool = True) -> Outcome:
    """So many changes, each of a kind by chance, and every fork."""
    judge, chance, outcome = Judge(known["vkey"], folder), random.Random(), Outcome()
    honest = [("check_bundle", known["bundle"]), *(("check_proof", p) for p in known["proofs"])]
    for check, text in honest:
        if not judge.believes(check, text):
            raise RuntimeError(f"{check} refuses what nobody altered.")
    bar = tqdm(total=number, unit=" changes", disable=quiet)
    while sum(outcome.tried.values()) < number:
        check, text = chance.choice((honest[0], chance.choice(honest[1:])))
        change = chance.choice(IN_BUNDLES if check == "check_bundle" else IN_PROOFS)
        altered = change(text, chance)
        if altered == text:
            continue
        outcome.tried[change.__name__] += 1
        bar.update()
        if judge.believes(check, altered):
            outcome.believed.append(f"{check} {change.__name__}")
    bar.close()
    _forks(known, judge, outcome)
    words = len("路灯坏了，晚上看不见路。".encode())
    outcome.largest_proof = max(len(p.encode()) - 2 * words for p in known["proofs"])
    return outcome


def _forks(known: dict[str, Any], judge: Judge, outcome: Outcome) -> None:
    """Heads signed with the log's own key, over another tree: the growth does not hold."""
    size = 0
    for head, growth in zip(known["heads"][:-1], [[], *known["growths"]], strict=False):
        if not judge.cosigns(size, growth, head):
            raise RuntimeError("The witness refuses an honest head.")
        size = int(head.split("\n")[1])
    for fork in known["forks"]:
        outcome.forks += 1
        outcome.witness_refused += not judge.cosigns(size, fork["growth"], fork["head"])
        before, growth = known["heads"][-2], "\n".join(fork["growth"])
        if judge.believes("check_growth", before, fork["head"], growth):
            outcome.believed.append("check_growth fork")


@results.trial("tampering")
def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.tampering", description=__doc__)
    words.add_argument("--changes", type=int, default=10_000)
    words.add_argument("--entries", type=int, default=60)
    asked = words.parse_args()
    with Installation(settings=PLAIN) as home, tempfile.TemporaryDirectory() as folder:
        home.ask("benchmarks.worlds", "small")
        known = home.ask("benchmarks.tampering_parts", str(asked.entries))
        outcome = tamper(known, asked.changes, Path(folder), quiet=None)
    tried = sum(outcome.tried.values())
    figures: dict[str, results.Figure] = {
        "changes": tried,
        "believed": len(outcome.believed),
        "forks": outcome.forks,
        "forks_refused_by_the_witness": outcome.witness_refused,
        **{f"kind_{name}": times for name, times in sorted(outcome.tried.items())},
    }
    print(json.dumps(figures, indent=1), *outcome.believed[:20])
    well = not outcome.believed and outcome.witness_refused == outcome.forks
    results.record("tampering", figures, well, short=results.fewer(changes=(tried, 10_000)))
    small = outcome.largest_proof <= PROOF_LIMIT
    proofs = {"proofs": len(known["proofs"]), "refused": 0, "largest_bytes": outcome.largest_proof}
    results.record("proofs", proofs, small)
    sys.exit(0 if well and small else 1)


if __name__ == "__main__":
    main()

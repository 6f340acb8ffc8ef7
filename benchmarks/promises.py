"""What is promised of reliability, security and speed: a row each, and the trials that judge it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Promise:
    """`trials` are names of results; the promise is held when all of them ran and passed."""

    number: int
    says: str
    target: str
    trials: tuple[str, ...]
    how: str


def _both(*names: str) -> tuple[str, ...]:
    """The trials of a name on both engines."""
    return tuple(f"{name}-{engine}" for name in names for engine in ("sqlite", "postgresql"))


PROMISES = (
    Promise(
        1,
        "an accepted receipt is never lost",
        "0 lost over ≥ 200 kills, both engines",
        _both("crash"),
        "make crash",
    ),
    Promise(
        2,
        "nothing is doubled",
        "0 doubled with repeated sends, also at once; 0 illegal states in 50,000 acts; 0 jobs twice",
        (*_both("crash"), "one-key", "machine", "clock"),
        "make crash, make one-key, make machine, make clock",
    ),
    Promise(
        3,
        "a power cut loses nothing acknowledged",
        "0 lost in 100 cuts; the control without fsync loses > 0",
        _both("powercut"),
        "make powercut",
    ),
    Promise(
        4,
        "a full disk is harmless",
        "0 corrupt, 0 false receipts, ≤ 10 s back",
        ("disk-full",),
        "make diskfull",
    ),
    Promise(
        5,
        "a node of the database may be lost",
        "0 lost, 0 doubled, gap ≤ 30 s",
        ("failover",),
        "make failover",
    ),
    Promise(
        6,
        "back-ups restore",
        "root and counts equal, 1,000 opened, ≤ 5 min at 1 M cases",
        (*_both("drill"), "pitr"),
        "make drill, make pitr",
    ),
    Promise(7, "a restart is quick", "first 2xx ≤ 5 s after kill -9", _both("crash"), "make crash"),
    Promise(
        8,
        "every event is delivered",
        "≥ 1 seen, effect 1, order kept, backlog of 10,000 ≤ 60 s",
        _both("outbox"),
        "make outbox",
    ),
    Promise(
        9,
        "tampering is found",
        "100 % of 10,000 mutations, and forks",
        ("tampering",),
        "make tampering",
    ),
    Promise(
        10,
        "a resident's proof holds off-line",
        "100 % by independent code, ≤ 2 kB, ≤ 20 hashes and < 5 ms at 1,000,000 leaves",
        ("proofs", "ledger"),
        "make tampering, make ledger",
    ),
    Promise(
        11,
        "appraisals are secret",
        "linkage ≤ chance + 3σ, k ≥ 10",
        ("appraisal-secret",),
        "comes with appraisals",
    ),
    Promise(
        12,
        "appraisals can be counted again",
        "a second program agrees, 100 % of trackers found",
        ("appraisal-count",),
        "comes with appraisals",
    ),
    Promise(
        13,
        "the authorisation matrix holds",
        "100 % of ≥ 5,000 pairs, no address without a row",
        ("matrix",),
        "make matrix",
    ),
    Promise(
        14,
        "divisions are apart",
        "0 leaks in 10,000 mixed requests, every table FORCE RLS",
        ("isolation",),
        "make isolation",
    ),
    Promise(
        15,
        "no personal data outside its place",
        "0 of 1,000 planted in files, WAL, logs, back-ups, cache, pages",
        _both("planted"),
        "make planted",
    ),
    Promise(
        16,
        "erasure is real",
        "unreadable ≤ 24 h, back-ups included; the ledger still verifies",
        _both("erasure"),
        "make erasure",
    ),
    Promise(
        17,
        "keys rotate on line",
        "100,000 rows, 0 errors, 0 old ids",
        _both("rotation"),
        "make rotation",
    ),
    Promise(
        18,
        "the API never answers 5xx",
        "0 in ≥ 100,000 fuzzed and ≥ 20,000 generated",
        _both("schemathesis", "corpus"),
        "make fuzz",
    ),
    Promise(
        19,
        "uploads are safe",
        "0 of ≥ 500 hostile served live, 0 with GPS",
        ("uploads",),
        "make uploads",
    ),
    Promise(
        20,
        "guessing is hopeless",
        "≥ 100 bit, 429 after 10, Δ < 1 ms",
        ("guessing",),
        "make guessing",
    ),
    Promise(
        21,
        "staff sign in with two factors",
        "100 % of staff addresses, 0 fixation, 0 replay",
        ("staff-sign-in",),
        "make asvs",
    ),
    Promise(
        22,
        "the chosen ASVS items are tested",
        "all chosen answered: pass, not applicable or open",
        ("asvs",),
        "make asvs",
    ),
    Promise(
        23,
        "a storm is weathered",
        "p95 < 300 / 800 ms at 1×; at 10×: shed, 0 accepted lost",
        _both("storm"),
        "make storm",
    ),
    Promise(
        24,
        "it runs on and on",
        "RSS slope < 1 MB/min, descriptors and WAL flat, 0 errors",
        _both("soak"),
        "make soak",
    ),
    Promise(
        25,
        "the tests mean something",
        "≥ 12 control mutants, 100 % caught",
        _both("mutants"),
        "make mutants",
    ),
)

#: What a trial breaks itself, or leaves undone, to show that it would see it; by the target of make.
#: Faults in the source are in controls.py.
OWN_CONTROLS = (
    ("crash", "a receipt before its commit, and keys that are forgotten"),
    ("powercut", "commits that are not forced to the disk"),
    ("failover", "a receipt before its commit"),
    ("isolation", "policies left out or opened, three ways"),
    ("planted", "one name left unsealed, one logged"),
    ("rotation", "a text in three tables left under the old key"),
    ("tampering", "what nobody altered must be believed"),
    ("uploads", "a picture kept as it came (tests/record/test_hostile.py)"),
    ("matrix", "an address without a row, an expectation that is wrong"),
    ("asvs", "the same walk with the second factor opens the pages"),
    ("guessing", "the right code opens while wrong ones are put off"),
)

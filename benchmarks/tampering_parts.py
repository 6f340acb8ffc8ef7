"""A ledger to be tampered with, made by the product's own services. What is said is JSON.

python -m benchmarks.tampering_parts ENTRIES
"""

from __future__ import annotations

import base64
import json
import sys
from itertools import pairwise
from typing import Any

COUNTY = "530112"
BATCHES = 5


def made(entries: int) -> dict[str, Any]:
    """Heads after every batch with their growth, all entries opened, residents' proofs, and forks.

    A fork is what somebody with our signing key could publish: a head of a size there was, and one
    that grew, over leaves of which one is another.
    """
    from django.db.models import Q

    from lianxin.kernel import merkle
    from lianxin.record.models import Leaf
    from lianxin.record.queries import ledger

    heads, growths = [], []
    for _ in range(BATCHES):
        _batch(entries // BATCHES)
        log = ledger.log_of(COUNTY)
        heads.append(log.checkpoint)
        growths.append(log.size)
    read = ledger.tile_reader(log)
    leaves = [
        merkle.leaf_hash(bytes(one))
        for one in Leaf.objects.order_by("index").values_list("commitment", flat=True)
    ]
    return {
        "vkey": ledger.signer(COUNTY).verifier.vkey,
        "heads": heads,
        "growths": [_lines(merkle.consistency(old, new, read)) for old, new in pairwise(growths)],
        "bundle": "".join(
            json.dumps(line, ensure_ascii=False) + "\n" for line in ledger.bundle(log, Q())
        ),
        "proofs": _proofs(),
        "forks": [_fork(leaves, growths[-2], size) for size in (growths[-2], growths[-1])],
    }


def _batch(number: int) -> None:
    """Acts, and a resident's filing, ordered and signed."""
    from lianxin.cases.services import filing
    from lianxin.kernel.clock import now
    from lianxin.kernel.ids import uuid7
    from lianxin.record.services import ledger, write

    at, key = now(), str(uuid7())
    draft = filing.Draft(
        words="路灯坏了，晚上看不见路。", division_code="530112005001", channel="web"
    )
    filing.file_case(draft=draft, key=key, actor=key, route="trial", by=None, at=at)
    for _ in range(number - 1):
        subject = ("trial.thing", uuid7())
        write(action="trial.done", by=None, at=at, division_code=COUNTY, subject=subject)
    ledger.sequence_all(at)


def _proofs() -> list[str]:
    from lianxin.cases.models import Case
    from lianxin.record.queries import ledger

    found = []
    for case in Case.objects.all():
        leaf = ledger.leaf_of_act(case, "cases.case.filed")
        assert leaf is not None
        found.append(ledger.proof_of(leaf, content=case.words))
    return found


def _fork(leaves: list[bytes], old: int, size: int) -> dict[str, Any]:
    """A signed head of another tree, and the growth that its maker would show for it."""
    from lianxin.kernel import merkle
    from lianxin.kernel.notes import Checkpoint
    from lianxin.record.queries import ledger

    other = merkle.reader([merkle.leaf_hash(b"forged"), *leaves[1:]])
    head = Checkpoint(ledger.origin(COUNTY), size, merkle.root(size, other))
    return {
        "old": old,
        "head": ledger.signer(COUNTY).sign(head.text()),
        "growth": _lines(merkle.consistency(old, size, other)),
    }


def _lines(hashes: list[bytes]) -> list[str]:
    return [base64.b64encode(one).decode() for one in hashes]


def main() -> None:
    import django

    django.setup()
    print(json.dumps(made(int(sys.argv[1])), ensure_ascii=False))


if __name__ == "__main__":
    main()

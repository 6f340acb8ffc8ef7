"""A large ledger, made and ordered by the product's own services, for `make ledger`. What is said is JSON.

python -m benchmarks.ledger_parts write LEAVES      acts with their leaves, not ordered yet
python -m benchmarks.ledger_parts order             seconds in which the sequencer orders and signs them
python -m benchmarks.ledger_parts proofs NUMBER     proofs of leaves by chance, and how long each took
python -m benchmarks.ledger_parts compare TILES     tiles by chance against trees of another library
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from typing import Any

COUNTY = "530112"
AT_ONCE = 5_000


def write(count: int) -> dict[str, int]:
    from django.db import transaction

    from lianxin.kernel.clock import now
    from lianxin.kernel.ids import uuid7
    from lianxin.record.services import journal

    for start in range(0, count, AT_ONCE):
        notes = (
            journal.Note("trial.done", COUNTY, ("trial.thing", uuid7()), {})
            for _ in range(min(AT_ONCE, count - start))
        )
        with transaction.atomic():
            journal.write_many(notes, by=None, at=now())
    return {"written": count}


def order() -> dict[str, Any]:
    from lianxin.kernel.clock import now
    from lianxin.record.queries import ledger as queries
    from lianxin.record.services import ledger

    began = time.perf_counter()
    leaves = ledger.sequence_all(now())
    seconds = time.perf_counter() - began
    return {"leaves": leaves, "seconds": seconds, "size": queries.log_of(COUNTY).size}


def proofs(number: int) -> dict[str, Any]:
    """First and last leaf among them: the ways of a tree that is not full differ in length."""
    from lianxin.record.models import Leaf
    from lianxin.record.queries import ledger

    log, found, took = ledger.log_of(COUNTY), [], []
    chosen = {0, log.size - 1, *random.sample(range(log.size), min(number, log.size))}
    for leaf in Leaf.objects.filter(index__in=chosen).select_related("entry"):
        began = time.perf_counter()
        found.append(ledger.proof_of(leaf))
        took.append(1000 * (time.perf_counter() - began))
    return {
        "vkey": ledger.signer(COUNTY).verifier.vkey,
        "proofs": found,
        "made ms": round(statistics.median(took), 2),
    }


def compare(tiles: int) -> dict[str, Any]:
    """Full tiles of leaves byte by byte, and what stands for each in the tile above; then the signed
    head, for which the other library reads every leaf."""
    from pymerkle import InmemoryTree

    from lianxin.record.models import Leaf
    from lianxin.record.queries import ledger

    log = ledger.log_of(COUNTY)
    leaves = Leaf.objects.filter(division_code=COUNTY).order_by("index")
    whole, differ = InmemoryTree(algorithm="sha256"), []
    chosen = set(random.sample(range(log.size // 256), min(tiles, log.size // 256)))
    read = ledger.tile_reader(log)
    for number in range(-(-log.size // 256)):
        rows = leaves.filter(index__gte=256 * number, index__lt=256 * (number + 1))
        data = [bytes(one) for one in rows.values_list("commitment", flat=True)]
        for one in data:
            whole.append_entry(one)
        if number in chosen:
            tree = InmemoryTree.init_from_entries(data, algorithm="sha256")
            tile = b"".join(tree.get_leaf(place + 1) for place in range(256))
            same = tile == ledger.tile_of(log, 0, number, 256)
            if not same or tree.get_root(256) != read(8, number):
                differ.append(number)
    return {
        "tiles": len(chosen),
        "tiles differ": len(differ),
        "root is the same": whole.get_root(log.size) == bytes(log.root),
    }


def main() -> None:
    import django

    django.setup()
    from lianxin.kernel import scope

    scope.open_for_process("run by hand")
    what, *number = sys.argv[1:]
    acts = {"write": write, "order": order, "proofs": proofs, "compare": compare}
    print(json.dumps(acts[what](*map(int, number)), ensure_ascii=False))


if __name__ == "__main__":
    main()

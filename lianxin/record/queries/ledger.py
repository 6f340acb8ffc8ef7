"""Reads of the ledger: what a leaf commits to, its proof, and whether everything still holds."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q

from lianxin.kernel import merkle
from lianxin.kernel.keys import ledger_seed
from lianxin.kernel.notes import NoteRefusedError, Signer, open_note, read_checkpoint
from lianxin.kernel.refused import Absent
from lianxin.record.models import Entry, Leaf, Log, Tile
from lianxin.record.queries.journal import Subject, subject_key

#: The scope of what belongs to no place.
NOWHERE = "0"


def log_code(division_code: str) -> str:
    """The log of a division: its county's, or its own above the counties."""
    return division_code[:6] or NOWHERE


def origin(code: str) -> str:
    """The name of a log: the installation's, and its scope."""
    return f"{settings.LEDGER_NAME}/ledger/{code}"


def signer(code: str) -> Signer:
    return Signer(origin(code), ledger_seed())


def record_of(entry: Entry) -> dict[str, Any]:
    """What is committed to of an entry. The name of the actor is left out, the key stays."""
    return {
        "id": str(entry.pk),
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "action": entry.action,
        "actor": str(entry.actor_id) if entry.actor_id else None,
        "organ": str(entry.organ_id) if entry.organ_id else None,
        "division": entry.division_code,
        "subject": [entry.subject_type, str(entry.subject_id)],
        "data": entry.data,
    }


def canonical(record: dict[str, Any]) -> bytes:
    """A record as bytes: JSON in UTF-8, keys in order, no blanks."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def commitment(entry: Entry, salt: bytes) -> bytes:
    """The leaf's 32 bytes: HMAC-SHA-256 of the record under the salt."""
    return hmac.digest(salt, canonical(record_of(entry)), "sha256")


def tile_reader(log: Log) -> merkle.Read:
    """A reader of hashes over the log's tiles; each tile is read once."""
    kept: dict[tuple[int, int], bytes] = {}

    def read(level: int, index: int) -> bytes:
        height, below = divmod(level, merkle.TILE_HEIGHT)
        first = index << below
        place = (height, first >> merkle.TILE_HEIGHT)
        if place not in kept:
            tile = Tile.objects.get(log=log, level=place[0], index=place[1])
            kept[place] = bytes(tile.hashes)
        offset = (first % merkle.TILE_WIDTH) * 32
        piece = kept[place][offset : offset + (32 << below)]
        row = [piece[i : i + 32] for i in range(0, len(piece), 32)]
        while len(row) > 1:
            row = merkle.fold(row)
        return row[0]

    return read


@dataclass(frozen=True, slots=True)
class Head:
    """A log as the public page shows it."""

    code: str
    origin: str
    size: int
    root: str
    signed_at: datetime
    vkey: str


def heads() -> list[Head]:
    """All logs, by the code of their place. One query."""
    return [
        Head(
            code=log.division_code,
            origin=origin(log.division_code),
            size=log.size,
            root=base64.b64encode(bytes(log.root)).decode(),
            signed_at=log.signed_at,
            vkey=signer(log.division_code).verifier.vkey,
        )
        for log in Log.objects.order_by("division_code")
    ]


def log_of(code: str) -> Log:
    """The log of a code. Raises Absent."""
    log = Log.objects.filter(division_code=code).first()
    if log is None:
        raise Absent
    return log


def tile_of(log: Log, level: int, index: int, width: int) -> bytes:
    """The first `width` hashes of a tile. Raises Absent where it has not so many."""
    found = Tile.objects.filter(log=log, level=level, index=index).first()
    hashes = bytes(found.hashes)[: 32 * width] if found else b""
    if len(hashes) != 32 * width or not width:
        raise Absent
    return hashes


def leaf_of_act(subject: Subject, action: str, *, at: datetime | None = None) -> Leaf | None:
    """The leaf of the first entry of this kind on a subject, written at a moment. One query."""
    kind, key = subject_key(subject)
    leaves = Leaf.objects.filter(
        entry__subject_type=kind, entry__subject_id=key, entry__action=action
    )
    if at is not None:
        leaves = leaves.filter(entry__at=at)
    return leaves.select_related("entry").order_by("entry_id").first()


def proof_of(leaf: Leaf, *, content: str = "") -> str:
    """The `.tlog-proof` of an ordered leaf (C2SP tlog-proof), with record, salt and words as extra.

    Raises Absent where the leaf is not ordered yet.
    """
    log = Log.objects.filter(division_code=leaf.division_code).first()
    if log is None or leaf.index is None or leaf.index >= log.size:
        raise Absent
    extra: dict[str, Any] = {}
    if leaf.salt:
        extra = {"record": record_of(leaf.entry), "salt": bytes(leaf.salt).hex()}
        extra |= {"content": content} if content else {}
    path = merkle.inclusion(leaf.index, log.size, tile_reader(log))
    packed = base64.b64encode(canonical({"commitment": bytes(leaf.commitment).hex(), **extra}))
    lines = ["c2sp.org/tlog-proof@v1", f"extra {packed.decode()}", f"index {leaf.index}"]
    lines += [base64.b64encode(one).decode() for one in path]
    return "\n".join([*lines, "", log.checkpoint + log.cosignatures])


def bundle(log: Log, shown: Q) -> Iterator[dict[str, Any]]:
    """A whole log for a check without network: its head, then every leaf in order.

    Leaves whose entry meets `shown` come with record and salt; of the others, and of forgotten ones,
    nobody learns more than that they are there. What is left out is thereby found.
    """
    yield {"checkpoint": log.checkpoint}
    leaves = Leaf.objects.filter(division_code=log.division_code, index__lt=log.size)
    chosen = set(leaves.filter(shown).values_list("pk", flat=True))
    for leaf in leaves.select_related("entry").order_by("index").iterator(chunk_size=500):
        line: dict[str, Any] = {"index": leaf.index, "commitment": bytes(leaf.commitment).hex()}
        if leaf.pk in chosen and leaf.salt:
            line |= {"salt": bytes(leaf.salt).hex(), "record": record_of(leaf.entry)}
        yield line


def entry_bundle(log: Log, index: int, width: int) -> bytes:
    """The leaves `index * 256 …`, `width` of them, each with its length before it (C2SP tlog-tiles).

    Raises Absent where there are not so many, or they are not signed yet.
    """
    first = index * merkle.TILE_WIDTH
    if not width or first + width > log.size:
        raise Absent
    leaves = Leaf.objects.filter(
        division_code=log.division_code, index__gte=first, index__lt=first + width
    ).order_by("index")
    return b"".join(
        len(one).to_bytes(2, "big") + bytes(one)
        for one in leaves.values_list("commitment", flat=True)
    )


def faults(log: Log) -> Iterator[str]:
    """What does not hold in a log: signature, root, places, leaves and their entries. Reads it all."""
    try:
        head = read_checkpoint(open_note(log.checkpoint, [signer(log.division_code).verifier]))
    except NoteRefusedError as error:
        yield f"checkpoint: {error}"
        return
    if (head.size, head.root) != (log.size, bytes(log.root)):
        yield "checkpoint: it signs another head"
    hashes: list[bytes] = []
    leaves = Leaf.objects.filter(division_code=log.division_code, index__isnull=False)
    for leaf in leaves.select_related("entry").order_by("index").iterator(chunk_size=1000):
        if leaf.index != len(hashes):
            yield f"leaf {len(hashes)} is missing"
            return
        hashes.append(merkle.leaf_hash(bytes(leaf.commitment)))
        if leaf.salt and commitment(leaf.entry, bytes(leaf.salt)) != bytes(leaf.commitment):
            yield f"entry {leaf.entry_id} was changed"
    if len(hashes) != log.size:
        yield f"{log.size} leaves are signed, {len(hashes)} are there"
    elif merkle.root(len(hashes), merkle.reader(hashes)) != bytes(log.root):
        yield "the leaves do not give the signed root"
    elif merkle.root(log.size, tile_reader(log)) != bytes(log.root):
        yield "the tiles do not give the signed root"


def waiting() -> tuple[int, datetime | None]:
    """How many leaves are not ordered and signed yet, and when the oldest of them was written."""
    found = Leaf.objects.filter(index__isnull=True).aggregate(n=Count("pk"), at=Min("entry__at"))
    return found["n"], found["at"]


def without_leaf() -> int:
    """How many entries of the journal have no leaf, since the ledger began; none is right."""
    first = Leaf.objects.order_by("entry_id").select_related("entry").first()
    since = {"at__gt": first.entry.at} if first else {}
    found: int = Entry.objects.filter(leaf__isnull=True, **since).count()
    return found

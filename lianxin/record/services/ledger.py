"""The ledger with proofs: leaves in the act's transaction, ordered and signed by one sequencer a log."""

from __future__ import annotations

import base64
import hmac
import os
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Model

from lianxin.kernel import merkle, statements
from lianxin.kernel.db import retry_on_conflict
from lianxin.kernel.ids import uuid7
from lianxin.kernel.notes import Checkpoint
from lianxin.record.models import Entry, Leaf, Log, Tile
from lianxin.record.queries import ledger as queries
from lianxin.record.queries.journal import subject_key

SALT_BYTES = 32
MOST_AT_ONCE = 5_000


def fresh_salt() -> bytes:
    return os.urandom(SALT_BYTES)


def sealed_content(salt: bytes, content: str) -> str:
    """What an entry says of words it must not hold: their HMAC-SHA-256 under the leaf's salt, hex."""
    return hmac.digest(salt, b"content\n" + content.encode(), "sha256").hex()


def leaf_of(entry: Entry, salt: bytes) -> Leaf:
    """The unsaved leaf of an entry, to be written in the same transaction."""
    return statements.new(
        Leaf,
        entry_id=entry.pk,
        division_code=queries.log_code(entry.division_code),
        salt=salt,
        commitment=queries.commitment(entry, salt),
    )


def sequence_all(at: datetime) -> int:
    """Orders and signs what waits, log by log; returns how many leaves. For the scheduler."""
    waiting = Leaf.objects.filter(index__isnull=True).order_by()
    codes = waiting.values_list("division_code", flat=True).distinct()
    return sum(_drained(code, at) for code in sorted(codes))


def _drained(code: str, at: datetime) -> int:
    done = 0
    while number := sequence(log_code=code, at=at):
        done += number
        if number < MOST_AT_ONCE:
            break
    return done


@retry_on_conflict
@transaction.atomic
def sequence(*, log_code: str, at: datetime, limit: int = MOST_AT_ONCE) -> int:
    """Gives waiting leaves their places in the log and signs its new head; returns how many.

    Locks the log, so that one process alone orders it → leaves in the order of their entries' keys →
    tiles → root → checkpoint. Signing time never goes back, even when the clock does.
    """
    log = _locked(log_code, at)
    waiting = list(
        Leaf.objects.filter(division_code=log_code, index__isnull=True).order_by("entry_id")[:limit]
    )
    if not waiting:
        return 0
    for index, leaf in enumerate(waiting, start=log.size):
        leaf.index = index
    statements.update_each(waiting, "index")
    _append(log, [merkle.leaf_hash(bytes(leaf.commitment)) for leaf in waiting])
    _sign(log, at)
    log.cosignatures, log.cosigners = "", []
    log.save(update_fields=("size", "root", "checkpoint", "signed_at", "cosignatures", "cosigners"))
    return len(waiting)


def _locked(code: str, at: datetime) -> Log:
    fresh = Log(division_code=code, root=merkle.EMPTY_ROOT, checkpoint="", signed_at=at)
    Log.objects.bulk_create([fresh], ignore_conflicts=True)
    return Log.objects.select_for_update().get(division_code=code)


def _append(log: Log, hashes: Sequence[bytes]) -> None:
    """Hashes go into the tiles of the lowest level, full tiles into those above."""
    level, row = 0, list(hashes)
    log_size = log.size
    log.size += len(row)
    while row:
        place = log_size >> merkle.TILE_HEIGHT * level
        row = _extended(log, level, place, row)
        level += 1


def _extended(log: Log, level: int, place: int, row: Sequence[bytes]) -> list[bytes]:
    """Writes one level's tiles from `place` on; returns the hashes of those that became full."""
    above: list[bytes] = []
    index, width = divmod(place, merkle.TILE_WIDTH)
    begun = bytearray()
    if width:
        begun += bytes(log.tiles.get(level=level, index=index).hashes)
    for hash_ in row:
        begun += hash_
        if len(begun) == 32 * merkle.TILE_WIDTH:
            _write(log, level, index, bytes(begun))
            above.append(merkle.full_tile_hash(bytes(begun)))
            index, begun = index + 1, bytearray()
    if begun:
        _write(log, level, index, bytes(begun))
    return above


def _write(log: Log, level: int, index: int, hashes: bytes) -> None:
    Tile.objects.update_or_create(
        log=log, level=level, index=index, defaults={"hashes": hashes}, create_defaults={
            "id": uuid7(), "hashes": hashes,
        },
    )  # fmt: skip


def _sign(log: Log, at: datetime) -> None:
    log.root = merkle.root(log.size, queries.tile_reader(log))
    head = Checkpoint(queries.origin(log.division_code), log.size, bytes(log.root))
    log.checkpoint = queries.signer(log.division_code).sign(head.text())
    log.signed_at = max(at, log.signed_at)


def promise(leaf: Leaf, at: datetime) -> str:
    """A signed note that this leaf will be in the log within a minute; good until there is a proof."""
    text = "\n".join(
        (
            "lianxin promise v1",
            queries.origin(leaf.division_code),
            base64.b64encode(merkle.leaf_hash(bytes(leaf.commitment))).decode(),
            at.isoformat(timespec="seconds"),
            "",
        )
    )
    return queries.signer(leaf.division_code).sign(text)


@transaction.atomic
def forget_contents(
    *, subjects: Iterable[Model], acts: Collection[tuple[str, datetime]] | None = None
) -> int:
    """Destroys the salts of entries on these subjects that commit to words; returns how many.

    With `acts` only of those: the action, and when it was.
    """
    entries = Entry.objects.none()
    for key in map(subject_key, subjects):
        entries |= Entry.objects.filter(subject_type=key[0], subject_id=key[1])
    leaves = Leaf.objects.select_for_update(of=("self",)).select_related("entry")
    telling = [
        one
        for one in leaves.filter(entry__in=entries)
        if "content" in one.entry.data
        and (acts is None or (one.entry.action, one.entry.at) in acts)
    ]
    return Leaf.objects.filter(pk__in=[one.pk for one in telling]).update(salt=None)

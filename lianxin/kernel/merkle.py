"""Trees of hashes after RFC 6962, kept as tiles (C2SP tlog-tiles): roots, proofs, and their checks.

Nothing here knows a database: hashes are asked of a reader, `read(level, index)`, which returns the
hash of the complete subtree of `2**level` leaves that begins at leaf `index << level`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

Hash = bytes
Read = Callable[[int, int], Hash]

EMPTY_ROOT: Hash = hashlib.sha256(b"").digest()
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT


def leaf_hash(data: bytes) -> Hash:
    """The hash of a leaf (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    """The hash of an inner node (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def reader(leaves: Sequence[Hash]) -> Read:
    """A reader over hashes of leaves held in memory."""

    def read(level: int, index: int) -> Hash:
        if level == 0:
            return leaves[index]
        return node_hash(read(level - 1, 2 * index), read(level - 1, 2 * index + 1))

    return read


def root(size: int, read: Read) -> Hash:
    """The root of the first `size` leaves."""
    return _range(0, size, read) if size else EMPTY_ROOT


def inclusion(index: int, size: int, read: Read) -> list[Hash]:
    """The way from a leaf to the root of `size` leaves (RFC 6962, 2.1.1), the sibling first.

    Raises ValueError where there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError("This leaf is not in the tree.")
    return _path(index, 0, size, read)


def consistency(old: int, new: int, read: Read) -> list[Hash]:
    """That the tree of `old` leaves begins the tree of `new` ones (RFC 6962, 2.1.2).

    Empty for an old tree without leaves, and for equal sizes. Raises ValueError where it shrinks.
    """
    if not 0 <= old <= new:
        raise ValueError("A tree never shrinks.")
    return _subproof(old, 0, new, read, whole=True) if 0 < old < new else []


def check_inclusion(leaf: Hash, index: int, size: int, path: Sequence[Hash], claimed: Hash) -> bool:
    """Whether the path leads from the leaf to the claimed root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    number, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if number & 1 or number == last:
            found = node_hash(sibling, found)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        number, last = number >> 1, last >> 1
    return last == 0 and found == claimed


def check_consistency(
    old: int, new: int, old_root: Hash, new_root: Hash, path: Sequence[Hash]
) -> bool:
    """Whether the old root's tree begins the new root's (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old == new or old == 0:
        return not path and (old_root == new_root if old == new else old_root == EMPTY_ROOT)
    hashes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not hashes:
        return False
    number, last = old - 1, new - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    first = second = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        number, last = number >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def fold(hashes: Iterable[Hash]) -> list[Hash]:
    """One level up: pairs are hashed, what is left over alone is not carried up."""
    row = list(hashes)
    return [node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]


def full_tile_hash(tile: bytes) -> Hash:
    """The hash that a full tile (256 hashes, 8,192 bytes) has in the tile above."""
    row = [tile[i : i + 32] for i in range(0, len(tile), 32)]
    if len(row) != TILE_WIDTH:
        raise ValueError("Only a full tile has a hash above it.")
    while len(row) > 1:
        row = fold(row)
    return row[0]


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _range(start: int, end: int, read: Read) -> Hash:
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return read(level, start >> level)
    middle = start + _split(size)
    return node_hash(_range(start, middle, read), _range(middle, end, read))


def _path(index: int, start: int, end: int, read: Read) -> list[Hash]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, read), _range(middle, end, read)]
    return [*_path(index, middle, end, read), _range(start, middle, read)]


def _subproof(old: int, start: int, end: int, read: Read, *, whole: bool) -> list[Hash]:
    if old == end:
        return [] if whole else [_range(start, end, read)]
    middle = start + _split(end - start)
    if old <= middle:
        return [*_subproof(old, start, middle, read, whole=whole), _range(middle, end, read)]
    return [*_subproof(old, middle, end, read, whole=False), _range(start, middle, read)]

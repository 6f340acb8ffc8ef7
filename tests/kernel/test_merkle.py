"""The tree of hashes against the vectors of RFC 6962's reference and against a plain recursion."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_consistency

from lianxin.kernel import merkle

# Leaves and roots that implementations of RFC 6962 agree on.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [merkle.leaf_hash(bytes.fromhex(one)) for one in LEAVES]


def plain_root(leaves):
    """RFC 6962, 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return merkle.node_hash(plain_root(leaves[:split]), plain_root(leaves[split:]))


@pytest.mark.parametrize("size", range(9))
def test_the_known_roots(size):
    assert merkle.root(size, merkle.reader(HASHES)).hex() == ROOTS[size]


def test_a_known_path_and_a_known_consistency():
    read = merkle.reader(HASHES)
    assert [one.hex() for one in merkle.inclusion(0, 8, read)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [one.hex() for one in merkle.consistency(6, 8, read)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@given(st.integers(1, 70), st.data())
def test_every_leaf_is_proven_and_no_other_is(size, data):
    leaves = [merkle.leaf_hash(bytes([n])) for n in range(size)]
    read, root = merkle.reader(leaves), plain_root(leaves)
    assert merkle.root(size, read) == root
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion(index, size, read)
    assert merkle.check_inclusion(leaves[index], index, size, path, root)
    assert not merkle.check_inclusion(merkle.leaf_hash(b"other"), index, size, path, root)
    assert not merkle.check_inclusion(leaves[index], index, size, [*path, root], root)
    if path:
        broken = [bytes([path[0][0] ^ 1]) + path[0][1:], *path[1:]]
        assert not merkle.check_inclusion(leaves[index], index, size, broken, root)
        assert not merkle.check_inclusion(leaves[index], index, size, path[:-1], root)


@given(st.integers(0, 70), st.integers(0, 70))
def test_a_tree_grows_and_nothing_else(first, second):
    old, new = sorted((first, second))
    leaves = [merkle.leaf_hash(bytes([n])) for n in range(new)]
    read = merkle.reader(leaves)
    before, after = plain_root(leaves[:old]), plain_root(leaves)
    path = merkle.consistency(old, new, read)
    assert merkle.check_consistency(old, new, before, after, path)
    forked = plain_root([merkle.leaf_hash(b"fork"), *leaves[1:]])
    if new:
        assert not merkle.check_consistency(old, new, before, forked, path) or not old
    if 0 < old < new:
        assert not merkle.check_consistency(old, new, forked, after, path)
        assert not merkle.check_consistency(old, new, before, after, path[:-1])


def test_what_makes_no_sense_is_refused():
    read = merkle.reader(HASHES)
    with pytest.raises(ValueError, match="not in the tree"):
        merkle.inclusion(8, 8, read)
    with pytest.raises(ValueError, match="never shrinks"):
        merkle.consistency(8, 6, read)
    assert not merkle.check_inclusion(HASHES[0], 8, 8, [], HASHES[0])
    assert not merkle.check_consistency(8, 6, HASHES[0], HASHES[0], [])
    with pytest.raises(ValueError, match="full tile"):
        merkle.full_tile_hash(b"".join(HASHES))


def test_the_hash_of_a_full_tile_is_the_root_of_its_leaves():
    leaves = [merkle.leaf_hash(bytes([n])) for n in range(256)]
    assert merkle.full_tile_hash(b"".join(leaves)) == plain_root(leaves)


def test_another_library_builds_the_same_trees_and_the_same_proofs():
    """pymerkle, written by others after the same RFC: roots of 1 to 300 leaves, and their proofs.

    Its proofs of growth list other nodes than the RFC's; they hold between our roots.
    """
    data = [f"{n}".encode() for n in range(300)]
    other = InmemoryTree(algorithm="sha256")
    for one in data:
        other.append_entry(one)
    leaves = [merkle.leaf_hash(one) for one in data]
    read = merkle.reader(leaves)
    for size in range(1, 301):
        assert merkle.root(size, read) == other.get_root(size)
        index = size * 131 % 89 % size
        proof = other.prove_inclusion(index + 1, size)
        assert sorted([leaves[index], *merkle.inclusion(index, size, read)]) == sorted(proof.path)
        old = size * 97 % 61 % size + 1
        grown = other.prove_consistency(old, size)
        verify_consistency(merkle.root(old, read), merkle.root(size, read), grown)

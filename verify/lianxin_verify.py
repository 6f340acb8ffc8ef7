#!/usr/bin/env python3
"""lianxin-verify: checks proofs of a Lianxin ledger without any network, and without Lianxin.

    lianxin_verify.py proof FILE --key VKEY          one resident's proof, or the promise before it
    lianxin_verify.py bundle FILE --key VKEY         a place's or a venue's ledger, as Lianxin exports it
    lianxin_verify.py grows OLD NEW PROOF --key VKEY a later head continues an earlier one

The key is public: it stands at /ledger/ of the installation, and on paper where people trust it more.
Needs Python 3.9 and the package `cryptography`; shares no line with the product. Exit 0: all holds.
Formats: RFC 6962 trees, C2SP signed notes, checkpoints and tlog-proof.
"""

import argparse
import base64
import hashlib
import hmac
import json
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Refused(Exception):
    """Something does not hold; the sentence says what."""


def need(fact, sentence):
    if not fact:
        raise Refused(sentence)


def unpack(text, sentence):
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise Refused(sentence) from None
    # One writing for each value: otherwise a changed sign could go unnoticed.
    need(base64.b64encode(raw).decode() == text, sentence)
    return raw


def unhex(text):
    raw = bytes.fromhex(text)
    need(raw.hex() == text, "a number is not written as it should be")
    return raw


def unjson(line):
    found = json.loads(line)
    need(json.dumps(found, ensure_ascii=False) == line, "a line is not written as it should be")
    return found


# --- keys and signed notes ------------------------------------------------------------
class Key:
    def __init__(self, vkey):
        name, _, rest = vkey.strip().partition("+")
        number, _, raw = rest.partition("+")
        raw = unpack(raw, "the key cannot be read")
        digest = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        need(len(raw) == 33 and raw[0] == 1 and digest.hex() == number, "this is no Ed25519 vkey")
        self.name, self.id, self.public = name, digest, Ed25519PublicKey.from_public_bytes(raw[1:])

    def open(self, note):
        """The signed text of a note; refuses one that this key has not signed."""
        body, blank, tail = note.rpartition("\n\n")
        need(blank and tail.endswith("\n"), "this is no signed note")
        body += "\n"
        found = False
        for line in tail.splitlines():
            need(line.startswith("\u2014 "), "a signature line cannot be read")
            name, _, packed = line[2:].rpartition(" ")
            raw = unpack(packed, "a signature cannot be read")
            if (name, raw[:4]) == (self.name, self.id):
                try:
                    self.public.verify(raw[4:], body.encode())
                except InvalidSignature:
                    raise Refused("the signature is wrong") from None
                need(not found, "this key has signed it twice")
                found = True
        need(found, "this key has not signed it")
        return body


def head_of(text, origin):
    lines = text.split("\n")
    need(len(lines) >= 4 and lines[1].isdecimal() and str(int(lines[1])) == lines[1], "no head")
    need(lines[0] == origin, "the head is another ledger's: " + lines[0])
    root = unpack(lines[2], "the root cannot be read")
    need(len(root) == 32, "the root is no hash")
    return int(lines[1]), root


# --- trees ----------------------------------------------------------------------------
def leaf(data):
    return hashlib.sha256(b"\x00" + data).digest()


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def climb(index, size, found, path):
    """The root to which a path leads from a leaf."""
    need(0 <= index < size, "there is no such place in the ledger")
    last = size - 1
    for sibling in path:
        need(last, "the path is too long")
        if index % 2 or index == last:
            found = node(sibling, found)
            while index and not index % 2:
                index, last = index // 2, last // 2
        else:
            found = node(found, sibling)
        index, last = index // 2, last // 2
    need(last == 0, "the path is too short")
    return found


def root_of(hashes):
    """The root of a whole tree, leaf by leaf: complete subtrees wait on a pile (RFC 6962, 2.1)."""
    pile = []
    for number, one in enumerate(hashes):
        while number % 2:
            one, number = node(pile.pop(), one), number // 2
        pile.append(one)
    if not pile:
        return hashlib.sha256(b"").digest()
    found = pile.pop()
    while pile:
        found = node(pile.pop(), found)
    return found


def grown(old, new, old_root, new_root, path):
    """Refuses where the old tree does not begin the new one."""
    need(0 <= old <= new, "a ledger never shrinks")
    if old in (0, new):
        need(not path and (old == 0 or old_root == new_root), "two heads of one size differ")
        return
    hashes = list(path)
    if old & (old - 1) == 0:
        hashes.insert(0, old_root)
    need(hashes, "the path is too short")
    place, last = old - 1, new - 1
    while place % 2:
        place, last = place // 2, last // 2
    first = second = hashes[0]
    for sibling in hashes[1:]:
        need(last, "the path is too long")
        if place % 2 or place == last:
            first, second = node(sibling, first), node(sibling, second)
            while place and not place % 2:
                place, last = place // 2, last // 2
        else:
            second = node(second, sibling)
        place, last = place // 2, last // 2
    need(last == 0 and first == old_root and second == new_root, "the ledger was forked")


# --- what a leaf commits to -------------------------------------------------------------
def canonical(record):
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def opened(extra):
    """The commitment of a leaf; where record and salt are known, after having made it anew."""
    known = {"commitment", "content", "index", "record", "salt"}
    need(set(extra) <= known, "it says something that nobody knows")
    commitment = unhex(extra["commitment"])
    need(len(commitment) == 32, "a commitment has 32 bytes")
    if extra.get("salt") is None:
        return commitment, None
    salt, record = unhex(extra["salt"]), extra["record"]
    made = hmac.new(salt, canonical(record), hashlib.sha256).digest()
    need(made == commitment, "the record is not what was written into the ledger")
    if "content" in extra:
        words = hmac.new(salt, b"content\n" + extra["content"].encode(), hashlib.sha256).hexdigest()
        need(words == record["data"].get("content"), "the words are not those that were said")
    return commitment, record


# --- the commands -----------------------------------------------------------------------
def hashes_of(lines):
    return [unpack(one, "a hash of the path cannot be read") for one in lines]


def check_proof(text, key):
    top, blank, note = text.partition("\n\n")
    if not top.startswith("c2sp.org/tlog-proof@v1\n"):
        return check_promise(text, key)
    need(blank, "this is no proof")
    lines = top.split("\n")[1:]
    extra = {}
    if lines[0].startswith("extra "):
        raw = unpack(lines.pop(0)[6:], "the extra line cannot be read")
        extra = json.loads(raw)
        need(canonical(extra) == raw, "the extra line is not written as it should be")
    need(lines and lines[0].startswith("index "), "no index")
    need(lines[0][6:].isdecimal() and str(int(lines[0][6:])) == lines[0][6:], "no index")
    need("commitment" in extra, "the proof does not say what it proves")
    index, path = int(lines[0][6:]), hashes_of(lines[1:])
    size, root = head_of(key.open(note), key.name)
    commitment, record = opened(extra)
    need(climb(index, size, leaf(commitment), path) == root, "the ledger does not hold this")
    what = "%s of %s" % (record["action"], record["at"]) if record else "an entry since forgotten"
    return "valid: %s is leaf %d of %d in %s" % (what, index, size, key.name)


def check_promise(text, key):
    body = key.open(text).split("\n")
    need(
        body[0] == "lianxin promise v1" and body[1] == key.name, "this is neither proof nor promise"
    )
    return "a promise of %s: fetch the proof a minute after" % body[3]


def check_bundle(text, key):
    """Every leaf up to the head stands there, and the opened ones say what was written into them."""
    need(text.endswith("\n"), "the end is missing")
    lines = [unjson(line) for line in text[:-1].split("\n")]
    need(set(lines[0]) == {"checkpoint"}, "the bundle has no head")
    size, root = head_of(key.open(lines[0]["checkpoint"]), key.name)
    need(len(lines) - 1 == size, "%d leaves are signed, %d stand here" % (size, len(lines) - 1))
    hashes, shown = [], 0
    for place, line in enumerate(lines[1:]):
        need(line["index"] == place, "leaves stand twice, out of order, or are missing")
        commitment, record = opened(line)
        hashes.append(leaf(commitment))
        shown += record is not None
    need(root_of(hashes) == root, "these leaves are not those that were signed")
    return "valid: %d entries shown of %d in %s" % (shown, size, key.name)


def check_growth(old, new, proof, key):
    before, after = head_of(key.open(old), key.name), head_of(key.open(new), key.name)
    grown(before[0], after[0], before[1], after[1], hashes_of(proof.split()))
    return "valid: %d leaves grew to %d" % (before[0], after[0])


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=("proof", "bundle", "grows"))
    parser.add_argument("files", nargs="+")
    parser.add_argument("--key", required=True, help="the ledger's vkey, or a file that holds it")
    asked = parser.parse_args(arguments)
    try:
        texts = []
        for name in asked.files:
            with open(name, encoding="utf-8", newline="") as file:
                texts.append(file.read())
        vkey = asked.key
        if "+" not in vkey:
            with open(vkey, encoding="utf-8") as file:
                vkey = file.read()
        check = {"proof": check_proof, "bundle": check_bundle, "grows": check_growth}[asked.what]
        print(check(*texts, Key(vkey)))
    except Refused as refused:
        print("REFUSED: %s" % refused)
        return 1
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        print("REFUSED: it cannot be read (%s)" % type(error).__name__)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

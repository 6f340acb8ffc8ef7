"""Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint), with Ed25519."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ED25519 = 0x01
_DASH = "— "


class NoteRefusedError(ValueError):
    """This is no note, or nobody we trust has signed it."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key under a name, written `name+id+key` (a vkey)."""

    name: str
    key: bytes

    @property
    def key_id(self) -> bytes:
        """SHA-256(name, newline, type, key), its first four bytes."""
        text = self.name.encode() + b"\n" + bytes([ED25519]) + self.key
        return hashlib.sha256(text).digest()[:4]

    @property
    def vkey(self) -> str:
        key = base64.b64encode(bytes([ED25519]) + self.key).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"

    def verify(self, text: str, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


def read_vkey(text: str) -> Verifier:
    """The key behind a vkey. Raises NoteRefusedError where its parts do not fit together."""
    name, _, rest = text.strip().partition("+")
    number, _, key = rest.partition("+")
    try:
        raw = base64.b64decode(key, validate=True)
    except binascii.Error:
        raw = b""
    found = Verifier(name, raw[1:])
    if len(raw) != 33 or raw[0] != ED25519 or found.key_id.hex() != number:
        raise NoteRefusedError("This is no Ed25519 key of a signed note.")
    return found


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key under a name. `seed` are its 32 bytes (RFC 8032)."""

    name: str
    seed: bytes

    @property
    def verifier(self) -> Verifier:
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key()
        return Verifier(self.name, public.public_bytes(Encoding.Raw, PublicFormat.Raw))

    def sign(self, text: str) -> str:
        """The note: the text, which must end with a newline, a blank line, our signature."""
        if not text.endswith("\n"):
            raise ValueError("The text of a note ends with a newline.")
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        signed = base64.b64encode(self.verifier.key_id + signature).decode()
        return f"{text}\n{_DASH}{self.name} {signed}\n"


def open_note(note: str, trusted: Iterable[Verifier]) -> str:
    """The text of a note that one of the trusted keys has signed.

    Signatures of unknown keys are passed over. Raises NoteRefusedError where none of ours is there,
    or one of ours is wrong.
    """
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or not signatures.endswith("\n") or any(c < " " and c != "\n" for c in note):
        raise NoteRefusedError("This is no signed note.")
    text += "\n"
    known = {(one.name, one.key_id): one for one in trusted}
    good = False
    for line in signatures.splitlines():
        name, _, signed = line.removeprefix(_DASH).rpartition(" ")
        try:
            raw = base64.b64decode(signed, validate=True)
        except binascii.Error as error:
            raise NoteRefusedError("A signature of this note cannot be read.") from error
        if not line.startswith(_DASH) or not name or len(raw) < 5:
            raise NoteRefusedError("A signature of this note cannot be read.")
        key = known.get((name, raw[:4]))
        if key is not None:
            if not key.verify(text, raw[4:]):
                raise NoteRefusedError("A signature of this note is wrong.")
            good = True
    if not good:
        raise NoteRefusedError("Nobody we trust has signed this note.")
    return text


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: its name, how many leaves, their root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def read_checkpoint(text: str) -> Checkpoint:
    """The head in the text of a note. Raises NoteRefusedError."""
    lines = text.split("\n")
    try:
        origin, size, root = lines[0], lines[1], base64.b64decode(lines[2], validate=True)
        head = Checkpoint(origin, int(size), root)
    except (IndexError, ValueError) as error:
        raise NoteRefusedError("This is no checkpoint.") from error
    if not origin or str(head.size) != size or head.size < 0 or len(root) != 32:
        raise NoteRefusedError("This is no checkpoint.")
    return head

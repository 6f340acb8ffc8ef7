"""Sealing one text for one place: AES-256-GCM, or SM4-GCM where the setting asks for it (国密).

Layout of a text sealed with the installation's key: algorithm (1 byte), key number (1), nonce (12),
ciphertext and tag (n + 16). Of one sealed with a resident's own key: algorithm (1), the key's id
(16), nonce (12), ciphertext and tag. All kinds are readable at any time, so that an installation can
change from one to the other.
"""

from __future__ import annotations

import os
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from django.conf import settings

from lianxin.kernel.keys import active_key_id, algorithm_key, sealing_key

AES_256_GCM, SM4_GCM, OWN_AES_256_GCM, OWN_SM4_GCM = 1, 2, 3, 4
ALGORITHMS = {"aes": AES_256_GCM, "sm4": SM4_GCM}
OWN_ALGORITHMS = {"aes": OWN_AES_256_GCM, "sm4": OWN_SM4_GCM}
_SM4 = {SM4_GCM, OWN_SM4_GCM}
_HEADER, _OWN_HEADER, _NONCE, _TAG = 2, 17, 12, 16
_WRAPPED = "kernel_datakey.wrapped"


class SealBrokenError(ValueError):
    """A sealed text was altered, or stands in another row or column than it was sealed for."""


class OwnKey(NamedTuple):
    """A resident's key in the clear: 32 bytes, and the id under which they are kept wrapped."""

    id: UUID
    secret: bytes


def active_header() -> bytes:
    """The first two bytes of what the installation's key seals now: algorithm and key number."""
    return bytes((ALGORITHMS[settings.SEAL_ALGORITHM], active_key_id()))


def active_own_header() -> bytes:
    """The first byte of what a resident's key seals now."""
    return bytes((OWN_ALGORITHMS[settings.SEAL_ALGORITHM],))


def own_key_id(sealed: bytes) -> UUID | None:
    """Whose own key a text needs; None when the installation's opens it."""
    if len(sealed) > _OWN_HEADER and sealed[0] in OWN_ALGORITHMS.values():
        return UUID(bytes=bytes(sealed[1:_OWN_HEADER]))
    return None


def seal(text: str, *, column: str, row: object, key: OwnKey | None = None) -> bytes:
    """The text sealed for one place, `column` of `row`, with `key` or the installation's active one.

    An empty text stays empty, so that emptiness can be asked without a key.
    """
    if not text:
        return b""
    if key is None:
        header = active_header()
        return header + _encrypt(header[0], _key(header, column), text.encode(), column, row)
    return seal_bytes(text.encode(), column=column, row=row, key=key)


def seal_bytes(data: bytes, *, column: str, row: object, key: OwnKey) -> bytes:
    """The same of any bytes, of a file's, with an own key; empty ones are sealed, too."""
    kind = active_own_header()
    body = _encrypt(kind[0], algorithm_key(key.secret, kind[0]), data, column, row)
    return kind + key.id.bytes + body


def unseal(sealed: bytes, *, column: str, row: object, secret: bytes | None = None) -> str:
    """The text again; `secret` is the own key that `own_key_id` names.

    Raises SealBrokenError, or UnknownKeyError when its key is gone.
    """
    if not sealed:
        return ""
    return _open(sealed, column, row, secret).decode()


def unseal_bytes(sealed: bytes, *, column: str, row: object, key: OwnKey) -> bytes:
    """What `seal_bytes` was given. Raises SealBrokenError."""
    return _open(sealed, column, row, key.secret)


def wrap(key: OwnKey) -> bytes:
    """An own key sealed with the installation's active key, for its row alone."""
    header = active_header()
    return header + _encrypt(header[0], _key(header, _WRAPPED), key.secret, _WRAPPED, key.id)


def unwrap(wrapped: bytes, key_id: UUID) -> OwnKey:
    """Raises SealBrokenError, or UnknownKeyError when the installation's key is gone."""
    return OwnKey(key_id, _open(wrapped, _WRAPPED, key_id, None))


def _open(sealed: bytes, column: str, row: object, secret: bytes | None) -> bytes:
    own = secret is not None
    known = OWN_ALGORITHMS if own else ALGORITHMS
    start = _OWN_HEADER if own else _HEADER
    if len(sealed) < start + _NONCE + _TAG or sealed[0] not in known.values():
        raise SealBrokenError(f"{column} holds no sealed text that this version can read.")
    key = _key(sealed, column) if secret is None else algorithm_key(secret, sealed[0])
    nonce, body = sealed[start : start + _NONCE], sealed[start + _NONCE :]
    decrypt = _sm4_decrypt if sealed[0] in _SM4 else _aes_decrypt
    try:
        return decrypt(key, nonce, body, _place(column, row))
    except InvalidTag:
        raise SealBrokenError(f"{column} of {row} was not sealed for this place.") from None


def _encrypt(algorithm: int, key: bytes, text: bytes, column: str, row: object) -> bytes:
    nonce = os.urandom(_NONCE)
    encrypt = _sm4_encrypt if algorithm in _SM4 else _aes_encrypt
    return nonce + encrypt(key, nonce, text, _place(column, row))


def _key(header: bytes, column: str) -> bytes:
    """SM4 takes 16 bytes, and a key of its own: no two algorithms share one."""
    if header[0] == SM4_GCM:
        return sealing_key(header[1], f"sm4|{column}")[:16]
    return sealing_key(header[1], column)


def _aes_encrypt(key: bytes, nonce: bytes, text: bytes, place: bytes) -> bytes:
    return AESGCM(key).encrypt(nonce, text, place)


def _aes_decrypt(key: bytes, nonce: bytes, body: bytes, place: bytes) -> bytes:
    return AESGCM(key).decrypt(nonce, body, place)


def _sm4_encrypt(key: bytes, nonce: bytes, text: bytes, place: bytes) -> bytes:
    work = Cipher(SM4(key), GCM(nonce)).encryptor()
    work.authenticate_additional_data(place)
    return work.update(text) + work.finalize() + work.tag


def _sm4_decrypt(key: bytes, nonce: bytes, body: bytes, place: bytes) -> bytes:
    work = Cipher(SM4(key), GCM(nonce, body[-_TAG:])).decryptor()
    work.authenticate_additional_data(place)
    return work.update(body[:-_TAG]) + work.finalize()


def _place(column: str, row: object) -> bytes:
    return f"{column}|{row.hex if isinstance(row, UUID) else row}".encode()

"""Sealing one text for one place: AES-256-GCM, or SM4-GCM where the setting asks for it (国密).

Layout of a sealed text: algorithm (1 byte), key number (1), nonce (12), ciphertext and tag (n + 16).
Both kinds are readable at any time, so that an installation can change from one to the other.
"""

from __future__ import annotations

import os
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from django.conf import settings

from lianxin.kernel.keys import active_key_id, sealing_key

AES_256_GCM, SM4_GCM = 1, 2
ALGORITHMS = {"aes": AES_256_GCM, "sm4": SM4_GCM}
_HEADER, _NONCE, _TAG = 2, 12, 16


class SealBrokenError(ValueError):
    """A sealed text was altered, or stands in another row or column than it was sealed for."""


def active_header() -> bytes:
    """The first two bytes of what is sealed now: algorithm and key number."""
    return bytes((ALGORITHMS[settings.SEAL_ALGORITHM], active_key_id()))


def seal(text: str, *, column: str, row: object) -> bytes:
    """The text sealed for one place, `column` of `row`, with the active key and algorithm.

    An empty text stays empty, so that emptiness can be asked without a key.
    """
    if not text:
        return b""
    header, nonce = active_header(), os.urandom(_NONCE)
    encrypt = _sm4_encrypt if header[0] == SM4_GCM else _aes_encrypt
    key = _key(header, column)
    return header + nonce + encrypt(key, nonce, text.encode(), _place(column, row))


def unseal(sealed: bytes, *, column: str, row: object) -> str:
    """The text again. Raises SealBrokenError, or UnknownKeyError when its key is gone."""
    if not sealed:
        return ""
    if len(sealed) < _HEADER + _NONCE + _TAG or sealed[0] not in ALGORITHMS.values():
        raise SealBrokenError(f"{column} holds no sealed text that this version can read.")
    nonce, body = sealed[_HEADER : _HEADER + _NONCE], sealed[_HEADER + _NONCE :]
    decrypt = _sm4_decrypt if sealed[0] == SM4_GCM else _aes_decrypt
    try:
        return decrypt(_key(sealed, column), nonce, body, _place(column, row)).decode()
    except InvalidTag:
        raise SealBrokenError(f"{column} of {row} was not sealed for this place.") from None


def _key(header: bytes, column: str) -> bytes:
    """SM4 takes 16 bytes, and a key of its own: no two algorithms share one."""
    if header[0] == SM4_GCM:
        return sealing_key(header[1], f"sm4|{column}")[:16]
    return sealing_key(header[1], column)


def _aes_encrypt(key: bytes, nonce: bytes, text: bytes, place: bytes) -> bytes:
    return _aes(key).encrypt(nonce, text, place)


def _aes_decrypt(key: bytes, nonce: bytes, body: bytes, place: bytes) -> bytes:
    return _aes(key).decrypt(nonce, body, place)


@lru_cache(maxsize=256)
def _aes(key: bytes) -> AESGCM:
    return AESGCM(key)


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

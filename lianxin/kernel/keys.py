"""Keys for sealing and indexing, each derived for one purpose from the installation's own."""

from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class UnknownKeyError(LookupError):
    """A sealed text names a key that LIANXIN_KEYS no longer holds."""


def active_key_id() -> int:
    """The number of the key that seals new texts: the first of LIANXIN_KEYS."""
    return int(next(iter(settings.LIANXIN_KEYS)))


def sealing_key(key_id: int, purpose: str) -> bytes:
    """32 bytes for sealing texts of one purpose (a column). Raises UnknownKeyError."""
    try:
        master = settings.LIANXIN_KEYS[key_id]
    except KeyError:
        raise UnknownKeyError(f"Key {key_id} is not among LIANXIN_KEYS.") from None
    return _derive(master, f"seal|{purpose}")


def index_key(purpose: str) -> bytes:
    """32 bytes for keyed digests of one purpose. They never change, or nothing is found again."""
    return _derive(settings.LIANXIN_INDEX_KEY, f"index|{purpose}")


def ledger_seed() -> bytes:
    """The 32 bytes from which the ledger's signing key is made (Ed25519)."""
    own: bytes = settings.LIANXIN_LEDGER_KEY
    return own or _derive(settings.LIANXIN_INDEX_KEY, "ledger")


@lru_cache(maxsize=1024)
def _derive(master: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(master)

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


def algorithm_key(secret: bytes, algorithm: int) -> bytes:
    """A resident's own key for one algorithm: 32 bytes, 16 where SM4 (国密) takes no more.

    No two algorithms share a key. It is not kept: what is destroyed must not live on in a cache.
    """
    purpose = b"own|%d" % algorithm
    length = 16 if algorithm % 2 == 0 else 32
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose).derive(secret)


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

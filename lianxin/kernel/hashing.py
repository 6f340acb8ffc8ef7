"""Hashing passwords, a few at a time: each takes 64 MiB and a core for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import BoundedSemaphore

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.refused import Refused

PATIENCE = 10  # seconds somebody waits for a place


class Busy(Refused):
    message = _("Very many people are signing in just now. Please try again in a moment.")
    code = "busy"
    status = 503
    retry_after = 5


class LimitedArgon2(Argon2PasswordHasher):
    """Argon2id of which at most `PASSWORD_HASHES_AT_ONCE` run at once on the machine, shared
    evenly among its web processes. Raises Busy (503) after ten seconds without a place."""

    def encode(self, password: str, salt: str) -> str:
        with _place():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _place():
            return super().verify(password, encoded)


@contextmanager
def _place() -> Iterator[None]:
    places = _places(max(settings.PASSWORD_HASHES_AT_ONCE // settings.WEB_WORKERS, 1))
    if not places.acquire(timeout=PATIENCE):
        raise Busy
    try:
        yield
    finally:
        places.release()


@lru_cache(maxsize=8)
def _places(number: int) -> BoundedSemaphore:
    return BoundedSemaphore(number)

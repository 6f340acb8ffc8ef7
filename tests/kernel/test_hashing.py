"""Few password hashes at once, whoever asks."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from lianxin.kernel import hashing


@pytest.fixture
def counted(monkeypatch, settings):
    """How many hashes ran at the same time at most; each is a pause instead of a core's work."""
    running, most, lock = [0], [0], threading.Lock()

    def slow(self, password, salt):
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.02)
        with lock:
            running[0] -= 1
        return "argon2$x"

    monkeypatch.setattr(Argon2PasswordHasher, "encode", slow)
    settings.WEB_WORKERS = 1
    return most


def run(times):
    hasher = hashing.LimitedArgon2()
    with ThreadPoolExecutor(times) as pool:
        list(pool.map(lambda _: hasher.encode("x", "y"), range(times)))


def test_two_hashes_run_at_once_on_the_machine(counted, settings):
    settings.PASSWORD_HASHES_AT_ONCE = 2
    run(8)
    assert counted == [2]


def test_more_run_at_once_where_the_setting_allows_it(counted, settings):
    """The control: without the limit the test would see more than two."""
    settings.PASSWORD_HASHES_AT_ONCE = 8
    run(8)
    assert counted[0] > 2


def test_two_processes_share_the_places(settings):
    settings.PASSWORD_HASHES_AT_ONCE, settings.WEB_WORKERS = 2, 2
    with hashing._place():
        assert not hashing._places(1).acquire(blocking=False)


def test_who_finds_no_place_is_told_to_wait(counted, settings, monkeypatch):
    settings.PASSWORD_HASHES_AT_ONCE = 1
    monkeypatch.setattr(hashing, "PATIENCE", 0.01)
    with hashing._place(), pytest.raises(hashing.Busy) as refused:
        hashing.LimitedArgon2().encode("x", "y")
    assert (refused.value.status, refused.value.retry_after) == (503, 5)


def test_hashes_are_argon2id():
    """ASVS 11.4.2: 64 MiB and three rounds at least (RFC 9106)."""
    encoded = hashing.LimitedArgon2().encode("a password", "salt" * 4)
    assert encoded.startswith("argon2$argon2id$v=19$m=102400,t=2,p=8$")
    assert hashing.LimitedArgon2().verify("a password", encoded)

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from lianxin.kernel import ids
from lianxin.kernel.ids import uuid7


def test_keys_ascend_and_are_unique():
    keys = [uuid7() for _ in range(200_000)]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


def test_a_key_is_version_7_and_tells_its_millisecond(monkeypatch):
    monkeypatch.setattr(ids, "_last", 0)  # other tests set the clock forth
    before = time.time_ns() // 1_000_000
    key = uuid7()
    after = time.time_ns() // 1_000_000
    assert key.version == 7
    assert key.variant == "specified in RFC 4122"
    assert before <= key.int >> 80 <= after + 1
    assert datetime.fromtimestamp((key.int >> 80) / 1000, UTC).year >= 2025


def test_a_clock_set_back_by_an_hour_does_not_turn_the_order(monkeypatch):
    real = time.time_ns
    first = [uuid7() for _ in range(1000)]
    monkeypatch.setattr(ids.time, "time_ns", lambda: real() - 3600 * 10**9)
    second = [uuid7() for _ in range(1000)]
    both = first + second
    assert both == sorted(both)
    assert len(set(both)) == 2000


def test_threads_never_share_a_key():
    with ThreadPoolExecutor(8) as pool:
        parts = list(pool.map(lambda _: [uuid7() for _ in range(5000)], range(8)))
    assert len({key for part in parts for key in part}) == 40_000
    assert all(part == sorted(part) for part in parts)

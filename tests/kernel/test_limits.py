from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from lianxin.kernel import limits
from lianxin.kernel.models import RateBucket
from lianxin.kernel.refused import TooMany

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.mark.django_db
def test_a_bucket_empties_and_fills_again():
    def ask(at):
        return limits.allow("guess", "1.2.3.4", per_hour=10, burst=10, at=at)

    assert [ask(NOW) for _ in range(12)] == [True] * 10 + [False] * 2
    assert not ask(NOW + timedelta(seconds=359))
    assert ask(NOW + timedelta(seconds=361))
    assert not ask(NOW + timedelta(seconds=362))
    later = NOW + timedelta(days=1)
    assert [ask(later) for _ in range(12)] == [True] * 10 + [False] * 2


@pytest.mark.django_db
def test_a_refusal_says_how_long_to_wait():
    limits.check("file", "a", per_hour=60, burst=1, at=NOW)
    with pytest.raises(TooMany) as refused:
        limits.check("file", "a", per_hour=60, burst=1, at=NOW)
    assert refused.value.status == 429
    assert refused.value.retry_after == 60
    limits.check("file", "a", per_hour=60, burst=1, at=NOW + timedelta(seconds=60))


@pytest.mark.django_db
def test_a_bucket_of_nothing_never_gives():
    for _ in range(2):
        assert not limits.allow("file", "a", per_hour=0, burst=0, at=NOW)
    assert limits.exhausted("file", "a", per_hour=0, burst=0, at=NOW) == 3600
    with pytest.raises(TooMany):
        limits.check("file", "a", per_hour=0, burst=0, at=NOW + timedelta(days=1))
    assert not RateBucket.objects.exists()


@pytest.mark.django_db
def test_buckets_are_apart_and_name_nobody():
    limits.check("file", "1.2.3.4", per_hour=1, burst=1, at=NOW)
    limits.check("file", "1.2.3.5", per_hour=1, burst=1, at=NOW)
    limits.check("track", "1.2.3.4", per_hour=1, burst=1, at=NOW)
    assert RateBucket.objects.count() == 3
    assert all(b"1.2.3" not in bytes(row.key) for row in RateBucket.objects.all())


@pytest.mark.django_db
def test_a_clock_set_back_locks_nobody_out():
    limits.check("file", "a", per_hour=60, burst=2, at=NOW)
    earlier = NOW - timedelta(days=1)
    limits.check("file", "a", per_hour=60, burst=2, at=earlier)
    assert not limits.allow("file", "a", per_hour=60, burst=2, at=earlier)
    assert limits.allow("file", "a", per_hour=60, burst=2, at=earlier + timedelta(minutes=1))


@pytest.mark.django_db
def test_unused_buckets_are_purged():
    limits.check("file", "a", per_hour=1, burst=1, at=NOW)
    assert limits.purge(NOW + timedelta(days=1)) == 0
    assert limits.purge(NOW + timedelta(days=3)) == 1


@pytest.mark.django_db(transaction=True)
def test_parallel_requests_share_one_bucket():
    def ask(_):
        try:
            return limits.allow("guess", "x", per_hour=1, burst=10, at=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(40))) == 10


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2ff:1::9", "2001:db8:1:200::/56"),
        ("nonsense", "unknown"),
        ("", "unknown"),
    ],
)
def test_what_counts_as_one_sender(address, prefix):
    assert limits.ip_prefix(address) == prefix

"""Limits on attempts: token buckets in the database, shared by all processes."""

from __future__ import annotations

import hmac
import ipaddress
import math
from datetime import datetime, timedelta

from lianxin.kernel import statements
from lianxin.kernel.clock import now
from lianxin.kernel.keys import index_key
from lianxin.kernel.models import RateBucket
from lianxin.kernel.refused import TooMany

#: Seconds after which a bucket that holds nothing at all may be asked again: settings change.
_NEVER = 3600


def allow(
    kind: str, key: str | bytes, *, per_hour: float, burst: int, at: datetime | None = None
) -> bool:
    """Takes one token from the bucket of (`kind`, `key`); False when it is empty.

    A bucket holds `burst` tokens and refills at `per_hour`; one of 0 never gives any. The
    count is kept even when the request is refused afterwards, unless the caller's own transaction is
    rolled back: ask from the view, before the service.
    """
    return _wait(kind, key, per_hour, burst, at or now()) == 0


def check(
    kind: str, key: str | bytes, *, per_hour: float, burst: int, at: datetime | None = None
) -> None:
    """Like `allow`, but raises TooMany (429) with the seconds to wait in `retry_after`."""
    seconds = _wait(kind, key, per_hour, burst, at or now())
    if seconds:
        raise TooMany(retry_after=seconds)


def exhausted(
    kind: str, key: str | bytes, *, per_hour: float, burst: int, at: datetime | None = None
) -> int:
    """The seconds until the bucket holds a token again, 0 while it holds one. Takes none."""
    if burst < 1:
        return _NEVER
    bucket = RateBucket.objects.filter(kind=kind, key=_hidden(kind, key)).first()
    if bucket is None:
        return 0
    left = _left(bucket, per_hour, burst, at or now())
    return 0 if left >= 1 else _until_one(left, per_hour)


def ip_prefix(address: str) -> str:
    """What counts as one sender: an IPv4 address, or the /56 that an IPv6 customer gets."""
    try:
        ip = ipaddress.ip_address(address.strip())
    except ValueError:
        return "unknown"
    mapped = getattr(ip, "ipv4_mapped", None)
    if isinstance(ip, ipaddress.IPv6Address) and not mapped:
        return str(ipaddress.ip_network((ip, 56), strict=False))
    return str(mapped or ip)


def purge(at: datetime) -> int:
    """Deletes the buckets nobody has drawn from for two days; returns how many."""
    deleted, _rows = RateBucket.objects.filter(counted_at__lt=at - timedelta(days=2)).delete()
    return deleted


def _wait(kind: str, key: str | bytes, per_hour: float, burst: int, at: datetime) -> int:
    """Takes a token and returns 0, or returns the seconds until there is one."""
    if burst < 1:
        return _NEVER
    fresh = statements.new(
        RateBucket, kind=kind, key=_hidden(kind, key), left=burst - 1, counted_at=at
    )
    if statements.draw(fresh, burst=burst, per_hour=per_hour, at=at):
        return 0
    bucket = RateBucket.objects.get(kind=kind, key=fresh.key)
    return _until_one(_left(bucket, per_hour, burst, at), per_hour)


def _hidden(kind: str, key: str | bytes) -> bytes:
    plain = key.encode() if isinstance(key, str) else bytes(key)
    return hmac.digest(index_key(f"limit|{kind}"), plain, "sha256")


def _left(bucket: RateBucket, per_hour: float, burst: int, at: datetime) -> float:
    passed = max((at - bucket.counted_at).total_seconds(), 0.0)
    return min(float(burst), bucket.left + passed * per_hour / 3600)


def _until_one(left: float, per_hour: float) -> int:
    return max(math.ceil((1 - left) * 3600 / per_hour), 1)

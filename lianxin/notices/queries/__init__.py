"""Reads of notices, and of what could not be delivered."""

from lianxin.notices.queries.notices import notices_of, unread_count
from lianxin.notices.queries.undelivered import (
    failed_deliveries,
    failing_jobs,
    parked_message,
    parked_messages,
    stands_still,
)

__all__ = [
    "failed_deliveries",
    "failing_jobs",
    "notices_of",
    "parked_message",
    "parked_messages",
    "stands_still",
    "unread_count",
]

"""Keys of rows: UUID version 7 (RFC 9562), so that new rows land at the end of an index."""

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A new key: 60 bits of time (steps of 244 ns, RFC 9562 method 3), 62 random bits.

    Ascending within a process, also when the clock is set back: then the last step is
    counted on. Between processes only as exact as their clocks.
    """
    global _last
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    step = milliseconds << 12 | (rest << 12) // 1_000_000
    with _lock:
        step = _last = step if step > _last else _last + 1
    chance = int.from_bytes(os.urandom(8), "big") >> 2
    return UUID(int=(step >> 12) << 80 | 7 << 76 | (step & 0xFFF) << 64 | 2 << 62 | chance)

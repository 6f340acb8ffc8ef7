"""Marks that all processes at one SQLite database see: what a key's first sender is at just now.

A mark is one byte of a file beside the database, locked for as long as the mark is held. The lock
belongs to the opened file, so threads see each other's as well, and the kernel takes it back with the
process, however that ends.
"""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def marked(path: str, place: int) -> Iterator[bool]:
    """Holds the mark at `place` (0 to 2**62) of the database at `path`; False where another does.

    A database in memory has one process alone, and no file beside it: nobody is in anybody's way.
    """
    if path.startswith((":memory:", "file:")):
        yield True
        return
    opened = os.open(f"{path}-marks", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    # struct flock: type, whence, start, length, pid (0, as open file descriptions want it).
    byte = struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, place, 1, 0)
    try:
        try:
            fcntl.fcntl(opened, fcntl.F_OFD_SETLK, byte)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(opened)

"""A disk that forgets what was not forced to it, and that can fail to be forced.

python -m benchmarks.forgetful PLATTER MOUNTPOINT      serves until it is killed

PLATTER holds what is on the disk. What is written stands in this process's memory until its file is
synced; kill -9 of the process is the power cut. By chance a sector reaches the disk early and alone,
as a real one does it: un-synced writes are lost, torn, or out of order. Names, lengths and modes are
on the disk at once. While the file PLATTER.broken exists a sync fails with EIO, and what it was for is
taken for written all the same, as Linux takes it: whoever merely syncs again is told a lie.
"""

from __future__ import annotations

import errno
import os
import random
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import mfusepy

SECTOR = 512
#: Part of the sectors that reach the disk by themselves before anybody asks.
EARLY = 0.1


class File:
    """One file's content as programs see it, and what of it is not on the disk."""

    def __init__(self, path: Path) -> None:
        self.path, self.seen = path, bytearray(path.read_bytes())
        self.dirty: set[int] = set()  # sectors

    def write(self, data: bytes, offset: int) -> None:
        end = offset + len(data)
        if end > len(self.seen):
            self.seen.extend(b"\0" * (end - len(self.seen)))
            self._lengthen(end)
        self.seen[offset:end] = data
        touched = range(offset // SECTOR, (end - 1) // SECTOR + 1)
        self.dirty.update(touched)
        self._keep([one for one in touched if random.random() < EARLY])

    def truncate(self, length: int) -> None:
        del self.seen[length:]
        self.seen.extend(b"\0" * (length - len(self.seen)))
        self._lengthen(length)
        self.dirty = {one for one in self.dirty if one * SECTOR < length}

    def sync(self, broken: bool) -> None:
        """Raises EIO where the disk is broken, and forgets that anything was to be done."""
        dirty, self.dirty = self.dirty, set()
        if broken:
            raise mfusepy.FuseOSError(errno.EIO)
        self._keep(sorted(dirty))

    def _lengthen(self, length: int) -> None:
        os.truncate(self.path, length)

    def _keep(self, sectors: list[int]) -> None:
        with self.path.open("r+b", buffering=0) as platter:
            for one in sectors:
                at = one * SECTOR
                os.pwrite(platter.fileno(), self.seen[at : at + SECTOR], at)


class Forgetful(mfusepy.Operations):
    """The calls that databases make."""

    use_ns = True

    def __init__(self, platter: Path) -> None:
        self.platter, self.broken = platter, Path(f"{platter}.broken")
        self.files: dict[str, File] = {}
        self.lock_ = threading.RLock()

    def _at(self, path: str) -> Path:
        return self.platter / path.lstrip("/")

    def _file(self, path: str) -> File:
        if path not in self.files:
            self.files[path] = File(self._at(path))
        return self.files[path]

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        with self.lock_:
            try:
                found = os.lstat(self._at(path))
            except OSError as error:
                raise mfusepy.FuseOSError(error.errno or errno.EIO) from None
            return {
                "st_mode": found.st_mode,
                "st_nlink": found.st_nlink,
                "st_size": found.st_size,
                "st_uid": found.st_uid,
                "st_gid": found.st_gid,
                "st_atime": found.st_atime_ns,
                "st_mtime": found.st_mtime_ns,
                "st_ctime": found.st_ctime_ns,
            }

    def readdir(self, path: str, fh: int) -> list[str]:
        return [".", "..", *(one.name for one in self._at(path).iterdir())]

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        with self.lock_:
            os.close(os.open(self._at(path), os.O_CREAT | os.O_WRONLY, mode))
            uid, gid, _pid = mfusepy.fuse_get_context()
            os.chown(self._at(path), uid, gid)
            self.files[path] = File(self._at(path))
        return 0

    def open(self, path: str, flags: int) -> int:
        with self.lock_:
            self._file(path)
        return 0

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        with self.lock_:
            return bytes(self._file(path).seen[offset : offset + size])

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        with self.lock_:
            self._file(path).write(data, offset)
        return len(data)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        with self.lock_:
            self._file(path).truncate(length)
        return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        with self.lock_:
            self._file(path).sync(self.broken.exists())
        return 0

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
        return 0

    def flush(self, path: str, fh: int) -> int:
        return 0

    def release(self, path: str, fh: int) -> int:
        return 0

    def unlink(self, path: str) -> int:
        with self.lock_:
            self.files.pop(path, None)
            self._at(path).unlink()
        return 0

    def rename(self, old: str, new: str) -> int:
        with self.lock_:
            moved = self.files.pop(old, None)
            self._at(old).rename(self._at(new))
            self.files.pop(new, None)
            if moved:
                moved.path = self._at(new)
                self.files[new] = moved
        return 0

    def mkdir(self, path: str, mode: int) -> int:
        self._at(path).mkdir(mode)
        uid, gid, _pid = mfusepy.fuse_get_context()
        os.chown(self._at(path), uid, gid)
        return 0

    def rmdir(self, path: str) -> int:
        self._at(path).rmdir()
        return 0

    def chmod(self, path: str, mode: int) -> int:
        self._at(path).chmod(mode)
        return 0

    def chown(self, path: str, uid: int, gid: int) -> int:
        os.chown(self._at(path), uid, gid)
        return 0

    def utimens(self, path: str, times: tuple[int, int] | None = None) -> int:
        with suppress(OSError):
            os.utime(self._at(path), ns=times)
        return 0

    def statfs(self, path: str) -> dict[str, int]:
        return {"f_bsize": 4096, "f_frsize": 4096, "f_blocks": 1 << 20, "f_bavail": 1 << 19}


def main() -> None:
    platter, mountpoint = Path(sys.argv[1]), sys.argv[2]
    mfusepy.FUSE(
        Forgetful(platter),
        mountpoint,
        foreground=True,
        nothreads=True,
        allow_other=True,
        default_permissions=True,
    )


if __name__ == "__main__":
    main()

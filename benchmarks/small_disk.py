"""A disk of a few megabytes that can be filled to the last byte and emptied again."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

PIECE = 64 * 1024


class MountRefusedError(Exception):
    """This machine lets nobody mount a file system here; what needs one cannot be tried."""


class SmallDisk:
    """A tmpfs of its own in `folder`; gone when it is left."""

    def __init__(self, megabytes: int) -> None:
        self.megabytes = megabytes
        self.folder = Path(tempfile.mkdtemp(prefix="lianxin-disk-"))
        self._ballast = self.folder / "ballast"

    def __enter__(self) -> SmallDisk:
        size = f"size={self.megabytes}m,mode=0777"
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(self.folder)],
            capture_output=True,
            text=True,
        )
        if done.returncode:
            self.folder.rmdir()
            raise MountRefusedError(done.stderr.strip())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)
        self.folder.rmdir()

    @property
    def free(self) -> int:
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_frsize

    def fill(self, leave: int = 0) -> None:
        """Takes all room but `leave` bytes."""
        piece = b"\0" * PIECE
        with self._ballast.open("ab", buffering=0) as ballast:
            try:
                while self.free > leave:
                    ballast.write(piece[: max(self.free - leave, 1)])
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def relieve(self, number: int) -> None:
        """Gives `number` bytes of it back."""
        size = self._ballast.stat().st_size
        os.truncate(self._ballast, max(size - number, 0))

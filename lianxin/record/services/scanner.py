"""Files shown to clamd where there is one (setting CLAMD): the INSTREAM command over a socket.

Pictures are made anew and documents are never run here, so that scanning protects those who open a
document at home.
"""

from __future__ import annotations

import socket
import struct
from urllib.parse import urlsplit

from django.conf import settings

from lianxin.record.enums import Scan

#: Seconds for a connection and for each answer; bytes sent in one piece.
PATIENCE = 10
PIECE = 64 * 1024


class ScannerDownError(Exception):
    """clamd cannot be reached, or did not say whether the file is clean."""


def scan(data: bytes) -> Scan:
    """What clamd says of these bytes: CLEAN or FOUND; OFF where no scanner is set.

    Raises ScannerDownError. Changes nothing.
    """
    if not settings.CLAMD:
        return Scan.OFF
    try:
        answer = _ask(data)
    except OSError as error:
        raise ScannerDownError from error
    if answer.endswith(" OK"):
        return Scan.CLEAN
    if answer.endswith(" FOUND"):
        return Scan.FOUND
    raise ScannerDownError


def _ask(data: bytes) -> str:
    """zINSTREAM: pieces with their length before them, a length of 0 at the end, one line back."""
    with _connected() as line:
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), PIECE):
            piece = data[start : start + PIECE]
            line.sendall(struct.pack(">I", len(piece)) + piece)
        line.sendall(struct.pack(">I", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < 4096:
            more = line.recv(1024)
            if not more:
                break
            answer += more
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()


def _connected() -> socket.socket:
    """CLAMD is `unix:///path/of/the/socket` or `tcp://host:port`."""
    where = urlsplit(settings.CLAMD)
    if where.scheme == "tcp":
        return socket.create_connection((where.hostname, where.port or 3310), PATIENCE)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(PATIENCE)
    try:
        line.connect(where.path)
    except OSError:
        line.close()
        raise
    return line

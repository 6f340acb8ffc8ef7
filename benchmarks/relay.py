"""A line between two programs that can be cut, held and made slow, without the kernel's help.

Not every machine lets a test shape its network; this stands between client and server instead.
"""

from __future__ import annotations

import queue
import random
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType

SEGMENT = 1400  # bytes that travel, and get lost, together


@dataclass(frozen=True)
class Line:
    """`rate` in bytes a second (0: unbounded), one-way `delay` in seconds, `loss` as a part of 1.

    A lost segment holds up all behind it, as TCP's do: for a round trip and 200 ms.
    """

    rate: float = 0.0
    delay: float = 0.0
    loss: float = 0.0

    def held_up(self) -> float:
        again = 0.0
        while random.random() < self.loss:
            again += 2 * self.delay + 0.2
        return again


#: What a village gets on a rainy day: 64 kbit/s, 800 ms there and back, 5 % loss.
VILLAGE = Line(rate=8_000, delay=0.4, loss=0.05)


class Relay:
    """Listens on a port of its own and passes on to `target`: a port of this machine, or the path
    of a local socket."""

    def __init__(self, target: int | str, line: Line | None = None) -> None:
        self.target, self.line = target, line or Line()
        self.carried = 0  # bytes, both ways
        self._open: set[socket.socket] = set()
        self._whole = True
        self._flows = threading.Event()
        self._flows.set()
        # Both ways have a rate of their own, shared by all connections.
        self._free = {"up": 0.0, "down": 0.0}
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Relay:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Ends every connection, and every new one at once."""
        self._whole = False
        self._flows.set()
        with self._lock:
            there, self._open = self._open, set()
        for one in there:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def mend(self) -> None:
        self._whole = True
        self._flows.set()

    def hold(self) -> None:
        """Nothing gets through, nobody is told."""
        self._flows.clear()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            server = self._server() if self._whole else None
            if server is None:
                client.close()
                continue
            with self._lock:
                self._open |= {client, server}
            self._carry(client, server, "up")
            self._carry(server, client, "down")

    def _server(self) -> socket.socket | None:
        try:
            if isinstance(self.target, int):
                return socket.create_connection(("127.0.0.1", self.target), timeout=None)
            found = socket.socket(socket.AF_UNIX)
            found.connect(self.target)
        except OSError:
            return None
        return found

    def _carry(self, source: socket.socket, goal: socket.socket, way: str) -> None:
        under_way: queue.Queue[tuple[float, bytes]] = queue.Queue(maxsize=64)
        for work in (self._take, self._give):
            end = source if work == self._take else goal
            threading.Thread(target=work, args=(end, under_way, way), daemon=True).start()

    def _take(self, source: socket.socket, under_way: queue.Queue, way: str) -> None:
        data = b"x"
        while data:
            try:
                data = source.recv(SEGMENT if self.line.rate else 65536)
            except OSError:
                data = b""
            under_way.put((self._arrival(len(data), way), data))

    def _arrival(self, size: int, way: str) -> float:
        """When a segment that is sent now is there."""
        sent = time.monotonic()
        if self.line.rate:
            with self._lock:
                sent = self._free[way] = max(sent, self._free[way]) + size / self.line.rate
        return sent + self.line.delay + self.line.held_up()

    def _give(self, goal: socket.socket, under_way: queue.Queue, way: str) -> None:
        while True:
            at, data = under_way.get()
            time.sleep(max(at - time.monotonic(), 0))
            self._flows.wait()
            with suppress(OSError):
                if not data:
                    goal.shutdown(socket.SHUT_WR)
                    return
                goal.sendall(data)
                self.carried += len(data)

"""A partner's server as one meets them: it fails, hangs, and hangs up after having done it.

python -m benchmarks.receiver FILE      says its port; every effect is a line of JSON in FILE

POST / with {"id", "stream", "number"}: a second event of one id has no effect, as the product asks
of its partners. Of all requests 20 % are answered with 500, 5 % not at all, 5 % are done and then
the connection is dropped; no event meets that more than five times, since eight end the trying.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

FAILS, HANGS, DROPS = 0.20, 0.05, 0.05
MOST_TROUBLES = 5  # of one event
HANGING = 5.0  # seconds; longer than any client here waits


class Receiver(ThreadingHTTPServer):
    """Effects are written under a lock and on the disk before the answer leaves."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, path: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.known: set[str] = set()
        self.troubles: Counter[str] = Counter()
        self.lock, self.file = threading.Lock(), path.open("a", encoding="utf-8")

    def take(self, event: dict[str, Any]) -> None:
        with self.lock:
            again = event["id"] in self.known
            self.known.add(event["id"])
            self.file.write(json.dumps({**event, "again": again}) + "\n")
            self.file.flush()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver

    def do_POST(self) -> None:
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        chance = random.random() if self.server.troubles[event["id"]] < MOST_TROUBLES else 1.0
        self.server.troubles[event["id"]] += chance < FAILS + HANGS + DROPS
        if chance < FAILS:
            self._answer(500)
        elif chance < FAILS + HANGS:
            time.sleep(HANGING)
            self.close_connection = True
        elif chance < FAILS + HANGS + DROPS:
            self.server.take(event)
            self.close_connection = True
        else:
            self.server.take(event)
            self._answer(200)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing: the file says it all."""


def main() -> None:
    receiver = Receiver(Path(sys.argv[1]))
    print(receiver.server_address[1], flush=True)
    receiver.serve_forever()


if __name__ == "__main__":
    main()

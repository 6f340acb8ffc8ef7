"""A small clamd for tests: speaks INSTREAM over a socket, finds the harmless test file."""

import socketserver
import struct
import threading
from contextlib import contextmanager

from benchmarks.hostile import EICAR


class _Line(socketserver.StreamRequestHandler):
    def handle(self):
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        data = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            data += self.rfile.read(size)
            if len(data) > self.server.most:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.server.seen.append(len(data))
        self.wfile.write(
            b"stream: Test-File FOUND\0" if EICAR in data else self.server.answer + b"\0"
        )


@contextmanager
def running(*, most=30_000_000, answer=b"stream: OK"):
    """The server; `.address` is for the setting CLAMD, `.seen` the sizes it was shown."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Line) as server:
        server.seen, server.most, server.answer = [], most, answer
        server.address = f"tcp://127.0.0.1:{server.server_address[1]}"
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()

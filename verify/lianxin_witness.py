#!/usr/bin/env python3
"""lianxin-witness: remembers the last head of each ledger, and signs only heads that continue it.

    lianxin_witness.py --state FOLDER --name NAME --log VKEY [--log VKEY ...] [--port 8100]

Run it where the operator of the ledger has no hand: at the prefecture, at a university. It speaks
C2SP tlog-witness (`POST /add-checkpoint`), and cosigns after C2SP tlog-cosignature, v1. Its own key
is made on first use in FOLDER/key; its vkey is printed at start. Needs Python 3.9 and `cryptography`,
and lianxin_verify.py beside it; shares no line with the product.
"""

import argparse
import base64
import hashlib
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lianxin_verify import Key, Refused, grown, hashes_of, head_of

MOST_BYTES = 64 * 1024
MOST_LINES = 63


class Answer(Exception):
    """What the log is told, as the protocol numbers it."""

    def __init__(self, status, text="", kind="text/plain"):
        super().__init__(status)
        self.status, self.text, self.kind = status, text, kind


class Witness:
    """The last head of each log in FOLDER, one file a log, replaced in one step and on disk."""

    def __init__(self, folder, name, logs):
        self.folder, self.name = Path(folder), name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.logs = {key.name: key for key in map(Key, logs)}
        self.lock = threading.Lock()
        self.key = Ed25519PrivateKey.from_private_bytes(self._seed())
        public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        raw = b"\x04" + public
        self.id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        self.vkey = "%s+%s+%s" % (name, self.id.hex(), base64.b64encode(raw).decode())

    def _seed(self):
        path = self.folder / "key"
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(os.urandom(32))
        return path.read_bytes()

    def add(self, body):
        """The cosignature line for a head that continues the last one. Raises Answer."""
        top, blank, note = body.partition("\n\n")
        lines = top.split("\n")
        old = lines[0].removeprefix("old ")
        well = blank and lines[0].startswith("old ") and old.isdecimal() and str(int(old)) == old
        if not well or len(lines) - 1 > MOST_LINES:
            raise Answer(400)
        key = self.logs.get(note.split("\n", 1)[0])
        if key is None:
            raise Answer(404)
        try:
            text = key.open(note)
            size, root = head_of(text, key.name)
        except Refused:
            raise Answer(403) from None
        with self.lock:
            self._check(key.name, int(old), size, root, lines[1:])
            self._keep(key.name, size, root)
        return self._cosigned(text)

    def _check(self, origin, old, size, root, lines):
        kept_size, kept_root = self._kept(origin)
        if old > size:
            raise Answer(400)
        if old != kept_size:
            raise Answer(409, "%d\n" % kept_size, "text/x.tlog.size")
        if old == size and kept_size and root != kept_root:
            raise Answer(409, "%d\n" % kept_size, "text/x.tlog.size")
        try:
            grown(old, size, kept_root, root, hashes_of(lines))
        except Refused:
            raise Answer(422) from None

    def _file(self, origin):
        return self.folder / (hashlib.sha256(origin.encode()).hexdigest() + ".json")

    def _kept(self, origin):
        path = self._file(origin)
        if not path.exists():
            return 0, b""
        kept = json.loads(path.read_text())
        return kept["size"], bytes.fromhex(kept["root"])

    def _keep(self, origin, size, root):
        fresh = self._file(origin).with_suffix(".new")
        with open(fresh, "w", encoding="utf-8") as file:
            json.dump({"origin": origin, "size": size, "root": root.hex()}, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._file(origin))

    def _cosigned(self, text):
        now = int(time.time())
        said = "cosignature/v1\ntime %d\n%s" % (now, text)
        packed = self.id + now.to_bytes(8, "big") + self.key.sign(said.encode())
        return "\u2014 %s %s\n" % (self.name, base64.b64encode(packed).decode())


def handler_of(witness):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            try:
                length = int(self.headers.get("Content-Length") or 0)
                if self.path != "/add-checkpoint" or not 0 < length <= MOST_BYTES:
                    raise Answer(404 if self.path != "/add-checkpoint" else 400)
                body = self.rfile.read(length).decode("utf-8", "strict")
                answer = Answer(200, witness.add(body))
            except UnicodeDecodeError:
                answer = Answer(400)
            except Answer as given:
                answer = given
            data = answer.text.encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *words):
            pass

    return Handler


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--state", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--log", action="append", required=True, help="vkey of a ledger")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8100)
    asked = parser.parse_args()
    witness = Witness(asked.state, asked.name, asked.log)
    server = ThreadingHTTPServer((asked.host, asked.port), handler_of(witness))
    print(witness.vkey, server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())

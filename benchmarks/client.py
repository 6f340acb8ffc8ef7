"""A browser without a face: kept connection, cookies, forms. As little work as possible."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str:
        found = re.search(rf"(?im)^{name}: *(.*?)\r?$", self.head.decode("latin-1"))
        return found.group(1) if found else ""

    @property
    def text(self) -> str:
        return self.body.decode()

    def hidden(self, name: str) -> str:
        """The value of a hidden field of the page."""
        for one in re.findall(r"<input[^>]*>", self.text):
            if re.search(rf'\bname="{name}"', one) and (
                value := re.search(r'value="([^"]*)"', one)
            ):
                return unescape(value.group(1))
        raise LookupError(f"No field {name} in {self.text[:400]}")


class Client:
    """One connection, one after the other. OSError when the server is away or dies meanwhile."""

    def __init__(
        self, port: int, *, cookies: dict[str, str] | None = None, timeout: float = 30
    ) -> None:
        self.port, self.timeout = port, timeout
        self.cookies = dict(cookies or {})
        self._socket: socket.socket | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, path: str) -> Answer:
        return self.send(self.request("GET", path))

    def post(self, path: str, fields: dict[str, str] | list[tuple[str, str]]) -> Answer:
        return self.send(self.request("POST", path, urlencode(fields).encode()))

    def request(
        self, method: str, path: str, body: bytes = b"", *, more: dict[str, str] | None = None
    ) -> bytes:
        """The bytes of a request, to be sent once or many times; `more` are headers besides."""
        head = [f"{method} {path} HTTP/1.1", f"Host: localhost:{self.port}"]
        own = more or {}
        if "Accept" not in own:
            head.append("Accept: text/html")
        head += [f"{name}: {value}" for name, value in own.items()]
        if self.cookies:
            head.append("Cookie: " + "; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        if method == "POST":
            if "Content-Type" not in own:
                head.append("Content-Type: application/x-www-form-urlencoded")
            head.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*head, "", ""]).encode() + body

    def send(self, request: bytes) -> Answer:
        try:
            answer = self._exchange(request)
        except OSError:
            self.close()
            raise
        for line in answer.head.split(b"\r\n"):
            if line[:11].lower() == b"set-cookie:":
                name, _, value = line[11:].decode().strip().partition(";")[0].partition("=")
                self.cookies[name] = value
        return answer

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _exchange(self, request: bytes) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), self.timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        head, body = data[:end], data[end + 4 :]
        lower = head.lower()
        if b"transfer-encoding: chunked" in lower:
            return Answer(int(head[9:12]), head, self._chunks(body))
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 :].split(b"\r", 1)[0]) if at > 0 else 0
        while len(body) < length:
            body += self._more()
        return Answer(int(head[9:12]), head, body)

    def _chunks(self, data: bytes) -> bytes:
        body = b""
        while True:
            while (end := data.find(b"\r\n")) < 0:
                data += self._more()
            size = int(data[:end], 16)
            while len(data) < end + 4 + size:
                data += self._more()
            body += data[end + 2 : end + 2 + size]
            data = data[end + 4 + size :]
            if not size:
                return body

    def _more(self) -> bytes:
        assert self._socket is not None
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionResetError("The server closed the connection.")
        return data


def together(work: Callable[[], object], count: int) -> None:
    """So many do it at the same time; returns when all have done."""
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

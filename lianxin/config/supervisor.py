"""Keeps the parts of a running installation alive, and stops them together."""

import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

FIRST_PAUSE = 1.0  # seconds before a dead part is started again; doubles each time
LONGEST_PAUSE = 60.0
PROVEN = 60.0  # a part that lived this many seconds starts again with the first pause
PATIENCE = 20.0  # seconds a part may take to stop before it is killed
GLANCE = 0.1  # seconds between two looks at the parts

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def _stop_with_parent() -> None:
    """A part must not outlive a supervisor that was killed: it would hold the port."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Part:
    """One process of the installation; it runs in its own group, so that Ctrl-C in the
    terminal reaches only the supervisor, which then stops the parts in order."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    waits: bool = False  # starts when the others are ready, and leaves them the cores until then
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    again_at: float = 0.0
    starts: int = 0

    def start(self) -> None:
        self.process = subprocess.Popen(
            list(self.command),
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_stop_with_parent,
        )
        self.started = time.monotonic()
        self.starts += 1

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Asks the part to stop; it stops its own children."""
        if self.process is not None and self.alive:
            self.process.terminate()

    def clear(self) -> None:
        """Kills what is left of the part: itself, or children that outlived it and hold the port."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):  # Nobody is left.
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Supervisor:
    """Starts all parts, restarts a dead one with growing pauses, stops all on request.

    `say` gets each sentence for the operator; `ready` is called once, when `is_ready`
    first answers yes.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        *,
        say: Callable[[str], None],
        is_ready: Callable[[], bool] = lambda: True,
        ready: Callable[[], None] = lambda: None,
    ) -> None:
        self.parts = list(parts)
        self.say, self.is_ready, self.ready = say, is_ready, ready
        self.stopping = False

    def stop(self, *_: object) -> None:
        """Asks the loop to end; fit to be a signal handler."""
        self.stopping = True

    def run(self) -> None:
        """Returns when every part has stopped after `stop`."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        announced = False
        try:
            for part in self.parts:
                if not part.waits:
                    part.start()
            while not self.stopping:
                self.look()
                if not announced and self.is_ready():
                    announced = True
                    self.ready()
                    self.start_waiting()
                time.sleep(GLANCE)
        finally:
            self.end()

    def start_waiting(self) -> None:
        for part in self.parts:
            if part.waits:
                part.start()

    def look(self) -> None:
        """Starts again what died, once its pause is over."""
        now = time.monotonic()
        for part in self.parts:
            if part.alive or not part.starts:
                continue
            if not part.again_at:
                if now - part.started > PROVEN:
                    part.pause = FIRST_PAUSE
                part.again_at = now + part.pause
                code = part.process.returncode if part.process else None
                part.clear()
                self.say(
                    f"{part.name} stopped ({_cause(code)}); starting again in {part.pause:g} s."
                )
                part.pause = min(part.pause * 2, LONGEST_PAUSE)
            elif now >= part.again_at:
                part.again_at = 0.0
                part.start()

    def end(self) -> None:
        """Asks all parts to stop, in the order they were started; kills who does not."""
        for part in self.parts:
            part.stop()
        limit = time.monotonic() + PATIENCE
        while any(part.alive for part in self.parts) and time.monotonic() < limit:
            time.sleep(GLANCE / 4)
        for part in self.parts:
            if part.alive:
                self.say(f"{part.name} did not stop within {PATIENCE:g} s and was killed.")
            part.clear()


def _cause(code: int | None) -> str:
    if code is not None and code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"


def why_not_listen(host: str, port: int) -> str:
    """The sentence to stop with when nobody can listen there, or an empty one.

    The web server shares its port between workers, and would share it with a stranger too.
    """
    if not 0 < port < 65536:
        return f"PORT must be between 1 and 65535, and is {port}."
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror:
        return f"HOST “{host}” is not an address of this machine."
    family, kind, protocol, _, address = found[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except PermissionError:
            return f"Port {port} is reserved for root: choose one above 1023, PORT=8001 make run."
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"Port {port} is busy: stop what uses it, or run PORT={port + 1} make run."
            return f"Nobody can listen on {host}:{port} ({error.strerror})."
    return ""


def answers(host: str, port: int) -> bool:
    """Whether somebody accepts connections there."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (a look-up)
    try:
        with socket.create_connection((host, port), timeout=0.5):
            return True
    except OSError:
        return False

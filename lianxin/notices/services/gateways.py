"""The port to the outside: e-mail and text messages leave through a gateway of the settings.

`NOTICE_BACKEND=console` writes one masked line to the log, `file` appends JSON lines to
`NOTICE_FILE`. Real gateways are classes with the same one method.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from lianxin.kernel.phones import mask_phone

log = logging.getLogger(__name__)


class UndeliverableError(Exception):
    """The gateway will never take this message: trying again is of no use."""


@dataclass(frozen=True, slots=True)
class Message:
    """`key` is the same on every repetition, so that a gateway can refuse a second copy."""

    key: str
    channel: str
    address: str
    subject: str
    text: str


class Gateway(Protocol):
    def send(self, message: Message) -> None:
        """Hands the message over. Raises UndeliverableError, or anything else to be tried again."""
        ...


class ConsoleGateway:
    """For one machine without a gateway: says in the log that something would leave."""

    def send(self, message: Message) -> None:
        log.info("message to %s by %s: %s", _masked(message), message.channel, message.text)


class FileGateway:
    """Appends to a file that only this user reads, one JSON object a line, on disk when it returns."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, message: Message) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps(asdict(message), ensure_ascii=False) + "\n"
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line.encode())
            os.fsync(handle)
        finally:
            os.close(handle)


def gateway() -> Gateway:
    """The gateway of the settings. Raises ImproperlyConfigured."""
    name = settings.NOTICE_BACKEND
    if name == "console":
        return ConsoleGateway()
    if name == "file":
        return FileGateway(Path(settings.NOTICE_FILE))
    raise ImproperlyConfigured(f"NOTICE_BACKEND must be console or file, and is “{name}”.")


def _masked(message: Message) -> str:
    name, at, host = message.address.partition("@")
    return f"{name[:1]}***@{host}" if at else mask_phone(message.address)

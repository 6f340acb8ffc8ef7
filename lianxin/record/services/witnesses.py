"""Asking witnesses to cosign the heads of our logs (C2SP tlog-witness)."""

from __future__ import annotations

import base64
import http.client
import logging
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from lianxin.kernel import merkle
from lianxin.record.models import Log
from lianxin.record.queries.ledger import tile_reader

logger = logging.getLogger(__name__)
PATIENCE = 10  # seconds for one answer
ANSWERED, BEHIND = 200, 409


class UnwitnessedError(OSError):
    """A witness did not cosign: it could not be reached, or our head does not continue its own."""


def ask_all(at: datetime) -> int:
    """Shows every head to every witness that has not cosigned it; returns how many lines came back.
    For the scheduler.

    A witness that does not answer is asked again next time; nothing waits for it.
    """
    lines, witnesses = 0, settings.LEDGER_WITNESSES
    logs = Log.objects.filter(size__gt=0) if witnesses else Log.objects.none()
    for log in logs.order_by("division_code"):
        for address in (one for one in witnesses if one not in log.cosigners):
            try:
                line = ask(log, address)
            except UnwitnessedError as error:
                logger.warning("witness %s: %s", address, error)
            else:
                lines += _kept(log, line, address)
    return lines


def ask(log: Log, address: str) -> str:
    """The cosignature line of one witness on the log's head. Raises UnwitnessedError.

    It is asked with the size it cosigned last; where it knows another one it says which, and is asked
    once more. No transaction is open meanwhile.
    """
    old = log.witnessed_size
    for _attempt in range(2):
        status, text = _post(address, _request(log, min(old, log.size)))
        if status == ANSWERED and text.startswith("\u2014 ") and text.endswith("\n"):
            return text
        if status != BEHIND or not text.strip().isdecimal() or int(text) > log.size:
            break
        old = int(text)
    raise UnwitnessedError(f"it answered {status} to the head of {log.division_code}")


def _request(log: Log, old: int) -> str:
    path = merkle.consistency(old, log.size, tile_reader(log))
    hashes = [base64.b64encode(one).decode() for one in path]
    return "\n".join([f"old {old}", *hashes, "", log.checkpoint])


def _post(address: str, body: str) -> tuple[int, str]:
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    line = kind(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        line.request("POST", f"{parts.path.rstrip('/')}/add-checkpoint", body.encode())
        answer = line.getresponse()
        return answer.status, answer.read(64 * 1024).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        raise UnwitnessedError(str(error)) from error
    finally:
        line.close()


@transaction.atomic
def _kept(asked: Log, line: str, address: str) -> int:
    """Adds the line, unless the head was signed anew meanwhile."""
    log = Log.objects.select_for_update().get(pk=asked.pk)
    if log.checkpoint != asked.checkpoint or address in log.cosigners:
        return 0
    log.cosignatures, log.witnessed_size = log.cosignatures + line, log.size
    log.cosigners = [*log.cosigners, address]
    log.save(update_fields=("cosignatures", "cosigners", "witnessed_size"))
    return 1

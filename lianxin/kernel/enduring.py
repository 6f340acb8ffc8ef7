"""How a process that runs for ever outlives an outage: it says so once, waits, and goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import Error, close_old_connections, connection

from lianxin.kernel.outages import outage

PAUSE = 1.0  # seconds between two tries


def endure(
    step: Callable[[], float], *, stop: threading.Event, say: Callable[[str], object]
) -> None:
    """Calls `step` until `stop` is set, and waits the seconds it returns in between.

    An outage of database or disk is told to `say` when it begins and when it is over; its
    connection is given up. Any other error comes out.
    """
    trouble = ""
    while not stop.is_set():
        try:
            pause = step()
            if trouble:
                say("goes on")
            trouble = ""
        except Exception as error:
            found = outage(error)
            if found is None and not isinstance(error, Error):
                raise
            sentence = f"{found.code if found else 'database'}: {error}"
            if sentence != trouble:
                say(f"waits, {sentence}")
            trouble, pause = sentence, PAUSE
            connection.close()
        close_old_connections()
        stop.wait(pause)

"""The door of a web process: who finds too many before him is told at once to come back.

Without it a storm would wait in the server's own queue, where every answer comes too late for
whoever asked. What is turned away costs hardly anything and has touched no database.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

#: Seconds after which somebody turned away may try again, and that somebody waits at most.
RETRY_AFTER = 5
PATIENCE = 5.0
#: Threads that are left over to say no.
DOORKEEPERS = 4


class Doors:
    """WSGI around the application: `working` requests at once, `waiting` more in line, no others."""

    def __init__(self, inside: Application, *, working: int, waiting: int) -> None:
        self.inside = inside
        self._places = threading.BoundedSemaphore(working)
        self._line = threading.BoundedSemaphore(working + waiting)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if not self._line.acquire(blocking=False):
            return full(environ, start_response)
        try:
            if not self._places.acquire(timeout=PATIENCE):
                return full(environ, start_response)
            try:
                return self.inside(environ, start_response)
            finally:
                self._places.release()
        finally:
            self._line.release()


def full(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """503 with Retry-After: a page for people, problem+json for programs."""
    for_programs = "text/html" not in environ.get("HTTP_ACCEPT", "")
    body = _said(for_programs)
    kind = "application/problem+json" if for_programs else "text/html; charset=utf-8"
    headers = [
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
        ("Retry-After", str(RETRY_AFTER)),
        ("Cache-Control", "no-store"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    start_response("503 Service Unavailable", headers)
    return [body]


_pages: dict[bool, bytes] = {}


def _said(for_programs: bool) -> bytes:
    """Drawn once a process, in the language of the installation."""
    if for_programs not in _pages:
        _pages[for_programs] = _drawn(for_programs)
    return _pages[for_programs]


def _drawn(for_programs: bool) -> bytes:
    import json

    from django.conf import settings
    from django.template.loader import render_to_string
    from django.utils import translation

    from lianxin.kernel.outages import DatabaseBusy

    with translation.override(settings.LANGUAGE_CODE):
        said = DatabaseBusy.message
        if for_programs:
            told = {"type": "about:blank", "title": str(said), "status": 503, "code": "too_many"}
            return json.dumps(told, ensure_ascii=False).encode()
        context = {"message": said, "seconds": RETRY_AFTER, "language": settings.LANGUAGE_CODE}
        return render_to_string("web/full.html", context).encode()


def warm() -> None:
    """Draws both before somebody has to be turned away."""
    for for_programs in (True, False):
        _said(for_programs)

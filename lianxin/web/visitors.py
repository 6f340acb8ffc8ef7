"""What pages for people without an account share: who sends, and what a private page says of itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.cache import patch_cache_control

from lianxin.kernel import codes, limits
from lianxin.kernel.clock import now
from lianxin.kernel.puzzles import PuzzleOwed, is_solved
from lianxin.kernel.refused import TooMany

T = TypeVar("T")

#: Wrong codes after which the boxes for codes ask a network's devices for a small sum each time.
FREE_GUESSES: dict[str, Any] = {"per_hour": 10, "burst": 5}

#: Wrong codes that one network address may try. Mistyped ones fail their check sign and cost nothing.
GUESSES: dict[str, Any] = {"per_hour": 10, "burst": 10}


def address_of(request: HttpRequest) -> str:
    """The address that sent it, as the nearest proxy that is trusted saw it."""
    address: str = request.META.get("REMOTE_ADDR", "")
    seen = request.headers.get("X-Forwarded-For", "").split(",")
    if settings.TRUSTED_PROXIES and len(seen) >= settings.TRUSTED_PROXIES:
        address = seen[-settings.TRUSTED_PROXIES].strip()
    return address


def sender_of(request: HttpRequest) -> str:
    """The network that sent it: what limits count."""
    return limits.ip_prefix(address_of(request))


def place_of(request: HttpRequest) -> str:
    """The network in words for its user: the first three parts of an IPv4 address, an IPv6 /56."""
    sender = sender_of(request)
    parts = sender.split(".")
    return ".".join([*parts[:3], "*"]) if len(parts) == 4 else sender


_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("QQBrowser", "QQ"),
    ("UCBrowser", "UC"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def device_of(request: HttpRequest) -> str:
    """Browser and system as their makers call them, so that people know their device again."""
    says = request.headers.get("User-Agent", "")
    found = (next((w for mark, w in known if mark in says), "") for known in (_BROWSERS, _SYSTEMS))
    return " · ".join(filter(None, found))


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form sent, even when every field was left empty; None for a page that is opened."""
    return request.POST if request.method == "POST" else None


def private(response: HttpResponse) -> HttpResponse:
    """Kept by nobody, told to nobody, found by no search machine."""
    response.headers["Cache-Control"] = "no-store"
    # Not no-referrer: browsers then send `Origin: null` with a form, which the CSRF check refuses.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def typed(response: HttpResponse) -> HttpResponse:
    """A page with what somebody typed: the back button may show it again, no proxy keeps it."""
    patch_cache_control(response, private=True, max_age=0)
    return response


def found_by_code(
    request: HttpRequest, code: str, *, kind: str, look: Callable[[str], T | None]
) -> T | None:
    """What a code opens. Raises TooMany once too many codes that could be right were wrong.

    `kind` names the bucket of the guesses, `look` finds by the code as it was typed.
    """
    sender = sender_of(request)
    wait = limits.exhausted(kind, sender, **GUESSES)
    if wait:
        raise TooMany(retry_after=wait)
    found = look(code)
    if found is None and codes.normalise(code):
        limits.allow(kind, sender, **GUESSES)
        note_guess(request, kind=kind)
    return found


def note_guess(request: HttpRequest, *, kind: str) -> None:
    """Somebody in this network was wrong. Effects: one of its free guesses is used up."""
    limits.allow(f"{kind}.free", sender_of(request), **FREE_GUESSES)


def owed_by(request: HttpRequest, *, kind: str) -> PuzzleOwed | None:
    """The sum a network's devices owe after some wrong guesses, None where none is owed or it is
    solved (it is then used up)."""
    wait = limits.exhausted(f"{kind}.free", sender_of(request), **FREE_GUESSES)
    if wait and not is_solved(request.POST.get("altcha", ""), at=now()):
        return PuzzleOwed(retry_after=wait)
    return None


def check_guesser(request: HttpRequest, *, kind: str) -> bool:
    """Lets a box for codes be used: after a few wrong ones only with a solved puzzle.

    Links with a code in them are not asked. Raises PuzzleOwed.
    """
    owed = owed_by(request, kind=kind)
    if owed:
        raise owed
    return True


def account_of(request: HttpRequest) -> UUID:
    """The account that is signed in; only for pages that nobody else sees."""
    key: UUID = request.user.pk  # type: ignore[assignment]
    return key

"""What the resident's pages share: who sends, whose receipt, and what a private page says of itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from lianxin.cases.forms.resident_says import CodeForm
from lianxin.cases.models import Voice
from lianxin.cases.queries.cases import voice_by_code
from lianxin.cases.services import residents
from lianxin.kernel import codes, limits
from lianxin.kernel.clock import now
from lianxin.kernel.refused import TooMany
from lianxin.web.forms import attempt

#: Wrong codes that one network address may try. Mistyped ones fail their check sign and cost nothing.
GUESSES: dict[str, Any] = {"per_hour": 10, "burst": 10}
View = Callable[..., Any]


def sender_of(request: HttpRequest) -> str:
    """The network that sent it, as the nearest proxy that is trusted saw it."""
    address = request.META.get("REMOTE_ADDR", "")
    seen = request.headers.get("X-Forwarded-For", "").split(",")
    if settings.TRUSTED_PROXIES and len(seen) >= settings.TRUSTED_PROXIES:
        address = seen[-settings.TRUSTED_PROXIES]
    return limits.ip_prefix(address)


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


def find_voice(request: HttpRequest, code: str) -> Voice | None:
    """The voice of a code. Raises TooMany once too many codes that could be right were wrong."""
    sender = sender_of(request)
    wait = limits.exhausted("cases.code", sender, **GUESSES)
    if wait:
        raise TooMany(retry_after=wait)
    voice = voice_by_code(code)
    if voice is None and codes.normalise(code):
        limits.allow("cases.code", sender, **GUESSES)
    return voice


def unknown(request: HttpRequest) -> HttpResponse:
    """One answer for every wrong code, wherever it was tried."""
    form = CodeForm({"code": request.POST.get("code", "")})
    form.is_valid()
    form.errors.clear()
    form.add_error("code", _("No matter has this code. Please compare it sign by sign."))
    return private(render(request, "cases/resident/track_box.html", {"form": form}, status=404))


def with_voice(view: View) -> View:
    """Gives the view the voice behind `code`, and the code as it is written."""

    @wraps(view)
    def guarded(request: HttpRequest, code: str, **more: Any) -> HttpResponse:
        voice = find_voice(request, code)
        if voice is None:
            return unknown(request)
        return private(view(request, voice, codes.normalise(code), **more))

    return guarded


def stage_uploads(request: HttpRequest, form: Any, *, room: int) -> list[str]:
    """Stage what a browser without scripts sent along; a refused file becomes a sentence."""
    tokens: list[str] = []
    stage = partial(residents.stage_photo, sender=sender_of(request), at=now())
    for upload in request.FILES.getlist("upload")[:room]:
        row = attempt(form, partial(stage, upload=upload))
        tokens += [row.token] if row else []
    return tokens

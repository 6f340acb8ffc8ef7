"""Who may keep an answer: pages for everybody with an ETag, all others nobody."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
#: Kept by no cache, not even the browser's own.
NOBODY = "private, no-store"


def for_everybody(seconds: int) -> Callable[[View[P]], View[P]]:
    """The same page for everybody, without a token and with nothing of the person: any cache may
    keep it for so long, then it asks whether it still holds, which costs no transfer.

    Language and elder mode are cookies, so that a cache keeps one copy for each (`Vary`). With a
    session in the request nobody keeps anything, and nothing is compared.
    """

    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            response = view(request, *args, **kwargs)
            patch_vary_headers(response, ["Cookie"])
            if _has_session(request):
                response.headers["Cache-Control"] = NOBODY
                return response
            patch_cache_control(response, public=True, max_age=seconds)
            return compared(request, response)

        return wrapper

    return decorate


def compared(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer with the ETag of what stands in it; 304 where the asker has just that."""
    if response.status_code != 200:
        return response
    tag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response.headers["ETag"] = tag
    unchanged = get_conditional_response(request, etag=tag, response=response)
    return response if unchanged is None else unchanged


def _has_session(request: HttpRequest) -> bool:
    ours = (settings.SESSION_COOKIE_NAME, settings.RESIDENT_COOKIE)
    return any(request.COOKIES.get(name) for name in ours)


class KeptByNobody:
    """What a view says nothing of is kept by nobody: pages behind the sign-in, and whatever is new."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", NOBODY)
        return response

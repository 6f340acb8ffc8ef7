"""Language, elder mode, sums for devices, the page of components, what is said when all failed."""

import sys

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.defaults import server_error

from lianxin.kernel.clock import now
from lianxin.kernel.outages import outage
from lianxin.kernel.puzzles import new_puzzle
from lianxin.kernel.refused import Forbidden
from lianxin.web.middleware import ELDER_COOKIE, LANGUAGE_COOKIE, refusal
from lianxin.web.samples import samples

YEAR = 365 * 24 * 3600


def language(request: HttpRequest, code: str) -> HttpResponse:
    """Remember the language in a cookie and go back to the page one was on."""
    if code not in dict(settings.LANGUAGES):
        raise Http404
    return _remember(request, LANGUAGE_COOKIE, code)


def elder(request: HttpRequest, mode: str) -> HttpResponse:
    """Elder mode on or off, remembered in a cookie."""
    return _remember(request, ELDER_COOKIE, "1" if mode == "on" else "0")


def _remember(request: HttpRequest, cookie: str, value: str) -> HttpResponse:
    back = request.POST.get("next") or request.GET.get("next") or "/"
    here = {request.get_host()}
    if not url_has_allowed_host_and_scheme(back, here, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    response.set_cookie(
        cookie, value, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure()
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def broken(request: HttpRequest) -> HttpResponse:
    """handler500, for what failed outside a view (a session that could not be stored, a body that
    could not be read): 503 when it was an outage."""
    interrupted = outage(sys.exc_info()[1])
    return refusal(request, interrupted) if interrupted else server_error(request)


@require_safe
def fresh_token(request: HttpRequest) -> HttpResponse:
    """A token for a form that waited on a device without a line: the one in it may be over."""
    response = JsonResponse({"token": get_token(request)})
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
def puzzle(request: HttpRequest) -> HttpResponse:
    """A fresh small sum for a device that owes one. Nothing is kept of it."""
    response = JsonResponse(new_puzzle(at=now()))
    response.headers["Cache-Control"] = "no-store"
    return response


PAGES = ("home", "file", "track", "desk", "day", "slip", "refused")


def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component, alive, with long Chinese names."""
    return _sample(request, "web/styleguide/index.html")


def sample(request: HttpRequest, page: str) -> HttpResponse:
    """A whole page made of the components, to see the shells."""
    if page not in PAGES:
        raise Http404
    if page == "refused":
        return _sample(request, "web/refused.html")
    return _sample(request, f"web/styleguide/{page}.html")


def _sample(request: HttpRequest, template: str) -> HttpResponse:
    """For staff only, unless a developer runs it."""
    if not settings.DEBUG and getattr(request, "actor", None) is None:
        raise Forbidden(hint=_("Sign in with a staff account to see the design system."))
    return render(request, template, {**samples(request), "pages": PAGES})

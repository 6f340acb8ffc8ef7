"""The kiosk screen of a venue, and the page on which the venue sets screens up."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.kernel.clock import now
from lianxin.kernel.refused import Absent
from lianxin.reception.forms.room import ScreenForm
from lianxin.reception.models import Screen
from lianxin.reception.queries import screen as queries
from lianxin.reception.queries.own import own_venues
from lianxin.reception.services import screens as services
from lianxin.reception.views.room import check_runs, shell_of
from lianxin.web.forms import attempt

#: Raised when the template of the screen changes in a way that needs the page anew.
PAGE_VERSION = 1


@lru_cache(maxsize=1)
def version() -> str:
    """Changes with whatever the page is made of: the screen then loads itself anew."""
    parts = [static(f"reception/{name}") for name in ("screen.js", "screen.css")]
    return hashlib.sha256("|".join([str(PAGE_VERSION), *parts]).encode()).hexdigest()[:16]


def _screen(token: str) -> Screen:
    found = queries.screen_by_token(token)
    if found is None:
        raise Absent
    return found


@never_cache
@require_safe
def screen(request: HttpRequest, token: str) -> HttpResponse:
    """The page itself, complete without a script; with it, it keeps itself fresh for weeks."""
    found, at = _screen(token), now()
    services.seen(found, at)
    context = {**_context(found, at), "version": version(), "token": token, "now": _millis(at)}
    return _private(render(request, "reception/screen/page.html", context))


@never_cache
@require_safe
def state(request: HttpRequest, token: str) -> HttpResponse:
    """The changing part of the page; 304 while nothing changed. Headers say time and version."""
    found, at = _screen(token), now()
    services.seen(found, at)
    body = render_to_string("reception/screen/_state.html", _context(found, at))
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    # A packed answer carries its tag as a weak one.
    same = request.headers.get("If-None-Match", "").removeprefix("W/") == tag
    response = HttpResponse(status=304) if same else HttpResponse(body)
    response.headers["ETag"] = tag
    return _private(response)


def _private(response: HttpResponse) -> HttpResponse:
    """Who knows the address stands before the screen: it is not told on."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["X-Screen-Version"] = version()
    response.headers["X-Screen-Time"] = _millis(now())
    return response


def _millis(at: datetime) -> str:
    return str(int(at.timestamp() * 1000))


def _context(found: Screen, at: datetime) -> dict[str, Any]:
    shown = queries.state_of(found, at)
    venue = found.venue
    return {
        "state": shown,
        "venue": venue,
        "report_link": f"{_link('cases:file')}?venue={venue.code}",
        "book_link": f"{_link('reception:meet')}?venue={venue.code}",
        "check_in_link": _link("reception:check-in-code", shown.code.token) if shown.code else "",
    }


def _link(name: str, *args: Any) -> str:
    """The whole address, as it goes into a QR code."""
    return f"{settings.PUBLIC_URL}{reverse(name, args=args)}"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def screens(request: HttpRequest) -> HttpResponse:
    """The venue's screens: set up, their secret address, when they were last seen."""
    check_runs(request)
    venues = list(own_venues(request.actor))
    form = ScreenForm(request.POST if request.method == "POST" else None, venues=venues)
    if form.is_valid():
        made = attempt(
            form,
            lambda: services.set_up(
                venue_id=UUID(form.cleaned_data["venue_id"]),
                name=form.cleaned_data["name"],
                by=request.actor,
                at=now(),
            ),
        )
        if made:
            messages.success(request, _("Set up. Open the address on the screen."))
            return redirect("reception:screens")
    at = now()
    rows = [
        {
            "screen": one,
            "link": _link("reception:screen", one.token),
            "is_alive": queries.is_alive(one, at),
        }
        for one in queries.screens_of(request.actor)[:50]
    ]
    context = {**shell_of(request), "form": form, "rows": rows}
    return render(request, "reception/room/screens.html", context)


@login_required
@require_POST
def take_down(request: HttpRequest, screen_id: UUID) -> HttpResponse:
    """The address shows nothing any more."""
    check_runs(request)
    services.take_down(screen_id=screen_id, by=request.actor, at=now())
    messages.success(request, _("Taken down. Its address shows nothing any more."))
    return redirect("reception:screens")

"""Calendar feeds, and a deputy's page with the address of the own one."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.congress.models import Actor
from lianxin.kernel.clock import now
from lianxin.reception.queries import feeds as queries
from lianxin.reception.rules.ics import Feed
from lianxin.reception.rules.permissions import deputy_id_of
from lianxin.reception.services.feeds import renew_calendar_key


@require_safe
@cache_control(public=True, max_age=300)
def venue(request: HttpRequest, code: str) -> HttpResponse:
    """Reception days of a venue."""
    return _answer(request, queries.venue_feed(code, at=now()), "reception")


@require_safe
@cache_control(public=True, max_age=300)
def grid(request: HttpRequest, grid_id: UUID) -> HttpResponse:
    """Duty of a grid and reception days of its venues."""
    return _answer(request, queries.grid_feed(grid_id, at=now()), "grid")


@require_safe
@cache_control(private=True, no_cache=True)
def deputy(request: HttpRequest, code: str) -> HttpResponse:
    """A deputy's own days: whoever has the address reads them, without signing in."""
    return _answer(request, queries.deputy_feed(code, at=now()), "deputy")


def _answer(request: HttpRequest, feed: Feed, name: str) -> HttpResponse:
    """The feed, or 304 where the asker has it already."""
    response = HttpResponse(feed.body, content_type="text/calendar; charset=utf-8")
    response.headers["ETag"] = feed.etag
    response.headers["Content-Disposition"] = f'inline; filename="{name}.ics"'
    changed = int(feed.changed_at.timestamp()) if feed.changed_at else None
    if changed:
        response.headers["Last-Modified"] = http_date(changed)
    answer = get_conditional_response(request, feed.etag, changed, response)
    return cast(HttpResponse, answer)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """The address of one's own feed, and a new one."""
    actor = cast(Actor, request.actor)
    deputy_id = deputy_id_of(actor)
    if request.method == "POST":
        renew_calendar_key(by=actor, at=now())
        messages.success(request, _("This is your new address. An old one is dead now."))
        return redirect("reception:calendar")
    key = queries.calendar_key(deputy_id)
    path = reverse("reception:deputy-calendar", args=[key.token]) if key else ""
    context = {
        "address": settings.PUBLIC_URL + path if path else "",
        "path": path,
        "name": actor.name,
    }
    return render(request, "reception/days/calendar.html", context)

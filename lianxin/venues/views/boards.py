"""Boards: what a scanned code says of one, and which ones hang there out of date."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lianxin.kernel.clock import now
from lianxin.venues.queries import boards
from lianxin.venues.views.base import StaffRequest, shell_of
from lianxin.web.kept import for_everybody
from lianxin.web.parts import Chip

STATES = {
    "": gettext_lazy("All venues"),
    "stale": gettext_lazy("Out of date"),
    "never": gettext_lazy("Never printed"),
    "fresh": gettext_lazy("Up to date"),
}


@require_safe
@for_everybody(0)
def check(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """A passer-by scanned the board: it is up to date, or exactly this has changed."""
    found = boards.board_check(code, version, at=now())
    venue = found.venue
    if code != venue.code:
        return redirect("venues:board-check", code=venue.code, version=version)
    context = {"check": found, "venue": venue, "issue": found.issue}
    return render(request, "venues/board_check.html", context)


@login_required
@never_cache
@require_safe
def index(request: StaffRequest) -> HttpResponse:
    """The venues one looks after, and whether what hangs there still holds."""
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    listed = boards.boards_listed(
        request.actor, state=state, after=request.GET.get("after"), at=now()
    )
    here = reverse("venues:boards")
    context = {
        "listed": listed,
        "state": state,
        "chips": [
            Chip(
                label=str(label),
                href=f"{here}?state={name}" if name else here,
                active=name == state,
            )
            for name, label in STATES.items()
        ],
        **shell_of(request.actor),
    }
    return render(request, "venues/boards.html", context)

"""The bell."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lianxin.kernel.clock import now
from lianxin.kernel.paging import keyset
from lianxin.notices import queries, services
from lianxin.people.queries import workplace_of


@login_required
@never_cache
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """What happened that concerns me, newest first."""
    unread = request.GET.get("show") == "unread"
    person_id = request.actor.person_id
    page = keyset(
        queries.notices_of(person_id, unread=unread),
        order=("-told_at", "-id"),
        after=request.GET.get("after"),
    )
    count = queries.unread_count(person_id)
    context = {
        "page": page,
        "unread": unread,
        "count": count,
        "workplace": workplace_of(request.actor),
    }
    return render(request, "notices/list.html", context)


@login_required
@require_POST
def open_notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Reads a notice and goes where it leads."""
    notice = services.mark_read(notice_id=notice_id, person_id=request.actor.person_id, at=now())
    return redirect(notice.url or "notices:list")


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """All of them are read."""
    services.mark_all_read(person_id=request.actor.person_id, at=now())
    return redirect("notices:list")

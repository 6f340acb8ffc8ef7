"""Where one is signed in, and ending that."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from lianxin.kernel.clock import now
from lianxin.people import queries, services
from lianxin.people.services.session_store import row_key
from lianxin.web.visitors import account_of, private


@login_required
@never_cache
def sessions(request: HttpRequest) -> HttpResponse:
    """Devices on which I am signed in."""
    context = {
        "workplace": queries.workplace_of(request.actor),
        "sessions": queries.sessions_of(account_of(request), now()),
        "this": row_key(str(request.session.session_key)),
    }
    return private(render(request, "people/sessions.html", context))


@login_required
@require_POST
def end_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """One of them is signed out."""
    services.end_session(account_id=account_of(request), session_id=session_id, at=now())
    messages.success(request, _("That device is signed out."))
    return redirect("people:sessions")


@login_required
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """All but this one are signed out."""
    keep = row_key(str(request.session.session_key))
    ended = services.end_other_sessions(account_id=account_of(request), keep=keep, at=now())
    messages.success(
        request,
        ngettext("%(n)s other device is signed out.", "%(n)s other devices are signed out.", ended)
        % {"n": ended},
    )
    return redirect("people:sessions")

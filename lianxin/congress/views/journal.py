"""What the auditor reads of accounts and posts."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from lianxin.congress import rules
from lianxin.congress.enums import WATCHED_ACTS
from lianxin.congress.queries import staff as queries
from lianxin.kernel.paging import keyset
from lianxin.people.enums import Ability


@login_required
@never_cache
@require_GET
def journal(request: HttpRequest) -> HttpResponse:
    """Who opened, closed or reset which account, gave or withdrew which post, and signed in when."""
    rules.check_may_see_journal(request.actor)
    scopes = request.actor.scopes_with(Ability.RECORD_SEE)
    page = keyset(
        queries.watched_entries(scopes),
        order=("-at", "-id"),
        after=request.GET.get("after"),
        size=50,
    )
    rows = [
        (line, WATCHED_ACTS.get(line.entry.action, line.entry.action))
        for line in queries.lines_of(page.items)
    ]
    context = {"rows": rows, "page": page, "workplace": "operation"}
    return render(request, "congress/journal.html", context)

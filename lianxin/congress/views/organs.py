"""Organs and who holds which post there."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from lianxin.congress import queries, rules
from lianxin.congress.models import Organ
from lianxin.kernel.paging import keyset
from lianxin.people.enums import Ability
from lianxin.places.queries import names_for


@login_required
@never_cache
@require_GET
def organs(request: HttpRequest) -> HttpResponse:
    """All organs, with how many posts are held there."""
    actor = request.actor
    rules.check_may_see_posts(actor)
    search = request.GET.get("q", "")[:60]
    page = keyset(
        queries.organ_table(actor.scopes_with(Ability.ROLE_MANAGE), search=search),
        order=("division_code", "name", "id"),
        after=request.GET.get("after"),
        size=50,
    )
    places = names_for(organ.division_code for organ in page)
    rows = [(organ, places.get(organ.division_code)) for organ in page]
    context = {"rows": rows, "page": page, "search": search, "workplace": "operation"}
    return render(request, "congress/organs.html", context)


@login_required
@never_cache
@require_GET
def organ(request: HttpRequest, organ_id: UUID) -> HttpResponse:
    """One organ: who holds which post, since when, until when."""
    found = get_object_or_404(Organ.objects.select_related("superior"), pk=organ_id)
    rules.check_may_see_posts(request.actor, found.division_code)
    context = {
        "organ": found,
        "posts": queries.posts_of_organ(organ_id),
        "place": names_for([found.division_code]).get(found.division_code),
        "supervisor": queries.supervisor_of(found),
        "today": queries.today(),
        "workplace": "operation",
    }
    return render(request, "congress/organ.html", context)

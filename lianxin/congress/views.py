"""One's own absence; organs and posts for the security administrator."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lianxin.congress import queries, rules, services
from lianxin.congress.forms import AbsenceForm
from lianxin.congress.models import Organ
from lianxin.kernel.clock import now
from lianxin.kernel.paging import keyset
from lianxin.people.enums import Ability
from lianxin.people.queries import workplace_of
from lianxin.places.queries import names_for
from lianxin.web.forms import attempt


@login_required
@never_cache
def absence(request: HttpRequest) -> HttpResponse:
    """Days on which somebody else acts for me."""
    actor = request.actor
    colleagues = queries.colleagues_of(actor)
    form = AbsenceForm(request.POST or None, colleagues=colleagues)
    if form.is_valid():
        entered = attempt(
            form,
            lambda: services.set_absence(
                person_id=actor.person_id, by=actor, at=now(), **form.cleaned_data
            ),
        )
        if entered:
            messages.success(request, _("Your absence is entered."))
            return redirect("congress:absence")
    context = {
        "form": form,
        "absences": queries.absences_of(actor.person_id),
        "stand_ins": queries.stand_ins_of(actor.person_id),
        "colleagues": colleagues,
        "workplace": workplace_of(actor),
    }
    return render(request, "congress/absence.html", context)


@login_required
@require_POST
def cancel_absence(request: HttpRequest, absence_id: UUID) -> HttpResponse:
    """I am back."""
    services.cancel_absence(absence_id=absence_id, by=request.actor, at=now())
    messages.success(request, _("The absence is taken back."))
    return redirect("congress:absence")


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

"""Days on which somebody else acts for me."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from lianxin.congress import queries, services
from lianxin.congress.forms import AbsenceForm
from lianxin.kernel.clock import now
from lianxin.people.queries import workplace_of
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

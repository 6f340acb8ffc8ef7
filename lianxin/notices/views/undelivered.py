"""What could not be delivered: the page of the system administrator."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lianxin.kernel.clock import now
from lianxin.kernel.paging import keyset
from lianxin.notices import queries, rules, services
from lianxin.notices.forms import GiveUpForm

WORKPLACE = "operation"


@login_required
@never_cache
@require_GET
def undelivered(request: HttpRequest) -> HttpResponse:
    """Parked events, messages the gateway refused, jobs that fail."""
    rules.check_may_see_undelivered(request.actor)
    page = keyset(
        queries.parked_messages(request.actor), order=("id",), after=request.GET.get("after")
    )
    context = {
        "page": page,
        "deliveries": queries.failed_deliveries(request.actor)[:50],
        "jobs": queries.failing_jobs(),
        "workplace": WORKPLACE,
    }
    return render(request, "notices/undelivered.html", context)


@login_required
@never_cache
def event(request: HttpRequest, event_id: UUID, handler: str) -> HttpResponse:
    """One parked event; with a reason it is given up."""
    rules.check_may_see_undelivered(request.actor)
    message = queries.parked_message(request.actor, event_id, handler)
    form = GiveUpForm(request.POST or None)
    if form.is_valid():
        services.give_up_message(
            message_id=message.pk, by=request.actor, at=now(), reason=form.cleaned_data["reason"]
        )
        messages.success(request, _("The event is given up; the journal says why."))
        return redirect("notices:undelivered")
    context = {"message": message, "form": form, "workplace": WORKPLACE}
    return render(request, "notices/event.html", context)


@login_required
@require_POST
def retry_event(request: HttpRequest, event_id: UUID, handler: str) -> HttpResponse:
    """A parked event is tried again."""
    rules.check_may_see_undelivered(request.actor)
    message = queries.parked_message(request.actor, event_id, handler)
    services.retry_message(message_id=message.pk, by=request.actor, at=now())
    messages.success(request, _("The event will be tried again at once."))
    return redirect("notices:undelivered")


@login_required
@require_POST
def retry_delivery(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """A message that the gateway refused is sent once more."""
    rules.check_may_see_undelivered(request.actor)
    services.retry_delivery(delivery_id=delivery_id, by=request.actor, at=now())
    messages.success(request, _("The message will be sent once more."))
    return redirect("notices:undelivered")

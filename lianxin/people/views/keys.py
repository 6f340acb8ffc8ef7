"""One's access keys for programs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from lianxin.kernel.clock import now
from lianxin.people import queries, rules, services
from lianxin.people.forms import AccessKeyForm
from lianxin.web.forms import attempt


@login_required
@never_cache
def keys(request: HttpRequest) -> HttpResponse:
    """One's access keys for programs, and a new one, whose text is shown this once."""
    rules.check_proven(request.session, now())
    form, made = AccessKeyForm(request.POST or None), None
    if form.is_valid():
        made = attempt(form, lambda: _make_key(request, form.cleaned_data))
    context = {
        "form": AccessKeyForm() if made else form,
        "made": made,
        "keys": queries.keys_of(request.actor.account_id).select_related("revoked_by"),
        "at": now(),
        "workplace": queries.workplace_of(request.actor),
    }
    return render(request, "people/keys.html", context)


def _make_key(request: HttpRequest, words: dict[str, Any]) -> tuple[Any, str]:
    at = now()
    return services.make_key(
        account_id=request.actor.account_id,
        name=words["name"],
        scope=words["scope"],
        expires_at=at + timedelta(days=words["days"]),
        networks=words["networks"],
        by=request.actor,
        at=at,
    )


@login_required
@require_POST
def revoke_key(request: HttpRequest, key_id: UUID) -> HttpResponse:
    """One's own key works no more."""
    services.revoke_key(key_id=key_id, by=request.actor, at=now())
    messages.success(request, _("The access key is revoked."))
    return redirect("people:keys")

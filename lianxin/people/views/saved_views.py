"""Saved views of lists."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lianxin.people import services
from lianxin.people.forms import ViewForm, ViewNameForm


@login_required
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keeps the filters of a list under a name."""
    form = ViewForm(request.POST)
    if form.is_valid():
        services.save_view(person_id=request.actor.person_id, **form.cleaned_data)
        messages.success(request, _("The view is saved."))
    else:
        messages.error(request, _("A view needs a name of at most 40 characters."))
    return _back(request)


@login_required
@require_POST
def rename_view(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Another name for one's own view."""
    form = ViewNameForm(request.POST)
    name = form.cleaned_data["name"] if form.is_valid() else ""
    services.rename_view(view_id=view_id, person_id=request.actor.person_id, name=name)
    return _back(request)


@login_required
@require_POST
def delete_view(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """One's own view is gone."""
    services.delete_view(view_id=view_id, person_id=request.actor.person_id)
    messages.success(request, _("The view is deleted."))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the page the form stood on, never to another host."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, None) and target.startswith("/")
    return HttpResponseRedirect(target if safe and not urlsplit(target).netloc else "/")

"""Signing in and out, one's own account, saved views."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from lianxin.kernel import limits
from lianxin.kernel.clock import now
from lianxin.people import queries, services
from lianxin.people.forms import PasswordForm, SignInForm, ViewForm, ViewNameForm
from lianxin.web.forms import attempt


class SignIn(LoginView):
    """Ten tries an hour for a name, sixty for an address; the session's key is a new one."""

    template_name = "people/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        sender = limits.ip_prefix(request.META.get("REMOTE_ADDR", ""))
        limits.check("sign-in.sender", sender, per_hour=60, burst=30)
        name = request.POST.get("username", "")[:150].strip().casefold()
        limits.check("sign-in.name", name, per_hour=10, burst=10)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        services.note_sign_in(account_id=form.get_user().pk, at=now())
        return response


sign_in = SignIn.as_view()
sign_out = LogoutView.as_view()


@login_required
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """The page where this person's work begins."""
    actor = request.actor
    for ability, name in settings.START_PAGES:
        if actor.can(ability) if ability else actor.deputy_id:
            return redirect(name)
    return redirect("people:account")


@login_required
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """Who I am here, what my posts allow, and the switches that are mine."""
    context = {
        "posts": queries.posts_in_words(request.actor),
        "name": request.actor.name,
        "workplace": queries.workplace_of(request.actor),
    }
    return render(request, "people/account.html", context)


@login_required
@never_cache
def password(request: HttpRequest) -> HttpResponse:
    """A new password for oneself; other devices are signed out."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST":
        limits.check("password", str(request.user.pk), per_hour=10, burst=10)
    if form.is_valid():
        words = form.cleaned_data
        changed = attempt(
            form,
            lambda: services.change_own_password(
                account_id=request.actor.account_id,
                old=words["old"],
                new=words["new"],
                by=request.actor,
                at=now(),
            ),
        )
        if changed:
            update_session_auth_hash(request, changed)
            messages.success(request, _("Your password is changed; other devices are signed out."))
            return redirect("people:account")
    context = {"form": form, "workplace": queries.workplace_of(request.actor)}
    return render(request, "people/password.html", context)


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

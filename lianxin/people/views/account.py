"""Where work begins, one's own account and its password."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from lianxin.kernel import limits
from lianxin.kernel.clock import now
from lianxin.people import queries, services
from lianxin.people.forms import PasswordForm
from lianxin.web.forms import attempt


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
        "issuer": settings.OIDC_ISSUER,
        "identity": queries.identity_of(request.actor.account_id) if settings.OIDC_ISSUER else None,
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
                second=request.session.get("second", False),
                at=now(),
            ),
        )
        if changed:
            update_session_auth_hash(request, changed)
            messages.success(request, _("Your password is changed; other devices are signed out."))
            return redirect("people:account")
    context = {"form": form, "workplace": queries.workplace_of(request.actor)}
    return render(request, "people/password.html", context)

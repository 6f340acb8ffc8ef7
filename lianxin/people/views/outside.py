"""Signing in by way of an OpenID provider, and linking it with one's account."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lianxin.kernel import limits
from lianxin.kernel.clock import now
from lianxin.kernel.openid import OutsideRefused
from lianxin.people import queries, rules
from lianxin.people.services import outside, signing_in
from lianxin.people.services.outside import CameBack
from lianxin.people.views import entering
from lianxin.web.visitors import private, sender_of


@never_cache
@require_GET
def leave(request: HttpRequest) -> HttpResponse:
    """To the provider."""
    limits.check("outside", sender_of(request), per_hour=60, burst=30)
    return HttpResponseRedirect(outside.leave(request.session, at=now()))


@login_required
@never_cache
@require_GET
def leave_to_link(request: HttpRequest) -> HttpResponse:
    """To the provider, so that its word opens one's own account from now on."""
    rules.check_proven(request.session, now())
    account_id = request.user.pk
    return HttpResponseRedirect(outside.leave(request.session, at=now(), for_account=account_id))


@never_cache
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """From the provider: linked, or a step further in signing in, or told that nobody knows them."""
    limits.check("outside", sender_of(request), per_hour=60, burst=30)
    came = outside.come_back(request.session, given=request.GET.dict(), at=now())
    if came.for_account:
        return _linked(request, came)
    identity = queries.identity_at(outside.provider().issuer, came.subject)
    if identity is None:
        context = {"subject": came.subject}
        return private(render(request, "people/outside_unknown.html", context, status=403))
    # Linked by an administrator it may be that one's own phone for which the provider vouches.
    second = came.second and identity.is_own
    passed = [signing_in.OUTSIDE, *([signing_in.SECOND] if second else [])]
    signing_in.begin(request.session, account_id=identity.account_id, passed=passed, at=now())
    return entering.advance(request)


def _linked(request: HttpRequest, came: CameBack) -> HttpResponse:
    if not request.user.is_authenticated or request.user.pk != came.for_account:
        raise OutsideRefused
    outside.link(account_id=request.user.pk, subject=came.subject, by=request.actor, at=now())
    messages.success(request, _("From now on you can sign in there as well."))
    return redirect("people:account")


@login_required
@require_POST
def unlink(request: HttpRequest) -> HttpResponse:
    """The sign-in elsewhere opens one's account no more."""
    rules.check_proven(request.session, now())
    outside.unlink(account_id=request.actor.account_id, by=request.actor, at=now())
    messages.success(request, _("The sign-in elsewhere is unlinked."))
    return redirect("people:account")

"""The second factor of one's own account: seen, added, removed; open to who must first set one up."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from lianxin.kernel import limits, totp
from lianxin.kernel.clock import now
from lianxin.people import queries, rules, services
from lianxin.people.forms import CodeForm, NewPasskeyForm
from lianxin.people.models import Account
from lianxin.people.services import signing_in
from lianxin.people.services.candidates import candidate, forget_candidate
from lianxin.people.views import entering
from lianxin.people.views.sign_in import CODE_TRIES
from lianxin.web.forms import attempt
from lianxin.web.visitors import private, sent

_MADE = "passkey-new"


@never_cache
def factors(request: HttpRequest) -> HttpResponse:
    """What can be shown besides the password, and what else could be."""
    account = entering.owner(request)
    context = {
        "factors": queries.second_factors(account.pk),
        "required": rules.second_factor_is_required(),
    }
    return _page(request, "people/factors.html", context)


@never_cache
def add_app(request: HttpRequest) -> HttpResponse:
    """An app: its secret as a QR code and in words, taken once a code proves that it arrived."""
    account = entering.owner(request)
    secret = candidate(request.session, account_id=account.pk)
    form = CodeForm(sent(request))
    if request.method == "POST":
        limits.check("second-factor", str(account.pk), **CODE_TRIES)
    if form.is_valid():
        code = form.cleaned_data["code"]
        added = attempt(
            form,
            lambda: services.add_app(account_id=account.pk, secret=secret, code=code, at=now()),
        )
        if added:
            forget_candidate(request.session)
            return _added(request, account)
    address = totp.address(secret, account=account.username, issuer=settings.LEDGER_NAME)
    groups = [secret[at : at + 4] for at in range(0, len(secret), 4)]
    context = {"form": form, "address": address, "groups": groups}
    return _page(request, "people/add_app.html", context)


@login_required
@require_POST
def remove_app(request: HttpRequest) -> HttpResponse:
    """The app's codes open nothing any more."""
    account = entering.owner(request)
    services.remove_app(account_id=account.pk, at=now())
    messages.success(request, _("The app is removed."))
    return redirect("people:factors")


@never_cache
def add_passkey(request: HttpRequest) -> HttpResponse:
    """A passkey under a name; the browser makes it."""
    account = entering.owner(request)
    form = NewPasskeyForm(sent(request))
    if form.is_valid():
        added = attempt(
            form,
            lambda: services.add_passkey(
                account_id=account.pk,
                state=request.session.pop(_MADE, None),
                at=now(),
                **form.cleaned_data,
            ),
        )
        if added:
            return _added(request, account)
    return _page(request, "people/add_passkey.html", {"form": form})


@never_cache
@require_POST
def new_passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to make a passkey."""
    options, state = services.begin_adding(account_id=entering.owner(request).pk)
    request.session[_MADE] = state
    return private(JsonResponse(options))


@login_required
@require_POST
def remove_passkey(request: HttpRequest, passkey_id: UUID) -> HttpResponse:
    """A passkey opens nothing any more."""
    account = entering.owner(request)
    services.remove_passkey(account_id=account.pk, passkey_id=passkey_id, at=now())
    messages.success(request, _("The passkey is removed."))
    return redirect("people:factors")


@login_required
@never_cache
@require_POST
def make_codes(request: HttpRequest) -> HttpResponse:
    """Fresh recovery codes, shown this once."""
    return _codes(request, entering.owner(request))


def _added(request: HttpRequest, account: Account) -> HttpResponse:
    """After the first factor: signed in, where that was what was missing, and codes on paper."""
    if not request.user.is_authenticated:
        signing_in.add(request.session, passed=signing_in.SECOND)
    if queries.second_factors(account.pk).codes:
        messages.success(request, _("From now on it is asked for when you sign in."))
        return redirect("people:factors")
    return _codes(request, account)


def _codes(request: HttpRequest, account: Account) -> HttpResponse:
    codes = services.make_codes(account_id=account.pk, at=now())
    return _page(request, "people/codes.html", {"codes": codes, "username": account.username})


def _page(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    """Within the workplace of who is signed in; on a page without a menu for who is signing in."""
    inside = request.user.is_authenticated
    context |= {
        "frame": "web/workplace.html" if inside else "people/entering.html",
        "inside": inside,
        "workplace": queries.workplace_of(request.actor) if inside else "",
    }
    return private(render(request, template, context))

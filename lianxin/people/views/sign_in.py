"""Signing in: password, second factor or passkey, a new password where one is due; and out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from lianxin.kernel import limits
from lianxin.kernel.clock import now
from lianxin.kernel.refused import Absent
from lianxin.people import queries, rules, services
from lianxin.people.enums import Step
from lianxin.people.forms import CodeForm, FirstPasswordForm, PasskeyForm, ProofForm, SignInForm
from lianxin.people.services import signing_in
from lianxin.people.views import entering
from lianxin.web.forms import attempt
from lianxin.web.visitors import account_of, note_guess, owed_by, private, sender_of, sent

#: Wrong codes of a second factor that one account may try (ASVS 6.6.3).
CODE_TRIES: dict[str, Any] = {"per_hour": 10, "burst": 5}
_ASKED = "passkey"


class SignIn(LoginView):
    """Ten tries an hour for a name, sixty for an address. The right password is only the first step."""

    template_name = "people/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        elsewhere = {"issuer": settings.OIDC_ISSUER, "elsewhere": settings.OIDC_NAME}
        return super().get_context_data(**kwargs) | elsewhere

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        limits.check("sign-in.sender", sender_of(request), per_hour=60, burst=30)
        name = request.POST.get("username", "")[:150].strip().casefold()
        limits.check("sign-in.name", name, per_hour=10, burst=10)
        owed = owed_by(request, kind="sign-in")
        if owed:  # before the password is looked at
            form = SignInForm(request, initial={"username": name})
            form.refused = owed
            return self.render_to_response(self.get_context_data(form=form), status=owed.status)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        note_guess(self.request, kind="sign-in")
        return super().form_invalid(form)

    def form_valid(self, form: Any) -> HttpResponse:
        signing_in.begin(
            self.request.session,
            account_id=form.get_user().pk,
            passed=[signing_in.PASSWORD],
            at=now(),
        )
        entering.remember_target(self.request)
        return entering.advance(self.request)


sign_in = SignIn.as_view()
sign_out = LogoutView.as_view()


@never_cache
def confirm(request: HttpRequest) -> HttpResponse:
    """The second factor: a code of the app or of the paper, or a passkey."""
    account = entering.under_way(request, Step.SECOND).account
    form = CodeForm(sent(request))
    if request.method == "POST":
        limits.check("second-factor", str(account.pk), **CODE_TRIES)
    if form.is_valid():
        code = form.cleaned_data["code"]
        if attempt(form, lambda: services.check_code(account_id=account.pk, code=code, at=now())):
            signing_in.add(request.session, passed=signing_in.SECOND)
            return entering.advance(request)
    context = {"form": form, "factors": queries.second_factors(account.pk)}
    return private(render(request, "people/confirm.html", context))


@never_cache
@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to ask for a passkey: of whoever is (signing) in, else of anybody."""
    limits.check("passkey", sender_of(request), per_hour=120, burst=30)
    options, state = services.begin_asking(account_id=_known(request))
    request.session[_ASKED] = state
    return private(JsonResponse(options))


def _known(request: HttpRequest) -> Any:
    if request.user.is_authenticated:
        return request.user.pk
    found = signing_in.under_way(request.session, at=now())
    return found.account.pk if found else None


@never_cache
@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """A passkey stands for password and second factor: the device has verified its owner."""
    limits.check("passkey", sender_of(request), per_hour=120, burst=30)
    form = PasskeyForm(request.POST)
    answer = form.cleaned_data["answer"] if form.is_valid() else ""
    account = services.check_passkey(
        state=request.session.pop(_ASKED, None),
        answer=answer,
        account_id=_known(request),
        at=now(),
    )
    if request.user.is_authenticated:
        services.mark_proven(request.session, at=now())
        return redirect(entering.own_target(request, request.POST.get("next", "")))
    if signing_in.under_way(request.session, at=now()):
        signing_in.add(request.session, passed=signing_in.PASSKEY)
    else:
        signing_in.begin(
            request.session, account_id=account.pk, passed=[signing_in.PASSKEY], at=now()
        )
        entering.remember_target(request)
    return entering.advance(request)


@require_POST
def go_on(request: HttpRequest) -> HttpResponse:
    """After the recovery codes were kept: the next step."""
    return entering.advance(request)


@never_cache
@sensitive_post_parameters()
def new_password(request: HttpRequest) -> HttpResponse:
    """The last step where somebody else knows the password, or it is older than the rules allow."""
    found = entering.under_way(request, Step.PASSWORD)
    form = FirstPasswordForm(sent(request))
    if form.is_valid() and attempt(
        form,
        lambda: services.replace_password(
            account_id=found.account.pk,
            new=form.cleaned_data["new"],
            second=found.has_second,
            at=now(),
        ),
    ):
        return entering.advance(request)
    return private(render(request, "people/new_password.html", {"form": form, "due": True}))


@never_cache
@sensitive_post_parameters()
def password_link(request: HttpRequest, account: str, token: str) -> HttpResponse:
    """A one-time link to set one's password; signing in comes after it, with the second factor."""
    limits.check("password-link", sender_of(request), per_hour=60, burst=20)
    found = queries.account_of_link(account)
    if found is None or not default_token_generator.check_token(found, token):
        raise Absent(hint=rules.LINK_OVER)
    form = FirstPasswordForm(sent(request))
    if form.is_valid() and attempt(
        form,
        lambda: services.replace_password(
            account_id=found.pk, new=form.cleaned_data["new"], second=False, at=now()
        ),
    ):
        return redirect("people:sign-in")
    context = {"form": form, "username": found.username}
    return private(render(request, "people/new_password.html", context))


@never_cache
@sensitive_post_parameters()
def prove(request: HttpRequest) -> HttpResponse:
    """Proving again that it is you, before an act that opens doors."""
    if not request.user.is_authenticated:
        raise rules.StepOver
    factors = queries.second_factors(request.user.pk)
    form = ProofForm(sent(request), account=request.user, with_code=bool(factors))
    if request.method == "POST":
        limits.check("second-factor", str(request.user.pk), **CODE_TRIES)
    if form.is_valid() and attempt(form, lambda: _prove(request, form.cleaned_data)):
        services.mark_proven(request.session, at=now())
        return redirect(entering.own_target(request, request.POST.get("next", "")))
    target = request.POST.get("next") or request.GET.get("next", "")
    context = {
        "form": form,
        "factors": factors,
        "next": target,
        "workplace": queries.workplace_of(request.actor),
    }
    return private(render(request, "people/prove.html", context))


def _prove(request: HttpRequest, given: dict[str, str]) -> bool:
    return services.prove(
        account_id=account_of(request),
        password=given.get("password"),
        code=given.get("code"),
        at=now(),
    )

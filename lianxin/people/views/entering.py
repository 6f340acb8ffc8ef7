"""What the pages of signing in share: the next step, the last step, and who a page is for."""

from __future__ import annotations

from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from lianxin.kernel.clock import now
from lianxin.people import rules, services
from lianxin.people.enums import Step
from lianxin.people.models import Account
from lianxin.people.services import signing_in
from lianxin.people.services.signing_in import SigningIn
from lianxin.web import visitors

BACKEND = "django.contrib.auth.backends.ModelBackend"
_NEXT = "next"
_PAGES = {
    Step.SECOND: "people:confirm",
    Step.SET_UP: "people:factors",
    Step.PASSWORD: "people:new-password",
}


def own_target(request: HttpRequest, target: str) -> str:
    """The page one came from or for, never another host's; where work begins, else."""
    safe = url_has_allowed_host_and_scheme(target, None) and target.startswith("/")
    return target if safe else resolve_url("people:start")


def remember_target(request: HttpRequest) -> None:
    request.session[_NEXT] = request.POST.get("next", "")


def under_way(request: HttpRequest, *steps: Step) -> SigningIn:
    """Who is signing in and stands at one of the steps. Raises StepOver."""
    found = signing_in.under_way(request.session, at=now())
    if found is None or signing_in.next_step(found, at=now()) not in steps:
        raise rules.StepOver
    return found


def advance(request: HttpRequest) -> HttpResponse:
    """To the page of the next step; after the last one, signed in and where one wanted to go."""
    found = signing_in.under_way(request.session, at=now())
    if found is None:
        raise rules.StepOver
    step = signing_in.next_step(found, at=now())
    if step in _PAGES:
        return redirect(_PAGES[step])
    enter(request, found)
    return HttpResponseRedirect(own_target(request, request.session.pop(_NEXT, "")))


def enter(request: HttpRequest, found: SigningIn) -> None:
    """Signed in, in a session with a new key."""
    at = now()
    signing_in.forget(request.session)
    auth.login(request, found.account, backend=BACKEND)
    services.open_session(
        request.session,
        second=found.has_second,
        device=visitors.device_of(request),
        place=visitors.place_of(request),
        at=at,
    )
    services.note_sign_in(account_id=found.account.pk, passed=found.passed, at=at)


def owner(request: HttpRequest) -> Account:
    """Whose second factor a page is about: of who is signed in and has just proved it, or of who
    is signing in and has none yet. Raises ProofNeeded or StepOver."""
    if request.user.is_authenticated:
        rules.check_proven(request.session, now())
        return request.user
    return under_way(request, Step.SET_UP).account

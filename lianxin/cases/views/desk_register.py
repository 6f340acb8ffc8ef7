"""Registering somebody at the desk: words first, the caller looked up, a slip at the end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.cases.forms.desk import RegisterForm
from lianxin.cases.queries.desk import Desk, venues_of
from lianxin.cases.queries.desk_case import earlier_of
from lianxin.cases.queries.receipts import slip_of
from lianxin.cases.rules.permissions import NotYourDesk
from lianxin.cases.services.desk import register as register_case
from lianxin.cases.services.filing import Draft, Receipt
from lianxin.cases.views.case_base import actor_of, office_name
from lianxin.congress.models import Actor
from lianxin.kernel.clock import now
from lianxin.record import services as record
from lianxin.web.forms import attempt


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """The form; after it the slip, with the code that is shown this once."""
    actor = actor_of(request)
    venues = venues_of(actor)
    if not venues:
        raise NotYourDesk
    sent = request.method == "POST"
    looking = sent and "look" in request.POST
    if sent and not looking:
        form = RegisterForm(request.POST, request.FILES, venues=venues)
    else:
        form = RegisterForm(None, venues=venues, initial=_kept(request) if looking else {})
    if form.is_valid():
        receipt = attempt(form, lambda: _register(form, actor))
        if receipt:
            return _slip(request, actor, receipt)
    phone = request.POST.get("phone", "") or request.GET.get("phone", "")
    context = {
        "office": office_name(actor),
        "workplace": "desk",
        "counts": Desk.of(actor, now()).counts(),
        "form": form,
        "phone": phone,
        "earlier": earlier_of(actor, phone) if phone else [],
    }
    return render(request, "cases/desk/register.html", context)


def _kept(request: HttpRequest) -> dict[str, Any]:
    """What was typed before the caller was looked up."""
    kept: dict[str, Any] = {name: value for name, value in request.POST.items() if name != "place"}
    kept["place"] = request.POST.get("place_code", "")
    kept.update({name: True for name in ("consents", "may_publish") if name in request.POST})
    return kept


def _register(form: RegisterForm, actor: Actor) -> Receipt:
    words, at = form.cleaned_data, now()
    staged = [record.stage(photo, at, by=actor) for photo in words["photos"]]
    draft = Draft(
        words=words["words"],
        division_code=words["place"],
        channel=words["channel"],
        category_id=UUID(words["category_id"]) if words["category_id"] else None,
        venue_id=UUID(words["venue_id"]),
        address=words["address"],
        name=words["name"],
        phone=words["phone"],
        consents=words["consents"],
        may_publish=words["may_publish"],
        uploads=[attachment.token for attachment in staged],  # type: ignore[attr-defined]
    )
    return register_case(draft=draft, key=words["key"], by=actor, at=at, reply=form.reply)


def _slip(request: HttpRequest, actor: Actor, receipt: Receipt) -> HttpResponse:
    """The answer to the form itself: the code is stored nowhere, so there is no page to go back to."""
    slip = slip_of(actor, receipt.case_id, receipt.code)
    return render(
        request, "cases/desk/slip.html", {"slip": slip, "receipt": receipt, "case": slip.case}
    )


@login_required
@never_cache
@require_safe
def callers(request: HttpRequest) -> HttpResponse:
    """A part of the form: what this caller said before."""
    actor = actor_of(request)
    if not venues_of(actor):
        raise NotYourDesk
    phone = request.GET.get("phone", "")[:40]
    context = {"phone": phone, "earlier": earlier_of(actor, phone) if phone else []}
    return render(request, "cases/desk/_earlier.html", context)

"""What belongs to a phone, for residents: proven by a code, without an account."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.kernel import phones
from lianxin.kernel.clock import now
from lianxin.people.enums import Purpose
from lianxin.people.forms import PhoneCodeForm
from lianxin.people.queries.residents import ABSOLUTE, owned_by, sessions_of
from lianxin.people.services import phone_proofs, residents
from lianxin.web.forms import attempt
from lianxin.web.visitors import private, sender_of, sent

#: The steps of the sign-in: the phone, then the code that came to it.
PHONE, CODE = "phone", "code"


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Everything of this phone, with where it stands in words."""
    if request.resident is None:
        return private(redirect("people:my-sign-in"))
    session, at = request.resident, now()
    context = {
        "owned": owned_by(session.phone_index, at=at),
        "phone": phones.mask_phone(session.phone),
        "sessions": sessions_of(session, at=at),
        "session": session,
    }
    return private(render(request, "people/residents/mine.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The phone, and then its code. The answer is the same whether the phone is known or not."""
    form = PhoneCodeForm(sent(request))
    act = request.POST.get("act", "")
    if act == "change" or not form.is_valid():
        return _page(request, form, PHONE, checked=act != "change")
    if act != "enter":
        refused = attempt(form, lambda: _send(request, form)) is None
        return _page(request, form, PHONE if refused and act != "again" else CODE)
    key = attempt(form, lambda: _enter(request, form))
    return _page(request, form, CODE) if key is None else private(_signed_in(key))


def _send(request: HttpRequest, form: PhoneCodeForm) -> bool:
    phone_proofs.send_code(
        phone=form.cleaned_data["phone"],
        purpose=Purpose.SIGN_IN,
        sender=sender_of(request),
        answer=request.POST.get("altcha", ""),
        at=now(),
    )
    return True


def _enter(request: HttpRequest, form: PhoneCodeForm) -> str:
    return residents.sign_in(
        phone=form.cleaned_data["phone"],
        code=form.cleaned_data["code"],
        replaces=request.COOKIES.get(settings.RESIDENT_COOKIE, ""),
        at=now(),
    )


def _signed_in(key: str) -> HttpResponse:
    response = redirect("people:my")
    response.set_cookie(
        settings.RESIDENT_COOKIE,
        key,
        max_age=int(ABSOLUTE.total_seconds()),
        secure=settings.PRODUCTION,
        httponly=True,
        samesite="Lax",
    )
    return response


def _page(
    request: HttpRequest, form: PhoneCodeForm, step: str, *, checked: bool = True
) -> HttpResponse:
    if not checked:
        form.errors.clear()
    form.fields["code"].required = step == CODE  # from here on it is owed
    refused = form.refused
    context: dict[str, Any] = {
        "form": form,
        "step": step,
        "phone": phones.mask_phone(form.data.get("phone", "")),
        "is_demo": not settings.PRODUCTION and settings.NOTICE_BACKEND == "console",
    }
    status = refused.status if refused else 422 if form.errors else 200
    response = render(request, "people/residents/sign_in.html", context, status=status)
    if refused and refused.retry_after:
        response.headers["Retry-After"] = str(refused.retry_after)
    return private(response)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """This browser forgets the phone."""
    residents.sign_out(key=request.COOKIES.get(settings.RESIDENT_COOKIE, ""), at=now())
    return _left(request)


@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Every browser forgets the phone."""
    if request.resident is not None:
        residents.sign_out_everywhere(session=request.resident, at=now())
    return _left(request)


def _left(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("You are signed out; nobody sees your matters on this device."))
    response = redirect("people:my-sign-in")
    response.delete_cookie(settings.RESIDENT_COOKIE, samesite="Lax")
    return private(response)

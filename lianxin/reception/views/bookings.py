"""Booking a time on the web, without an account: who comes, then the code that was sent to the phone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianxin.kernel import phones
from lianxin.kernel.clock import now
from lianxin.kernel.idempotency import is_done
from lianxin.kernel.puzzles import PuzzleOwed
from lianxin.kernel.refused import TooMany
from lianxin.people.enums import Purpose
from lianxin.people.services import phone_proofs
from lianxin.reception.enums import BookingChannel
from lianxin.reception.forms.bookings import BookForm
from lianxin.reception.queries.bookings import SlotPage, slot_page
from lianxin.reception.services import bookings
from lianxin.reception.services.held_slots import SlotFull
from lianxin.web.forms import attempt
from lianxin.web.visitors import sender_of, sent, typed

#: The steps of the one page: what is typed, the code from the phone, another time.
FORM, CODE, FULL = "form", "code", "full"


@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    """One time: facts, and the form in two steps. A full one offers the waiting list and others."""
    page = slot_page(slot_id, at=now())
    form = BookForm(sent(request), initial={"wait": page.may_wait or ""})
    act = request.POST.get("act", "")
    if act == "change" or not form.is_valid():
        return _page(request, page, form, FORM, checked=act != "change")
    if not _proven(request, page, form, act):
        return _page(request, page, form, CODE)
    receipt = attempt(form, lambda: _book(form, page, wait=act == "wait"))
    if receipt is None:
        is_full = isinstance(form.refused, SlotFull)
        page = slot_page(slot_id, at=now())
        return _page(request, page, form, FULL if is_full else FORM)
    words = _("You are on the waiting list.") if receipt.place else _("Your time is booked.")
    messages.success(request, words)
    return redirect("reception:booking", code=receipt.code)


def _proven(request: HttpRequest, page: SlotPage, form: BookForm, act: str) -> bool:
    """Whether the phone is proven: by a code proven before, or by the one that was typed now; or
    whether this very form was answered before, and its answer was lost on the way.

    Otherwise a code is sent, unless one was tried and is wrong.
    """
    said, at = form.cleaned_data, now()
    if phone_proofs.is_proven(
        phone=said["phone"], token=said["token"], purpose=Purpose.BOOKING, at=at
    ):
        return True
    if act in ("", "send", "again") or not page.is_open:
        attempt(form, lambda: _send(request, page, said["phone"]))
        return False
    if is_done(key=said["key"], route="reception:book"):
        return True
    token = attempt(form, lambda: _prove(said, at))
    if token is None:
        return False
    form.keep_token(token)
    return True


def _send(request: HttpRequest, page: SlotPage, phone: str) -> None:
    phone_proofs.send_code(
        phone=phone,
        purpose=Purpose.BOOKING,
        sender=sender_of(request),
        division_code=page.slot.division_code,
        answer=request.POST.get("altcha", ""),
        at=now(),
    )


def _prove(said: dict[str, Any], at: datetime) -> str:
    return phone_proofs.prove(
        phone=said["phone"], code=said["code"], purpose=Purpose.BOOKING, at=at
    )


def _book(form: BookForm, page: SlotPage, *, wait: bool) -> bookings.Receipt:
    return bookings.book(
        slot_id=page.slot.pk,
        draft=form.draft,
        key=form.cleaned_data["key"],
        channel=BookingChannel.WEB,
        by=None,
        at=now(),
        token=form.cleaned_data["token"],
        wait=wait or form.cleaned_data["wait"],
    )


def _page(
    request: HttpRequest, page: SlotPage, form: BookForm, step: str, *, checked: bool = True
) -> HttpResponse:
    """The page in one of its steps, with everything that was typed."""
    if not checked:
        form.errors.clear()
    form.fields["code"].required = True  # from here on it is owed
    refused = getattr(form, "refused", None)
    context: dict[str, Any] = {
        "page": page,
        "form": form,
        "step": step if page.is_open else FORM,
        "is_sent": not isinstance(refused, (TooMany, PuzzleOwed)),
        "phone": phones.mask_phone(form.data.get("phone", "")) if form.is_bound else "",
        "version": bookings.CONSENT_VERSION,
        "is_demo": not settings.PRODUCTION and settings.NOTICE_BACKEND == "console",
    }
    status = refused.status if refused else 422 if form.errors else 200
    return typed(render(request, "reception/bookings/book.html", context, status=status))

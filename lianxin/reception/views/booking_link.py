"""A visitor's own booking behind its code: see, confirm, move, cancel, put into a calendar, print."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.kernel import codes
from lianxin.kernel.clock import now
from lianxin.reception.forms.bookings import CancelForm, CodeBoxForm, MoveForm
from lianxin.reception.models import Booking
from lianxin.reception.queries.booking_calendar import as_calendar
from lianxin.reception.queries.bookings import booking_by_code, booking_page, time_choices
from lianxin.reception.services import booking_moves
from lianxin.web.forms import attempt
from lianxin.web.qr import qr
from lianxin.web.visitors import check_guesser, found_by_code, private, sent

View = Callable[..., Any]


def _find(request: HttpRequest, code: str) -> Booking | None:
    return found_by_code(request, code, kind="reception.code", look=booking_by_code)


def _unknown(request: HttpRequest, code: str) -> HttpResponse:
    """One answer for every wrong code, wherever it was tried."""
    form = CodeBoxForm({"code": code})
    form.is_valid()
    form.errors.clear()
    form.add_error("code", _("No booking has this code. Please compare it sign by sign."))
    return private(render(request, "reception/bookings/code_box.html", {"form": form}, status=404))


def with_booking(view: View) -> View:
    """Gives the view the booking behind `code`, and the code as it is written."""

    @wraps(view)
    def guarded(request: HttpRequest, code: str, **more: Any) -> HttpResponse:
        booking = _find(request, code)
        if booking is None:
            return _unknown(request, request.POST.get("code", ""))
        return private(view(request, booking, codes.normalise(code), **more))

    return guarded


# A look-up that changes nothing, and whose page anybody may keep: no token.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def code_box(request: HttpRequest) -> HttpResponse:
    """The box for a booking code. Wrong codes all get the same answer."""
    form = CodeBoxForm(sent(request))
    if not form.is_valid():
        return private(render(request, "reception/bookings/code_box.html", {"form": form}))
    if attempt(form, lambda: check_guesser(request, kind="reception.code")) is None:
        page = render(request, "reception/bookings/code_box.html", {"form": form}, status=429)
        return private(page)
    typed = form.cleaned_data["code"]
    if _find(request, typed) is None:
        return _unknown(request, typed)
    return private(redirect("reception:booking", code=codes.normalise(typed)))


@require_safe
@with_booking
def show(request: HttpRequest, booking: Booking, code: str) -> HttpResponse:
    """When, where, who sits there, and what can be done now."""
    return render(request, "reception/bookings/booking.html", _context(booking, code))


@require_safe
@with_booking
def slip(request: HttpRequest, booking: Booking, code: str) -> HttpResponse:
    """The booking as a paper, A4."""
    return render(request, "reception/bookings/slip.html", _context(booking, code))


def _context(booking: Booking, code: str) -> dict[str, Any]:
    address = settings.PUBLIC_URL + reverse("reception:booking", args=[code])
    page = booking_page(booking, at=now())
    return {"page": page, "code": code, "address": address, "qr": qr(address)}


@require_safe
@with_booking
def calendar(request: HttpRequest, booking: Booking, code: str) -> HttpResponse:
    """The booking for one's own calendar."""
    return HttpResponse(
        as_calendar(booking),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="reception.ics"'},
    )


@require_POST
@with_booking
def confirm(request: HttpRequest, booking: Booking, code: str) -> HttpResponse:
    """I will come."""
    booking_moves.confirm(booking_id=booking.pk, by=None, at=now())
    return _done(request, code, _("Thank you. Your time is confirmed."))


@require_http_methods(["GET", "HEAD", "POST"])
@with_booking
def move(request: HttpRequest, booking: Booking, code: str) -> HttpResponse:
    """Another time at the same venue; the link stays the same."""
    choices = time_choices(booking.day.venue_id, at=now(), but=booking.slot_id)
    form = MoveForm(sent(request), choices=choices)
    moved = attempt(form, lambda: _move(form, booking)) if form.is_valid() else None
    if moved:
        return _done(request, code, _("Your booking was moved. The old time is free again."))
    context = {**_context(booking, code), "form": form, "choices": choices}
    status = 409 if getattr(form, "refused", None) else 422 if form.errors else 200
    return render(request, "reception/bookings/move.html", context, status=status)


def _move(form: MoveForm, booking: Booking) -> Booking:
    slot_id = UUID(form.cleaned_data["slot"])
    return booking_moves.move_booking(booking_id=booking.pk, slot_id=slot_id, by=None, at=now())


@require_http_methods(["GET", "HEAD", "POST"])
@with_booking
def cancel(request: HttpRequest, booking: Booking, code: str) -> HttpResponse:
    """Give the time up; somebody else gets it."""
    form = CancelForm(sent(request))
    over = attempt(form, lambda: _cancel(booking)) if form.is_valid() else None
    if over:
        return _done(request, code, _("Your booking is cancelled."))
    context = {**_context(booking, code), "form": form}
    return render(request, "reception/bookings/cancel.html", context)


def _cancel(booking: Booking) -> Booking:
    return booking_moves.cancel(booking_id=booking.pk, by=None, at=now())


def _done(request: HttpRequest, code: str, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("reception:booking", code=code)

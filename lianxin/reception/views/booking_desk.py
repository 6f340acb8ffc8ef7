"""The phone desk: days and times, a caller booked in a minute, bookings found, moved, cancelled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.kernel.clock import now
from lianxin.kernel.refused import Absent
from lianxin.people.enums import Ability
from lianxin.reception.forms.bookings import CallerForm, FindForm, MoveForm, ReasonForm, RevealForm
from lianxin.reception.models import Booking
from lianxin.reception.queries import booking_desk as queries
from lianxin.reception.queries.bookings import (
    booking_page,
    find_bookings,
    own_booking,
    time_choices,
)
from lianxin.reception.rules.permissions import NotYourVenue
from lianxin.reception.services import booking_moves, booking_reveals, bookings, room
from lianxin.reception.views.attendance import StaffRequest, frame
from lianxin.web.forms import attempt
from lianxin.web.parts import Chip, Key
from lianxin.web.qr import qr

Run = Callable[..., object]

#: Acts of one press -> the service, and what is said afterwards.
MARKS: dict[str, tuple[Run, Any]] = {
    "confirm": (booking_moves.confirm, _l("Confirmed.")),
    "arrive": (room.arrive, _l("Has come, with a number in the queue.")),
    "miss": (room.not_come, _l("Marked as not come.")),
}


def _shell(request: StaffRequest) -> dict[str, Any]:
    """What every page of the desk shows around its own. Raises NotYourVenue."""
    if not request.actor.can(Ability.RECEPTION_RUN):
        raise NotYourVenue
    return frame(request)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bookings_list(request: StaffRequest) -> HttpResponse:
    """The days to come with their times; and what a phone number or a code finds, which is posted:
    it must stand in no address and no log.
    """
    shell, at = _shell(request), now()
    find = FindForm(request.POST if request.method == "POST" else None)
    text = find.cleaned_data["q"].strip() if find.is_valid() else ""
    venue = request.GET.get("venue", "")
    desk = queries.desk(request.actor, venue_code=venue, after=request.GET.get("after"), at=at)
    found = find_bookings(request.actor, text) if text else []
    context = {
        **shell,
        "find": find,
        "text": text,
        "found": [queries.as_guest(one) for one in found],
        "desk": desk,
        "chips": _chips(desk),
        "at": at,
        "keys": [Key(caps=("/",), does=_("search")), Key(caps=("N",), does=_("book for a caller"))],
    }
    return render(request, "reception/bookings/desk.html", context)


def _chips(desk: queries.Desk) -> list[Chip]:
    if len(desk.venues) < 2:
        return []
    here = reverse("reception:bookings")
    everywhere = Chip(label=_("All venues"), href=here, active=desk.venue is None)
    return [
        everywhere,
        *(
            Chip(label=one.name, href=f"{here}?venue={one.code}", active=one == desk.venue)
            for one in desk.venues
        ),
    ]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: StaffRequest) -> HttpResponse:
    """A caller's booking: who, which time, done. `?slot=` comes from the list."""
    shell, actor = _shell(request), request.actor
    sent = request.method == "POST"
    asked = request.POST if sent else request.GET
    form = CallerForm(
        request.POST if sent else None,
        initial={"slot": asked.get("slot", ""), "wait": "wait" in asked},
        times=queries.desk_choices(actor, wanted=asked.get("slot", ""), at=now()),
    )
    receipt = attempt(form, lambda: _register(form, actor)) if form.is_valid() else None
    if receipt:
        words = _("On the waiting list, place %(n)s.") if receipt.place else _("Booked.")
        messages.success(request, words % {"n": receipt.place})
        return redirect("reception:booking-desk", booking_id=receipt.booking_id)
    return render(request, "reception/bookings/register.html", {**shell, "form": form})


def _register(form: CallerForm, actor: Any) -> bookings.Receipt:
    said = form.cleaned_data
    return bookings.book(
        slot_id=UUID(said["slot"]),
        draft=form.draft,
        key=said["key"],
        channel=said["channel"],
        by=actor,
        at=now(),
        wait=said["wait"],
    )


def _about(request: StaffRequest, booking_id: UUID) -> dict[str, Any]:
    """The booking, masked, with what can be done. Raises NotYourVenue, Absent."""
    shell, at = _shell(request), now()
    booking = own_booking(request.actor, booking_id)
    page = booking_page(booking, at=at)
    acts = queries.desk_acts(booking, at)
    return {**shell, "page": page, "booking": booking, "desk_acts": acts, "at": at}


@login_required
@never_cache
@require_safe
def show(request: StaffRequest, booking_id: UUID) -> HttpResponse:
    """One booking: masked, with its acts, and who looked at its contact."""
    return render(request, "reception/bookings/desk_booking.html", _about(request, booking_id))


@login_required
@never_cache
@require_safe
def slip(request: StaffRequest, booking_id: UUID) -> HttpResponse:
    """The paper for somebody at the desk, with the link to one's own page."""
    context = _about(request, booking_id)
    code = context["booking"].code
    if not code:
        raise Absent
    address = settings.PUBLIC_URL + reverse("reception:booking", args=[code])
    more = {"code": code, "address": address, "qr": qr(address)}
    return render(request, "reception/bookings/slip.html", {**context, **more})


@login_required
@never_cache
@require_POST
def mark(request: StaffRequest, booking_id: UUID, act: str) -> HttpResponse:
    """Confirmed, come, not come: one press."""
    _shell(request)
    booking = own_booking(request.actor, booking_id)
    if act not in MARKS:
        raise Absent
    run, words = MARKS[act]
    run(booking_id=booking.pk, by=request.actor, at=now())
    messages.success(request, words)
    return redirect("reception:booking-desk", booking_id=booking.pk)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: StaffRequest, booking_id: UUID) -> HttpResponse:
    """Cancel with a reason that the resident reads."""
    context = _about(request, booking_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    over = attempt(form, lambda: _cancel(request, form, booking_id)) if form.is_valid() else None
    if over:
        messages.success(request, _("Cancelled. Whoever waits first has the place now."))
        return redirect("reception:booking-desk", booking_id=booking_id)
    return render(request, "reception/bookings/desk_cancel.html", {**context, "form": form})


def _cancel(request: StaffRequest, form: ReasonForm, booking_id: UUID) -> Booking:
    reason = form.cleaned_data["reason"]
    return booking_moves.cancel(booking_id=booking_id, reason=reason, by=request.actor, at=now())


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: StaffRequest, booking_id: UUID) -> HttpResponse:
    """Another time at the same venue."""
    context = _about(request, booking_id)
    booking = context["booking"]
    choices = time_choices(booking.day.venue_id, at=now(), but=booking.slot_id)
    form = MoveForm(request.POST if request.method == "POST" else None, choices=choices)
    fresh = attempt(form, lambda: _move(request, form, booking)) if form.is_valid() else None
    if fresh:
        messages.success(request, _("Moved. The link of the resident stays the same."))
        return redirect("reception:booking-desk", booking_id=fresh.pk)
    context |= {"form": form, "choices": choices}
    return render(request, "reception/bookings/desk_move.html", context)


def _move(request: StaffRequest, form: MoveForm, booking: Booking) -> Booking:
    slot_id = UUID(form.cleaned_data["slot"])
    return booking_moves.move_booking(
        booking_id=booking.pk, slot_id=slot_id, by=request.actor, at=now()
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reveal(request: StaffRequest, booking_id: UUID) -> HttpResponse:
    """Name and phone for one look, for a reason; the resident sees who looked."""
    context = _about(request, booking_id)
    form = RevealForm(request.POST if request.method == "POST" else None)
    contact = attempt(form, lambda: _reveal(request, form, booking_id)) if form.is_valid() else None
    return render(
        request,
        "reception/bookings/desk_reveal.html",
        {**context, "form": form, "contact": contact},
    )


def _reveal(request: StaffRequest, form: RevealForm, booking_id: UUID) -> booking_reveals.Contact:
    return booking_reveals.reveal_booking(
        booking_id=booking_id, reason=form.cleaned_data["reason"], by=request.actor, at=now()
    )

"""The port of bookings for other channels, such as a WeChat mini program. JSON in, JSON out.

No cookies, no session, no CSRF token: what opens a booking is its code, what proves a phone is the
code that was sent to it. A refusal is problem+json (RFC 9457) with `title` fit for the person and
`code` for the program. Times are ISO 8601 with their offset.

    GET  /api/reception/venues/CODE/times          free times of a venue
    POST /api/reception/phone-codes                {"phone", "slot"}: sends six digits, good for 10 minutes
         {"phone", "code"}: the digits are right → {"phone_token"}, good for 30 minutes
    POST /api/reception/bookings                   books; header Idempotency-Key is required
         {"slot", "name", "phone", "phone_token", "consents": true, "topic", "persons", "needs", "wait"}
    GET  /api/reception/bookings/CODE              one's booking, masked, with what can be done
    POST /api/reception/bookings/CODE              {"act": "confirm" | "cancel" | "move", "slot"}

`Authorization: Bearer KEY` with the key of the settings (`WECHAT_PARTNER_KEY`) makes the channel
`wechat`; without the header it is `web`. A wrong key is refused, and so is any while the setting is
empty. The phone must be proven all the same.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from lianxin.kernel import codes
from lianxin.kernel.clock import local, now
from lianxin.kernel.puzzles import LONGEST
from lianxin.kernel.refused import Absent, Refused
from lianxin.people.enums import Purpose
from lianxin.people.services import phone_proofs
from lianxin.reception.enums import BookingChannel
from lianxin.reception.models import Booking, Slot
from lianxin.reception.queries.bookings import (
    BookingPage,
    booking_by_code,
    booking_page,
    free_times,
    slot_page,
)
from lianxin.reception.services import booking_moves
from lianxin.reception.services.bookings import Draft, book
from lianxin.venues.queries import venue_by_code
from lianxin.web.middleware import problem
from lianxin.web.visitors import found_by_code, private, sender_of

View = Callable[..., HttpResponse]
MOST_TIMES = 200


class BadRequest(Refused):
    message = _("This request cannot be read: it must be a JSON object with the fields described.")
    code = "bad_request"
    status = 400


class UnknownPartner(Refused):
    message = _("This partner key is not known here.")
    code = "unknown_partner"
    status = 403


class KeyMissing(Refused):
    message = _("The header Idempotency-Key is missing.")
    code = "idempotency_key"
    status = 400


def port(*methods: str) -> Callable[[View], View]:
    """No token, no cache, and every refusal as problem+json."""

    def wrap(view: View) -> View:
        @csrf_exempt
        @require_http_methods(list(methods))
        @wraps(view)
        def answered(request: HttpRequest, **named: Any) -> HttpResponse:
            try:
                response = view(request, **named)
            except Refused as refused:
                response = problem(request, refused)
                if refused.retry_after:
                    response.headers["Retry-After"] = str(refused.retry_after)
            return private(response)

        return answered

    return wrap


@port("GET")
def times(request: HttpRequest, code: str) -> HttpResponse:
    """Free times of a venue by its public code, at most 200."""
    venue = venue_by_code(code)
    if venue is None:
        raise Absent
    slots = free_times(venue.pk, at=now())[:MOST_TIMES]
    return JsonResponse(
        {
            "venue": {"code": venue.code, "name": venue.name, "address": venue.address},
            "times": [{**_time(slot), "free": slot.free} for slot in slots],
        }
    )


@port("POST")
def phone_codes(request: HttpRequest) -> HttpResponse:
    """Send a code to a phone, or take the code that came. Says nothing of whether a phone is known."""
    said = _said(request)
    if "code" in said:
        token = phone_proofs.prove(
            phone=_text(said, "phone"),
            code=_text(said, "code"),
            purpose=Purpose.BOOKING,
            at=now(),
        )
        return JsonResponse({"phone_token": token})
    slot = slot_page(_uuid(said, "slot"), at=now()).slot
    phone_proofs.send_code(
        phone=_text(said, "phone"),
        purpose=Purpose.BOOKING,
        sender=sender_of(request),
        division_code=slot.division_code,
        answer=_text(said, "altcha", most=LONGEST),
        at=now(),
    )
    return JsonResponse({"valid_minutes": 10}, status=202)


@port("POST")
def bookings(request: HttpRequest) -> HttpResponse:
    """Book a time. The same key again gives the same booking; with another body it is 422."""
    channel, said, at = _channel(request), _said(request), now()
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise KeyMissing
    receipt = book(
        slot_id=_uuid(said, "slot"),
        draft=Draft(
            name=_text(said, "name"),
            phone=_text(said, "phone"),
            topic=_text(said, "topic"),
            persons=said["persons"] if isinstance(said.get("persons"), int) else 1,
            needs=_text(said, "needs"),
            consents=said.get("consents") is True,
        ),
        key=key,
        channel=channel,
        by=None,
        at=at,
        token=_text(said, "phone_token"),
        wait=said.get("wait") is True,
    )
    return JsonResponse({"code": receipt.code, "place": receipt.place}, status=201)


@port("GET", "POST")
def booking(request: HttpRequest, code: str) -> HttpResponse:
    """One's own booking: read it, confirm, cancel or move it."""
    found = found_by_code(request, code, kind="reception.code", look=booking_by_code)
    if found is None:
        raise Absent
    if request.method == "POST":
        _act(found, _said(request))
        found = booking_by_code(code)
        assert found is not None
    page = booking_page(found, at=now())
    return JsonResponse(_shown(page, str(codes.normalise(code))))


def _act(found: Booking, said: dict[str, Any]) -> None:
    at, act = now(), _text(said, "act")
    if act == "confirm":
        booking_moves.confirm(booking_id=found.pk, by=None, at=at)
    elif act == "cancel":
        booking_moves.cancel(booking_id=found.pk, by=None, at=at)
    elif act == "move":
        booking_moves.move_booking(
            booking_id=found.pk,
            slot_id=_uuid(said, "slot"),
            wait=said.get("wait") is True,
            by=None,
            at=at,
        )
    else:
        raise BadRequest


def _shown(page: BookingPage, code: str) -> dict[str, Any]:
    booking = page.booking
    return {
        "code": code,
        "state": booking.state,
        "words": booking.get_state_display(),
        "place": page.place,
        "venue": {"code": page.day.venue.code, "name": page.day.venue.name},
        **_time(page.slot),
        "room": page.day.place,
        "deputies": [one.name for one in page.sitters],
        "name": page.name,
        "phone": page.phone,
        "confirm_by": local(booking.confirm_by).isoformat() if booking.confirm_by else None,
        "acts": page.acts,
    }


def _time(slot: Slot) -> dict[str, str]:
    return {
        "slot": str(slot.pk),
        "starts_at": local(slot.starts_at).isoformat(),
        "ends_at": local(slot.ends_at).isoformat(),
    }


def _channel(request: HttpRequest) -> str:
    """`wechat` with the partner's key, `web` without a key. Raises UnknownPartner."""
    given = request.headers.get("Authorization", "")
    if not given:
        return BookingChannel.WEB
    key = settings.WECHAT_PARTNER_KEY
    if not key or not hmac.compare_digest(given.encode(), f"Bearer {key}".encode()):
        raise UnknownPartner
    return BookingChannel.WECHAT


def _said(request: HttpRequest) -> dict[str, Any]:
    try:
        said = json.loads(request.body)
    except ValueError:
        raise BadRequest from None
    if not isinstance(said, dict):
        raise BadRequest
    return said


def _text(said: dict[str, Any], name: str, *, most: int = 200) -> str:
    value = said.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise BadRequest
    return value


def _uuid(said: dict[str, Any], name: str) -> UUID:
    try:
        return UUID(_text(said, name))
    except ValueError:
        raise BadRequest from None

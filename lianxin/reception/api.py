"""The API of bookings, for a page, an app or a WeChat mini program.

What opens a booking is its code, what proves a phone is the code that was sent to it. A partner
that sends its key (`X-Partner-Key`, `WECHAT_PARTNER_KEY` in the settings) books in the channel
`wechat`, everybody else in `web`; the phone must be proven all the same.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Header, P
from pydantic import Field

from lianxin.kernel import codes
from lianxin.kernel.clock import now
from lianxin.kernel.refused import Absent, Refused
from lianxin.people.enums import Purpose
from lianxin.people.services import phone_proofs
from lianxin.reception.enums import BookingChannel, BookingState
from lianxin.reception.models import Booking, Slot
from lianxin.reception.queries.bookings import (
    booking_by_code,
    booking_page,
    free_times,
    slot_page,
)
from lianxin.reception.services import booking_moves
from lianxin.reception.services.bookings import Draft, book
from lianxin.venues.queries import venue_by_code
from lianxin.web.rest.doors import Doors
from lianxin.web.rest.fields import IdempotencyKey, Key, Moment, Puzzle, one_of
from lianxin.web.rest.schemas import Said, Shown
from lianxin.web.visitors import found_by_code, sender_of

open_doors = Doors(_("Bookings"))
MOST_TIMES = 200
if TYPE_CHECKING:
    PartnerKey = str
else:
    PartnerKey = Header[
        str, P(alias="X-Partner-Key", max_length=200, description="of a mini program, if any")
    ]


class UnknownPartner(Refused):
    message = _("This partner key is not known here.")
    code = "unknown_partner"
    status = 403


class TimeShown(Shown):
    slot: Key
    starts_at: Moment
    ends_at: Moment


class FreeTimeShown(TimeShown):
    free: int


class AtVenueShown(Shown):
    code: str
    name: str


class TimesShown(Shown):
    venue: AtVenueShown
    times: list[FreeTimeShown]


class PhoneSaid(Said):
    phone: str = Field(min_length=1, max_length=40)
    slot: Key
    altcha: Puzzle = ""


class SentShown(Shown):
    valid_minutes: int


class CodeSaid(Said):
    phone: str = Field(min_length=1, max_length=40)
    code: str = Field(min_length=1, max_length=20)


class TokenShown(Shown):
    phone_token: str = Field(description="good for 30 minutes")


class BookingSaid(Said):
    slot: Key
    name: str = Field(min_length=1, max_length=60)
    phone: str = Field(min_length=1, max_length=40)
    phone_token: str = Field(max_length=200)
    consents: bool = Field(description="that name and phone are kept for the booking")
    topic: str = Field("", max_length=200)
    persons: int = Field(1, ge=1, le=20)
    needs: str = Field("", max_length=200)
    wait: bool = Field(False, description="take a place on the waiting list where the time is full")


class BookedShown(Shown):
    code: str
    place: int = Field(description="on the waiting list; 0 with a seat")


class BookingShown(TimeShown):
    code: str
    state: str = Field(json_schema_extra=one_of(BookingState))
    words: str
    place: int
    venue: AtVenueShown
    room: str
    deputies: list[str]
    name: str = Field(description="masked")
    phone: str = Field(description="masked")
    confirm_by: Moment | None
    acts: list[str] = Field(description="confirm, move, cancel: what can be done now")


class MoveSaid(Said):
    slot: Key
    wait: bool = False


@open_doors.read("/venues/{code}/times", TimesShown, _("Free times of a venue, at most 200"))
def times(request: HttpRequest, code: str) -> TimesShown:
    venue = venue_by_code(code)
    if venue is None:
        raise Absent
    return TimesShown(
        venue=AtVenueShown(code=venue.code, name=venue.name),
        times=[
            FreeTimeShown(**_time(slot), free=slot.free)
            for slot in free_times(venue.pk, at=now())[:MOST_TIMES]
        ],
    )


@open_doors.act(
    "/phone-codes", SentShown, _("Send six digits to a phone, good for ten minutes"), status=202
)
def phone_codes(request: HttpRequest, said: PhoneSaid) -> SentShown:
    """Says nothing of whether a phone is known."""
    slot = slot_page(said.slot, at=now()).slot
    phone_proofs.send_code(
        phone=said.phone,
        purpose=Purpose.BOOKING,
        sender=sender_of(request),
        division_code=slot.division_code,
        answer=said.altcha,
        at=now(),
    )
    return SentShown(valid_minutes=10)


@open_doors.act("/phone-tokens", TokenShown, _("The digits that came, for a token"))
def phone_tokens(request: HttpRequest, said: CodeSaid) -> TokenShown:
    token = phone_proofs.prove(phone=said.phone, code=said.code, purpose=Purpose.BOOKING, at=now())
    return TokenShown(phone_token=token)


@open_doors.act("/bookings", BookedShown, _("Book a time"), status=201)
def make_booking(
    request: HttpRequest, said: BookingSaid, key: IdempotencyKey, partner: PartnerKey = ""
) -> BookedShown:
    receipt = book(
        slot_id=said.slot,
        draft=Draft(
            name=said.name,
            phone=said.phone,
            topic=said.topic,
            persons=said.persons,
            needs=said.needs,
            consents=said.consents,
        ),
        key=key,
        channel=_channel(partner),
        by=None,
        at=now(),
        token=said.phone_token,
        wait=said.wait,
    )
    return BookedShown(code=receipt.code, place=receipt.place)


@open_doors.read("/bookings/{code}", BookingShown, _("One's own booking, masked"), is_guessed=True)
def booking(request: HttpRequest, code: str) -> BookingShown:
    return _shown(_found(request, code), code)


@open_doors.act("/bookings/{code}/confirm", BookingShown, _("Confirm a booking"))
def confirm_booking(request: HttpRequest, code: str) -> BookingShown:
    found = _found(request, code)
    booking_moves.confirm(booking_id=found.pk, by=None, at=now())
    return _shown(_found(request, code), code)


@open_doors.act("/bookings/{code}/cancel", BookingShown, _("Cancel a booking"))
def cancel_booking(request: HttpRequest, code: str) -> BookingShown:
    found = _found(request, code)
    booking_moves.cancel(booking_id=found.pk, by=None, at=now())
    return _shown(_found(request, code), code)


@open_doors.act("/bookings/{code}/move", BookingShown, _("Move a booking to another time"))
def move_booking(request: HttpRequest, code: str, said: MoveSaid) -> BookingShown:
    found = _found(request, code)
    booking_moves.move_booking(
        booking_id=found.pk, slot_id=said.slot, wait=said.wait, by=None, at=now()
    )
    return _shown(_found(request, code), code)


def _found(request: HttpRequest, code: str) -> Booking:
    """Raises Absent, or TooMany once too many codes that could be right were wrong."""
    found = found_by_code(request, code, kind="reception.code", look=booking_by_code)
    if found is None:
        raise Absent
    return found


def _shown(found: Booking, code: str) -> BookingShown:
    page = booking_page(found, at=now())
    return BookingShown(
        code=str(codes.normalise(code)),
        state=page.booking.state,
        words=page.booking.get_state_display(),
        place=page.place,
        venue=AtVenueShown(code=page.day.venue.code, name=page.day.venue.name),
        **_time(page.slot),
        room=page.day.place,
        deputies=[one.name for one in page.sitters],
        name=page.name,
        phone=page.phone,
        confirm_by=page.booking.confirm_by,
        acts=list(page.acts),
    )


def _time(slot: Slot) -> dict[str, Any]:
    return {"slot": slot.pk, "starts_at": slot.starts_at, "ends_at": slot.ends_at}


def _channel(given: str) -> str:
    """`wechat` with the partner's key, `web` without a key. Raises UnknownPartner."""
    if not given:
        return BookingChannel.WEB
    key = settings.WECHAT_PARTNER_KEY
    if not key or not hmac.compare_digest(given.encode(), key.encode()):
        raise UnknownPartner
    return BookingChannel.WECHAT

"""What happens to a booking reaches the phone it was made with, and what time brings about for it."""

from __future__ import annotations

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianxin.reception.events import BookingMoved, DayChanged
from lianxin.reception.models import Booking
from lianxin.reception.services import booking_days, reminding
from lianxin.reception.services.booking_words import write_to

#: What is written to the phone; acts that are left out tell nobody.
WORDS: dict[str, str | Promise] = {
    "book": _("Booked: %(when)s at %(venue)s. To see, move or cancel it: {secret}"),
    "wait": _("You are on the waiting list for %(when)s at %(venue)s: {secret}"),
    "seat": _("A place has become free for you: %(when)s at %(venue)s: {secret}"),
    "seat-confirm": _(
        "A place has become free for you: %(when)s at %(venue)s. "
        "Please confirm by %(until)s, or the next one gets it: {secret}"
    ),
    "ask_again": _(
        "Your reception was moved to %(when)s at %(venue)s. "
        "Please say whether you come, or choose another time: {secret}"
    ),
    "shift": _("The time you wait for was moved to %(when)s at %(venue)s: {secret}"),
    "cancel": _(
        "Your reception on %(when)s at %(venue)s is cancelled. Why, and other days: {secret}"
    ),
    "lose": _(
        "Your place on %(when)s at %(venue)s was not confirmed and went to somebody else. "
        "Other times: {secret}"
    ),
    "expire": _("No place became free on %(when)s at %(venue)s. Other times: {secret}"),
}


def is_told(event: BookingMoved) -> bool:
    """The act is one that the resident hears of."""
    return event.act in WORDS


def tell_booking(event: BookingMoved) -> None:
    """One message per act; what one did oneself on one's page is not repeated, but for the link."""
    booking = Booking.objects.select_related("slot", "day__venue").get(pk=event.booking_id)
    if event.act == "cancel" and not booking.reason:
        return
    if not booking.code and event.act not in ("lose", "expire"):
        return  # moved on meanwhile: the new booking has the code, and its own message
    words = "seat-confirm" if event.act == "seat" and booking.confirm_by else event.act
    write_to(booking, WORDS[words], key=f"{event.act}:{event.at.isoformat()}", at=event.at)


DAY_ACTS = ("cancel", "move", "sign")


def is_felt(event: DayChanged) -> bool:
    """The act concerns those who booked."""
    return event.act in DAY_ACTS


def follow_day(event: DayChanged) -> None:
    """The bookings of a day that was cancelled, moved, or signed off."""
    if event.act == "cancel":
        booking_days.drop_day(day_id=event.day_id, at=event.at)
    elif event.act == "move":
        booking_days.shift_day(day_id=event.day_id, at=event.at)
    elif event.act == "sign":
        booking_days.close_day(day_id=event.day_id, at=event.at)


def watch_bookings(at: datetime) -> None:
    """Every minute: reminders, seats not confirmed in time, waiting lists of times that have begun."""
    reminding.remind_due(at=at)
    reminding.lose_due(at=at)
    reminding.expire_due(at=at)

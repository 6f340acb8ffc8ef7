"""Messages to the phone of a booking: when, where, and a link that only the phone learns."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise

from lianxin.notices import services as notices
from lianxin.notices.enums import Channel
from lianxin.reception.models import Booking
from lianxin.web.dates import cn_short


def link_of(booking: Booking) -> str:
    """The address of the resident's own page; it opens the booking, so it is a secret."""
    return settings.PUBLIC_URL + reverse("reception:booking", args=[booking.code])


def write_to(booking: Booking, words: str | Promise, *, key: str, at: datetime) -> None:
    """A text message through the outbox, once per booking and key; nothing without a phone.

    `words` know `%(when)s`, `%(venue)s`, `%(until)s` and `{secret}`, the link.
    """
    number = booking.phone
    if not number:
        return
    with translation.override(settings.LANGUAGE_CODE):
        text = str(words) % {
            "when": cn_short(booking.slot.starts_at),
            "venue": booking.day.venue.name,
            "until": cn_short(booking.confirm_by) if booking.confirm_by else "",
        }
    notices.send(
        channel=Channel.SMS,
        address=number,
        text=text,
        secret=link_of(booking) if booking.code else "",
        event_key=f"reception:{booking.pk}:{key}",
        division_code=booking.division_code,
        at=at,
        data_key=booking.data_key,
    )

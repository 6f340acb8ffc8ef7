"""One booking as a file for the visitor's own calendar: when and where, and nothing about the visitor."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from lianxin.reception.enums import BookingState
from lianxin.reception.models import Booking

#: Calendars mark what is no longer held instead of losing it.
GONE = (BookingState.CANCELLED, BookingState.MOVED, BookingState.LOST)


def as_calendar(booking: Booking) -> bytes:
    """RFC 5545, UTF-8. The code is left out: calendars are copied to many places."""
    slot, day = booking.slot, booking.day
    event = Event()
    event.add("uid", f"{booking.pk}@lianxin")
    event.add("dtstamp", booking.changed_at)
    event.add("dtstart", slot.starts_at)
    event.add("dtend", slot.ends_at)
    event.add("summary", _("Reception by deputies: %(venue)s") % {"venue": day.venue.name})
    event.add("location", ", ".join(part for part in (day.venue.address, day.place) if part))
    event.add("status", "CANCELLED" if booking.state in GONE else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("sequence", day.sequence)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("Reception by deputies"))
    alarm.add("trigger", timedelta(hours=-2))
    event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//Lianxin//Booking//ZH")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())

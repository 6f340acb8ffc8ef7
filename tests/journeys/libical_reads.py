"""Run by the system's own Python, which has libical: says as JSON what libical makes of a feed.

/usr/bin/python3 libical_reads.py feed.ics
"""

import json
import sys
from pathlib import Path

import gi

gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib as ical  # noqa: E402, N813  (only after the version is named)

KIND = ical.ComponentKind


def children(component, kind):
    one = component.get_first_component(kind)
    while one is not None:
        yield one
        one = component.get_next_component(kind)


def errors(component):
    """What libical marked with X-LIC-ERROR, here and below."""
    found = []
    one = component.get_first_property(ical.PropertyKind.XLICERROR_PROPERTY)
    while one is not None:
        found.append(one.as_ical_string())
        one = component.get_next_property(ical.PropertyKind.XLICERROR_PROPERTY)
    for child in children(component, KIND.ANY_COMPONENT):
        found += errors(child)
    return found


def occurrences(event):
    """The times at which libical lets the event take place, as moments of UTC."""
    found = []

    def note(_component, span, _data):
        found.append([span.get_start(), span.get_end()])

    begin, end = (
        ical.Time.new_from_string("20200101T000000Z"),
        ical.Time.new_from_string("20400101T000000Z"),
    )
    event.foreach_recurrence(begin, end, note, None)
    return found


def said(event):
    start, end = event.get_dtstart(), event.get_dtend()
    zone = start.get_timezone()
    return {
        "uid": event.get_uid(),
        "summary": event.get_summary(),
        "location": event.get_location(),
        "description": event.get_description(),
        "sequence": event.get_sequence(),
        "status": ical.PropertyStatus(event.get_status()).value_nick,
        "start": start.as_ical_string(),
        "end": end.as_ical_string(),
        "zone": zone.get_tzid() if zone else "",
        "moment": start.as_timet_with_zone(zone) if zone else None,
        "is_day": bool(start.is_date()),
        "occurrences": occurrences(event),
    }


calendar = ical.Component.new_from_string(Path(sys.argv[1]).read_text(encoding="utf-8"))
calendar.check_restrictions()
print(
    json.dumps(
        {
            "errors": errors(calendar),
            "is_valid": bool(calendar.is_valid()),
            "zones": [
                one.get_first_property(ical.PropertyKind.TZID_PROPERTY).get_tzid()
                for one in children(calendar, KIND.VTIMEZONE_COMPONENT)
            ],
            "events": [said(one) for one in children(calendar, KIND.VEVENT_COMPONENT)],
        }
    )
)

"""Calendar feeds as text (RFC 5545, RFC 7986). Pure: what it is given is all that is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from icalendar import Calendar, Event, Timezone, TimezoneStandard

from lianxin.kernel.clock import LOCAL, local

#: Clients are asked to look again after so long.
REFRESH = timedelta(hours=1)
MAKER = "-//Lianxin//Reception//ZH"
_ZONE_BEGINS = datetime(1991, 9, 15, 1, 0)  # noqa: DTZ001  (RFC 5545: local time of the zone)


@dataclass(frozen=True, slots=True)
class Entry:
    """One event. Moments are aware, or both plain days (the last one included).

    `uid` and `sequence` let a calendar follow a day that moves; `changed_at` is its last change.
    """

    uid: str
    starts: datetime | date
    ends: datetime | date
    summary: str
    changed_at: datetime
    sequence: int = 0
    location: str = ""
    description: str = ""
    url: str = ""
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Feed:
    """The text of a feed, the mark of its content and the moment of its last change."""

    body: bytes
    etag: str
    changed_at: datetime | None


def feed(name: str, entries: Sequence[Entry]) -> Feed:
    """A calendar of that name. The same entries give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", MAKER)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", str(LOCAL))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    calendar.add_component(_zone())
    for entry in entries:
        calendar.add_component(_event(entry))
    body = calendar.to_ical()
    changed = max((entry.changed_at for entry in entries), default=None)
    return Feed(body, f'"{sha256(body).hexdigest()[:32]}"', changed)


def _zone() -> Timezone:
    """Shanghai: eight hours ahead of UTC, without summer time since 1991."""
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", str(LOCAL))
    standard.add("dtstart", _ZONE_BEGINS)
    standard.add("tzoffsetfrom", timedelta(hours=8))
    standard.add("tzoffsetto", timedelta(hours=8))
    standard.add("tzname", "CST")
    zone.add_component(standard)
    return zone


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("sequence", entry.sequence)
    event.add("dtstart", _moment(entry.starts))
    event.add("dtend", _moment(_after(entry.ends)))
    event.add("summary", entry.summary)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    for name in ("location", "description", "url"):
        if getattr(entry, name):
            event.add(name, getattr(entry, name))
    event.add("transp", "TRANSPARENT" if entry.is_cancelled or _is_day(entry.starts) else "OPAQUE")
    return event


def _moment(at: datetime | date) -> datetime | date:
    return local(at) if isinstance(at, datetime) else at


def _after(ends: datetime | date) -> datetime | date:
    """Where an event ends: a plain last day is included, and RFC 5545 names the day after it."""
    return ends + timedelta(days=1) if _is_day(ends) else ends


def _is_day(at: datetime | date) -> bool:
    return not isinstance(at, datetime)

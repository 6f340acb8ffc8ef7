"""Patterns of reception days: entered, changed, ended. Each plans the days it concerns at once."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from lianxin.congress.models import Actor
from lianxin.kernel.clock import local_date
from lianxin.kernel.refused import Absent
from lianxin.reception.enums import HolidayRule
from lianxin.reception.models import Pattern
from lianxin.reception.rules import days as rules
from lianxin.reception.rules import permissions
from lianxin.reception.services.planning import Planned, planned_years, settle
from lianxin.record.services import write
from lianxin.venues.models import Venue

#: With so few days left of a year, a new pattern plans the next one, too.
YEAR_ENDS = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a pattern says; hours are Shanghai's. `rule` is an RRULE."""

    rule: str
    starts: time
    ends: time
    from_date: date
    until_date: date | None = None
    place: str = ""
    topic: str = ""
    language: str = ""
    holiday_rule: str = HolidayRule.LATER
    slot_minutes: int = 20
    slot_capacity: int = 1


@transaction.atomic
def add_pattern(
    *, venue_id: UUID, terms: Terms, by: Actor | None, at: datetime
) -> tuple[Pattern, Planned]:
    """A pattern, and its days of this year (and of the next, when this one ends soon or it is
    planned already).

    Locks the venue → rule → pattern → journal → days. Raises NotYourVenue, RuleUnknown, HoursWrong,
    NoRoomForVisitors.
    """
    venue = Venue.objects.select_for_update().get(pk=venue_id)
    permissions.check_may_plan(by, venue)
    _check(terms)
    pattern = Pattern(venue=venue, division_code=venue.division_code, **asdict(terms))
    pattern.save(force_insert=True)
    _note(pattern, "add", by=by, at=at)
    return pattern, settle(venue, _years(venue, terms, at), by=by, at=at)


@transaction.atomic
def change_pattern(
    *, pattern_id: UUID, terms: Terms, by: Actor | None, at: datetime
) -> tuple[Pattern, Planned]:
    """Other terms. Days to come that nobody touched follow; announced, booked and hand-changed ones
    stay as they are (`Planned.kept`).

    Locks the venue → rule → pattern → journal → days. Raises as `add_pattern`, and Absent.
    """
    venue, pattern = _locked(pattern_id, by)
    _check(terms)
    before = (pattern.slot_minutes, pattern.slot_capacity)
    for name, value in asdict(terms).items():
        setattr(pattern, name, value)
    pattern.save(update_fields=tuple(asdict(terms)))
    _note(pattern, "change", by=by, at=at)
    recut = before != (pattern.slot_minutes, pattern.slot_capacity)
    anew = pattern.pk if recut else None
    return pattern, settle(venue, _years(venue, terms, at), by=by, at=at, anew=anew)


@transaction.atomic
def end_pattern(
    *, pattern_id: UUID, until: date, by: Actor | None, at: datetime
) -> tuple[Pattern, Planned]:
    """The pattern gives no day after `until`; later days that nobody touched go.

    Locks the venue → rule → pattern → journal → days. Raises NotYourVenue, Absent.
    """
    venue, pattern = _locked(pattern_id, by)
    pattern.until_date = until
    pattern.save(update_fields=("until_date",))
    _note(pattern, "end", by=by, at=at, until=until.isoformat())
    return pattern, settle(venue, planned_years(venue.pk, since=local_date(at)), by=by, at=at)


def _locked(pattern_id: UUID, by: Actor | None) -> tuple[Venue, Pattern]:
    venue = Venue.objects.select_for_update().filter(patterns=pattern_id).first()
    if venue is None:
        raise Absent
    permissions.check_may_plan(by, venue)
    return venue, Pattern.objects.select_for_update().get(pk=pattern_id)


def _check(terms: Terms) -> None:
    rules.check_rule(terms.rule)
    rules.check_hours(terms.starts, terms.ends, minutes=terms.slot_minutes)


def _years(venue: Venue, terms: Terms, at: datetime) -> list[int]:
    """The years to plan: those planned already, this one, and the one that begins soon."""
    begin = max(local_date(at), terms.from_date)
    known = planned_years(venue.pk, since=local_date(at))
    return sorted({*known, begin.year, (begin + YEAR_ENDS).year})


def _note(pattern: Pattern, act: str, *, by: Actor | None, at: datetime, **data: object) -> None:
    write(
        action=f"reception.pattern.{act}",
        by=by,
        at=at,
        division_code=pattern.division_code,
        subject=pattern,
        data={"venue": str(pattern.venue_id), "rule": pattern.rule, **data},
    )

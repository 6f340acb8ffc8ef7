"""What the calendar feeds of a venue, a deputy and a grid hold. Nothing of any resident."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.congress.queries import deputy_in_force, in_force
from lianxin.kernel.clock import local_date
from lianxin.kernel.codes import digest, normalise
from lianxin.kernel.refused import Absent
from lianxin.places.models import Grid
from lianxin.reception.enums import SEATED, DayState
from lianxin.reception.models import CalendarKey, GridDuty, ReceptionDay, Shift
from lianxin.reception.queries.timetable import sitters_of
from lianxin.reception.rules.ics import Entry, Feed, feed
from lianxin.reception.rules.rule_words import listed
from lianxin.venues.models import GridBinding
from lianxin.venues.queries import venue_by_code
from lianxin.venues.queries.timetable import Sitter

#: A feed goes back and ahead so far.
BACK, AHEAD = timedelta(days=60), timedelta(days=400)
#: A feed holds so many days at most, the nearest first.
MOST = 400


def venue_feed(code: str, *, at: datetime) -> Feed:
    """All reception days of a venue. Three queries. Raises Absent."""
    venue = venue_by_code(code)
    if venue is None:
        raise Absent
    days = _public(_days(at).filter(venue=venue))
    return feed(_("Reception days: %(venue)s") % {"venue": venue.name}, _entries(days, at))


def deputy_feed(code: str, *, at: datetime) -> Feed:
    """A deputy's own days and turns of duty, behind the secret. Five queries. Raises Absent, for a
    deputy whose mandate is not in force too.
    """
    key = _key_of(code)
    if key is None or not deputy_in_force(key.deputy_id, on=local_date(at)):
        raise Absent
    mine = Shift.objects.filter(deputy_id=key.deputy_id, state__in=SEATED)
    days = _days(at).filter(pk__in=mine.values("day"))
    turns = _turns(at).filter(deputy_id=key.deputy_id)
    name = _("My reception days and duty")
    return feed(name, [*_entries(days, at, mine=key.deputy_id), *map(_duty, turns)])


def grid_feed(grid_id: UUID, *, at: datetime) -> Feed:
    """Who is on duty for a grid, and the reception days of the venues it belongs to. Five queries.

    Raises Absent.
    """
    grid = Grid.objects.filter(pk=grid_id, is_active=True).first()
    if grid is None:
        raise Absent
    turns = list(_turns(at).filter(grid=grid))
    bound = GridBinding.objects.filter(in_force(local_date(at)), grid=grid)
    venues = {turn.venue_id for turn in turns} | set(bound.values_list("venue_id", flat=True))
    days = _public(_days(at).filter(venue__in=venues))
    name = _("Deputies on duty: %(grid)s") % {"grid": grid.name}
    return feed(name, [*map(_named_duty, turns), *_entries(days, at)])


def calendar_key(deputy_id: UUID) -> CalendarKey | None:
    """The key of a deputy's feed, if there is one."""
    return CalendarKey.objects.filter(deputy_id=deputy_id).first()


def _key_of(code: str) -> CalendarKey | None:
    if normalise(code) is None:
        return None
    return CalendarKey.objects.filter(token_digest=digest(code)).first()


def _days(at: datetime) -> QuerySet[ReceptionDay]:
    here = local_date(at)
    days = ReceptionDay.objects.filter(
        date__gte=here - BACK, date__lte=here + AHEAD, venue__is_active=True
    )
    return days.select_related("venue").order_by("date", "starts_at", "id")


def _public(days: QuerySet[ReceptionDay]) -> QuerySet[ReceptionDay]:
    """Without days that were cancelled before anybody heard of them."""
    return days.exclude(Q(state=DayState.CANCELLED) & Q(announced_at__isnull=True))


def _turns(at: datetime) -> QuerySet[GridDuty]:
    here = local_date(at)
    turns = GridDuty.objects.filter(until_date__gte=here - BACK, from_date__lte=here + AHEAD)
    return turns.select_related("grid", "venue", "deputy__person").order_by("from_date", "id")


def _entries(
    days: QuerySet[ReceptionDay], at: datetime, *, mine: UUID | None = None
) -> list[Entry]:
    """Two queries. `mine`: the deputy whose feed it is; the others are partners then."""
    found = list(days[:MOST])
    sitters = sitters_of([day.pk for day in found], on=local_date(at), levels=False)
    return [_entry(day, sitters.get(day.pk, ()), mine) for day in found]


def _entry(day: Any, sitters: Collection[Sitter], mine: UUID | None) -> Entry:
    return Entry(
        uid=f"day-{day.pk}@lianxin",
        starts=day.starts_at,
        ends=day.ends_at,
        summary=_("Deputies receive residents: %(venue)s") % {"venue": day.venue.name},
        changed_at=max(filter(None, (day.changed_at, day.announced_at))),
        sequence=day.sequence,
        location=" ".join(filter(None, (day.venue.name, day.venue.address, day.place))),
        description="\n".join(filter(None, _told(day, sitters, mine))),
        url=settings.PUBLIC_URL + reverse("reception:day", args=[day.pk]),
        is_cancelled=day.state == DayState.CANCELLED,
    )


def _told(day: Any, sitters: Iterable[Sitter], mine: UUID | None) -> Sequence[str]:
    names = listed(one.name for one in sitters if one.deputy_id != mine)
    who = _("Together with: %(names)s") if mine else _("Deputies: %(names)s")
    return (
        who % {"names": names} if names else "",
        _("Topic: %(topic)s") % {"topic": day.topic} if day.topic else "",
        _("Note: %(note)s") % {"note": day.note} if day.note else "",
    )


def _duty(turn: Any) -> Entry:
    return _turn(turn, _("On duty for %(grid)s") % {"grid": turn.grid.name})


def _named_duty(turn: Any) -> Entry:
    words = {"grid": turn.grid.name, "name": turn.deputy.person.name}
    return _turn(turn, _("%(name)s is on duty for %(grid)s") % words)


def _turn(turn: Any, summary: str) -> Entry:
    return Entry(
        uid=f"duty-{turn.pk}@lianxin",
        starts=turn.from_date,
        ends=turn.until_date,
        summary=summary,
        changed_at=_made_at(turn.pk),
        location=turn.venue.name,
    )


def _made_at(key: UUID) -> datetime:
    """When a row was made: its key begins with the milliseconds (UUID version 7)."""
    return datetime.fromtimestamp((key.int >> 80) // 1000, UTC)

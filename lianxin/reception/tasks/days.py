"""What time and others' changes bring about in reception days. Each call can be repeated."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianxin.congress.queries import people_of
from lianxin.kernel import bus
from lianxin.kernel.clock import local_date, now
from lianxin.notices import services as notices
from lianxin.people.enums import Ability
from lianxin.places.events import CalendarChanged
from lianxin.reception.events import DayChanged, PlanStale, RotaChanged
from lianxin.reception.models import ReceptionDay
from lianxin.reception.queries import announcing
from lianxin.reception.rules.rule_words import hours_words
from lianxin.reception.services.days import announce_day, count_change
from lianxin.reception.services.planning import plan_days, replan
from lianxin.venues.events import VenueChanged
from lianxin.web.dates import cn_day

KIND = "reception"
#: What the deputies of a day read in their bell.
TOLD: dict[str, str | Promise] = {
    "announce": _("You receive residents: %(when)s, %(where)s"),
    "move": _("Your reception day was moved to %(when)s, %(where)s: %(why)s"),
    "cancel": _("Your reception day %(when)s, %(where)s is cancelled: %(why)s"),
    "change": _("Your reception day %(when)s, %(where)s has changed: please look"),
}
UNSEATED = _("Nobody sits on the reception day %(when)s, %(where)s. Please give its seats.")
IN_THE_WAY = _(
    "By the calendar of today %(where)s does not receive on %(when)s (%(why)s), "
    "but the day is announced or booked. Please move or cancel it, or let it be."
)


def announce_due(at: datetime) -> None:
    """A job: days whose notice is due are announced, one by one."""
    for day_id in announcing.due(at):
        announce_day(day_id=day_id, at=at)


def warn_unseated(at: datetime) -> None:
    """A job: the clerks learn a week ahead of days on which nobody sits; once for each day."""
    for day in announcing.unseated(at):
        _tell_clerks(day, UNSEATED, f"unseated:{day.pk}", at)


def plan_ahead(at: datetime) -> None:
    """A job: no venue runs out of days because nobody pressed the button in December."""
    year, venues = announcing.unplanned(at)
    for venue_id in venues:
        plan_days(venue_id=venue_id, year=year, by=None, at=at)


def is_told(event: DayChanged) -> bool:
    """What the deputies of the day are told of."""
    return event.act in TOLD


def tell_deputies(event: DayChanged) -> None:
    """The deputies on the seats of a day learn that it is announced, moved, cancelled, changed."""
    day = announcing.day_to_tell(event.day_id)
    if day is None or not is_told(event):
        return
    people = announcing.people_on(day.pk)
    _tell(day, people, TOLD[event.act], f"{event.act}:{day.pk}:{event.at.isoformat()}", event.at)


def count_rota_change(event: RotaChanged) -> None:
    """Calendar feeds hear that other deputies sit there."""
    count_change(day_ids=event.day_ids, at=event.at)


def replan_after_calendar(event: CalendarChanged) -> None:
    """Days off of a place changed: each venue there with patterns plans anew, in its own turn."""
    for venue_id, code in announcing.venues_with_patterns(event.division_code):
        stale = PlanStale(venue_id=venue_id, since=event.since, at=now())
        bus.announce(stale, key=venue_id, division_code=code)


def replan_after_venue(event: VenueChanged) -> None:
    """The closed days of a venue may have changed."""
    if announcing.has_patterns(event.venue_id):
        _replan(event.venue_id, local_date(event.at), event.at)


def replan_stale(event: PlanStale) -> None:
    _replan(event.venue_id, date.fromisoformat(event.since), event.at)


def _replan(venue_id: UUID, since: date, at: datetime) -> None:
    """Days that nobody touched go where the calendar has them; of the others the clerks are told."""
    done = replan(venue_id=venue_id, since=since, by=None, at=at)
    for day, why in announcing.in_the_way(done.kept):
        _tell_clerks(day, IN_THE_WAY, f"in-the-way:{day.pk}:{day.date}", at, why=why)


def _tell_clerks(
    day: ReceptionDay, words: str | Promise, key: str, at: datetime, *, why: str = ""
) -> None:
    people = [one.pk for one in people_of(day.venue.desk_id, Ability.RECEPTION_PLAN)]
    url = reverse("reception:desk-day", args=[day.pk])
    _tell(day, people, words, key, at, why=why, url=url, reminder_in=day.division_code)


def _tell(
    day: ReceptionDay,
    people: list[UUID],
    words: str | Promise,
    key: str,
    at: datetime,
    *,
    why: str = "",
    url: str = "",
    reminder_in: str | None = None,
) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        text = str(words) % {
            "when": f"{cn_day(day.date)} {hours_words(day.starts_at, day.ends_at)}",
            "where": day.venue.name,
            "why": why or day.note,
        }
    notices.tell(
        person_ids=people,
        kind=KIND,
        text=text,
        url=url or reverse("reception:day", args=[day.pk]),
        event_key=f"reception:{key}",
        at=at,
        reminder_in=reminder_in,
    )

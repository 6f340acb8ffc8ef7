"""Years of reception days from the patterns of a venue: planned, and planned again when days off,
closed days or patterns change. Planning twice is planning once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import translation
from django.utils.translation import gettext as _

from lianxin.congress.models import Actor
from lianxin.kernel.clock import local_date
from lianxin.kernel.moves import move
from lianxin.places.queries import work_calendar
from lianxin.reception.enums import DAY_MOVES, SEATED, DayState
from lianxin.reception.models import Booking, Pattern, ReceptionDay, Shift, Slot
from lianxin.reception.rules import permissions
from lianxin.reception.rules.planning import DaysOff, Wanted, YearPlan, plan
from lianxin.reception.services.days import announce, note
from lianxin.reception.services.slots import slots_of
from lianxin.record.services import write
from lianxin.venues.models import ClosedDay, Venue


@dataclass(slots=True)
class Planned:
    """What planning did. `kept`: days that are announced or booked already, and that it would have
    otherwise.
    """

    made: list[ReceptionDay] = field(default_factory=list)
    changed: list[ReceptionDay] = field(default_factory=list)
    gone: list[ReceptionDay] = field(default_factory=list)
    kept: list[ReceptionDay] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.made or self.changed or self.gone)


@transaction.atomic
def plan_days(*, venue_id: UUID, year: int, by: Actor | None, at: datetime) -> Planned:
    """The reception days of a year, from all patterns of the venue; only days after `at`.

    Locks the venue → rule → days that are missing are made with their times to book; days that
    nobody touched (planned, not changed by a person, without bookings) go where the patterns and
    the calendar have them now, or go away → one journal entry → DayChanged("plan") once, and
    "move" or "cancel" for each day on which deputies sit. A day whose deputies know of it is
    cancelled, not deleted. Raises NotYourVenue.
    """
    venue = Venue.objects.select_for_update().get(pk=venue_id)
    permissions.check_may_plan(by, venue)
    return settle(venue, [year], by=by, at=at)


@transaction.atomic
def replan(*, venue_id: UUID, since: date, by: Actor | None, at: datetime) -> Planned:
    """The years of a venue that are planned already, from `since` on, planned anew. As `plan_days`."""
    venue = Venue.objects.select_for_update().get(pk=venue_id)
    permissions.check_may_plan(by, venue)
    years = planned_years(venue.pk, since=max(since, local_date(at)))
    return settle(venue, years, by=by, at=at) if years else Planned()


def planned_years(venue_id: UUID, *, since: date) -> list[int]:
    """Years from the day on of which the patterns of a venue have days. One query."""
    days = ReceptionDay.objects.filter(venue_id=venue_id, pattern__isnull=False)
    origins = days.filter(origin_date__gte=date(since.year, 1, 1)).dates("origin_date", "year")
    return [first.year for first in origins]


def days_off(venue: Venue, *, since: date) -> DaysOff:
    """Three queries: the calendar of the place, and the closed days of the venue."""
    closed = ClosedDay.objects.filter(venue=venue, until_date__gte=since)
    return DaysOff(work_calendar(venue.division_code), tuple(closed))


def settle(
    venue: Venue,
    years: Iterable[int],
    *,
    by: Actor | None,
    at: datetime,
    anew: UUID | None = None,
) -> Planned:
    """The days of these years as the patterns have them. The caller holds the venue's lock.

    `anew`: a pattern whose times to book are cut differently now.
    """
    patterns = list(Pattern.objects.filter(venue=venue))
    done, left_out = Planned(), 0
    # What residents read is kept in the installation's first language.
    with translation.override(settings.LANGUAGE_CODE):
        off = days_off(venue, since=local_date(at))
        for year in sorted(years):
            here = plan(patterns, off, first=date(year, 1, 1), last=date(year, 12, 31))
            left_out += len(here.left_out)
            _Settling(venue, year, here, by, at, done, anew).run()
    if done:
        _tell(venue, done, left_out, by=by, at=at)
    return done


@dataclass(slots=True)
class _Settling:
    """One year of a venue, brought from the rows that are there to the days that are wanted."""

    venue: Venue
    year: int
    plan: YearPlan
    by: Actor | None
    at: datetime
    done: Planned
    anew: UUID | None

    def run(self) -> None:
        wanted: dict[tuple[UUID | None, date], Wanted] = {
            (one.pattern.pk, one.origin): one for one in self.plan.wanted if one.starts_at > self.at
        }
        there = self._there()
        taken = self._taken()
        changing: list[tuple[ReceptionDay, Wanted]] = []
        for day in there:
            one = wanted.pop((day.pattern_id, day.origin_date), None)
            if day.state == DayState.CANCELLED or day.starts_at <= self.at:
                continue
            if day.is_fixed:
                continue
            if one is None or not _is_as(day, one) or day.pattern_id == self.anew:
                if not _is_untouched(day):
                    self.done.kept.append(day)
                elif one is None:
                    self._drop(day, taken)
                else:
                    changing.append((day, one))
        self._change(changing, taken)
        self._make([one for one in wanted.values() if one.starts_at not in taken])

    def _there(self) -> list[ReceptionDay]:
        """Days of the patterns, and what makes a day touched. One query; they are locked."""
        days = ReceptionDay.objects.filter(
            venue=self.venue,
            pattern__isnull=False,
            origin_date__gte=date(self.year, 1, 1),
            origin_date__lte=date(self.year, 12, 31),
        )
        seated = Shift.objects.filter(day=OuterRef("pk"), state__in=SEATED)
        return list(
            days.select_for_update(of=("self",))
            .annotate(
                is_booked=Exists(Booking.objects.filter(day=OuterRef("pk"))),
                is_seated=Exists(seated),
            )
            .order_by("starts_at", "id")
        )

    def _taken(self) -> set[datetime]:
        days = ReceptionDay.objects.filter(venue=self.venue, ends_at__gt=self.at)
        held = days.exclude(state=DayState.CANCELLED)
        return set(held.values_list("starts_at", flat=True))

    def _drop(self, day: ReceptionDay, taken: set[datetime]) -> None:
        taken.discard(day.starts_at)
        self.done.gone.append(day)
        if not day.is_seated:  # type: ignore[attr-defined]
            # Its key stays with the object: whoever hears of the plan may look for it.
            ReceptionDay.objects.filter(pk=day.pk).delete()
            return
        day.state = move(DAY_MOVES, day.state, "cancel")
        day.note = _("The plan of the venue has changed")
        self._save(day, ("state", "note"))
        note(day, "cancel", by=self.by, at=self.at)

    def _change(self, days: list[tuple[ReceptionDay, Wanted]], taken: set[datetime]) -> None:
        """Days move one after the other, each when its new time is free; who finds none goes."""
        waiting = days
        while waiting:
            later = []
            for day, one in waiting:
                if one.starts_at in taken and one.starts_at != day.starts_at:
                    later.append((day, one))
                    continue
                taken.discard(day.starts_at)
                taken.add(one.starts_at)
                self._put(day, one)
            if len(later) == len(waiting):
                break
            waiting = later
        else:
            return
        for day, _one in waiting:
            self._drop(day, taken)

    def _put(self, day: ReceptionDay, one: Wanted) -> None:
        moves = (day.starts_at, day.ends_at) != (one.starts_at, one.ends_at)
        _fill(day, one)
        self._save(day, ("date", "starts_at", "ends_at", "place", "topic", "language", "note"))
        Slot.objects.filter(day=day).delete()
        Slot.objects.bulk_create(_slots(day, one.pattern))
        self.done.changed.append(day)
        if day.is_seated:  # type: ignore[attr-defined]
            note(day, "move" if moves else "change", by=self.by, at=self.at)

    def _make(self, wanted: list[Wanted]) -> None:
        made = []
        for one in wanted:
            day = ReceptionDay(
                venue=self.venue,
                pattern=one.pattern,
                division_code=self.venue.division_code,
                origin_date=one.origin,
                changed_at=self.at,
                changed_by_id=self.by.person_id if self.by else None,
            )
            _fill(day, one)
            made.append((day, one))
        ReceptionDay.objects.bulk_create([day for day, _one in made])
        slots = [slot for day, one in made for slot in _slots(day, one.pattern)]
        Slot.objects.bulk_create(slots, batch_size=500)
        self.done.made += [day for day, _one in made]

    def _save(self, day: ReceptionDay, fields: tuple[str, ...]) -> None:
        day.sequence += 1
        day.changed_at = self.at
        day.changed_by_id = self.by.person_id if self.by else None
        day.save(update_fields=(*fields, "sequence", "changed_at", "changed_by"))


def _is_untouched(day: ReceptionDay) -> bool:
    booked: bool = day.is_booked  # type: ignore[attr-defined]
    return day.state == DayState.PLANNED and not booked


def _is_as(day: ReceptionDay, one: Wanted) -> bool:
    """Whether the day stands as its pattern wants it. Its times to book follow its hours."""
    pattern = one.pattern
    return (
        (day.starts_at, day.ends_at) == (one.starts_at, one.ends_at)
        and (day.place, day.topic, day.language) == (pattern.place, pattern.topic, pattern.language)
        and day.note == one.note
    )


def _fill(day: ReceptionDay, one: Wanted) -> None:
    pattern = one.pattern
    day.date, day.starts_at, day.ends_at = one.date, one.starts_at, one.ends_at
    day.place, day.topic, day.language = pattern.place, pattern.topic, pattern.language
    day.note = one.note[:200]


def _slots(day: ReceptionDay, pattern: Pattern) -> list[Slot]:
    return slots_of(day, minutes=pattern.slot_minutes, capacity=pattern.slot_capacity)


def _tell(venue: Venue, done: Planned, left_out: int, *, by: Actor | None, at: datetime) -> None:
    first = min((*done.made, *done.changed, *done.gone), key=lambda day: day.starts_at)
    write(
        action="reception.days.plan",
        by=by,
        at=at,
        division_code=venue.division_code,
        subject=venue,
        data={
            "made": len(done.made),
            "changed": len(done.changed),
            "gone": len(done.gone),
            "kept": len(done.kept),
            "left_out": left_out,
        },
    )
    announce(first, "plan", at=at)

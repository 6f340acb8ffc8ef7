"""Reception days: added by hand, moved, cancelled, changed, announced."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction
from django.db.models import F

from lianxin.congress.models import Actor
from lianxin.kernel import bus
from lianxin.kernel.clock import LOCAL
from lianxin.kernel.moves import move
from lianxin.reception.enums import DAY_MOVES, DayState
from lianxin.reception.events import DayChanged
from lianxin.reception.models import ReceptionDay, Slot
from lianxin.reception.rules import days as rules
from lianxin.reception.rules import permissions
from lianxin.reception.services.slots import shift_slots, slots_of
from lianxin.record.services import write
from lianxin.venues.models import Venue


@transaction.atomic
def add_day(
    *,
    venue_id: UUID,
    on: date,
    starts: time,
    ends: time,
    place: str = "",
    topic: str = "",
    language: str = "",
    slot_minutes: int = 20,
    slot_capacity: int = 1,
    by: Actor | None,
    at: datetime,
) -> ReceptionDay:
    """A reception day outside every pattern, with its times to book; hours are Shanghai's.

    Locks the venue → rule → day → slots → journal → DayChanged("plan"). Raises NotYourVenue,
    HoursWrong, TimeTaken, and TimePassed for people (the installation may enter past days).
    """
    venue = Venue.objects.select_for_update().get(pk=venue_id)
    permissions.check_may_plan(by, venue)
    rules.check_hours(starts, ends, minutes=0)
    day = ReceptionDay(
        venue=venue,
        division_code=venue.division_code,
        origin_date=on,
        date=on,
        starts_at=datetime.combine(on, starts, LOCAL),
        ends_at=datetime.combine(on, ends, LOCAL),
        place=place,
        topic=topic,
        language=language,
        is_fixed=True,
        changed_at=at,
        changed_by_id=by.person_id if by else None,
    )
    if by:
        rules.check_to_come(day.starts_at, at)
    _check_free(day)
    day.save(force_insert=True)
    Slot.objects.bulk_create(slots_of(day, minutes=slot_minutes, capacity=slot_capacity))
    note(day, "plan", by=by, at=at)
    return day


@transaction.atomic
def move_day(
    *,
    day_id: UUID,
    on: date,
    starts: time,
    ends: time,
    reason: str,
    by: Actor | None,
    at: datetime,
) -> ReceptionDay:
    """The day is held at another time. Its times go along, and so do the bookings in them.

    Locks → rule → day (`is_fixed`, `sequence`) and slots → journal → DayChanged("move"), by which
    deputies and visitors are told. Raises NotYourVenue, DayBegun, HoursWrong, ReasonMissing,
    TimePassed, TimeTaken, BookedBeyond.
    """
    day = _locked(day_id, by)
    rules.check_hours(starts, ends, minutes=0)
    rules.check_reason(reason)
    before = day.starts_at
    day.date = on
    day.starts_at = datetime.combine(on, starts, LOCAL)
    day.ends_at = datetime.combine(on, ends, LOCAL)
    rules.check_to_come(day.starts_at, at)
    _check_free(day)
    day.note = reason.strip()
    _save(day, ("date", "starts_at", "ends_at", "note"), by=by, at=at)
    shift_slots(day, day.starts_at - before)
    note(day, "move", by=by, at=at, before=before.isoformat(), after=day.starts_at.isoformat())
    return day


@transaction.atomic
def cancel_day(*, day_id: UUID, reason: str, by: Actor | None, at: datetime) -> ReceptionDay:
    """The day is not held. Bookings are ended by whoever hears of it.

    Locks → rule → state, `note`, `sequence` → journal → DayChanged("cancel"). Raises
    NotYourVenue, DayBegun, ReasonMissing.
    """
    day = _locked(day_id, by)
    rules.check_reason(reason)
    day.state = move(DAY_MOVES, day.state, "cancel")
    day.note = reason.strip()
    _save(day, ("state", "note"), by=by, at=at)
    note(day, "cancel", by=by, at=at)
    return day


@transaction.atomic
def change_day(
    *,
    day_id: UUID,
    place: str,
    topic: str,
    language: str,
    words: str,
    by: Actor | None,
    at: datetime,
) -> ReceptionDay:
    """Another room, topic, language or note for residents; the time stays.

    Locks → rule → fields → journal → DayChanged("change"). Nothing happens when nothing differs.
    Raises NotYourVenue, DayBegun.
    """
    day = _locked(day_id, by)
    new = {"place": place, "topic": topic, "language": language, "note": words}
    changed = [name for name, value in new.items() if getattr(day, name) != value.strip()]
    if not changed:
        return day
    for name in changed:
        setattr(day, name, new[name].strip())
    _save(day, tuple(changed), by=by, at=at)
    note(day, "change", by=by, at=at, fields=changed)
    return day


@transaction.atomic
def announce_day(*, day_id: UUID, at: datetime) -> bool:
    """The day is announced, by itself. Locks → state → journal → DayChanged("announce"), by which
    its deputies are told. False where it was announced, begun or cancelled meanwhile.
    """
    day = ReceptionDay.objects.select_for_update().get(pk=day_id)
    if day.state != DayState.PLANNED or day.starts_at <= at:
        return False
    day.state = move(DAY_MOVES, day.state, "announce")
    day.announced_at = at
    day.save(update_fields=("state", "announced_at"))
    note(day, "announce", by=None, at=at)
    return True


@transaction.atomic
def count_change(*, day_ids: Collection[UUID], at: datetime) -> int:
    """Other deputies sit on the days: calendars must hear of it (`sequence`, `changed_at`)."""
    days = ReceptionDay.objects.filter(pk__in=day_ids)
    return days.update(sequence=F("sequence") + 1, changed_at=at)


def note(day: ReceptionDay, act: str, *, by: Actor | None, at: datetime, **data: object) -> None:
    """The journal entry of a day and its announcement."""
    write(
        action=f"reception.day.{act}",
        by=by,
        at=at,
        division_code=day.division_code,
        subject=day,
        data={"venue": str(day.venue_id), "date": str(day.date), **data},
    )
    announce(day, act, at=at)


def announce(day: ReceptionDay, act: str, *, at: datetime) -> None:
    """What happened to a day, for whoever listens."""
    event = DayChanged(day_id=day.pk, venue_id=day.venue_id, act=act, at=at)
    bus.announce(event, key=day.venue_id, division_code=day.division_code)


def _locked(day_id: UUID, by: Actor | None) -> ReceptionDay:
    """A day that may still be changed, with its venue locked first, as planning does."""
    venue = Venue.objects.select_for_update().get(reception_days=day_id)
    permissions.check_may_plan(by, venue)
    day = ReceptionDay.objects.select_for_update().get(pk=day_id)
    rules.check_may_change(day)
    return day


def _check_free(day: ReceptionDay) -> None:
    others = ReceptionDay.objects.filter(venue_id=day.venue_id, starts_at=day.starts_at)
    if others.exclude(pk=day.pk).exclude(state=DayState.CANCELLED).exists():
        raise rules.TimeTaken


def _save(day: ReceptionDay, fields: tuple[str, ...], *, by: Actor | None, at: datetime) -> None:
    day.is_fixed = True
    day.sequence += 1
    day.changed_at = at
    day.changed_by_id = by.person_id if by else None
    always = ("is_fixed", "sequence", "changed_at", "changed_by")
    day.save(update_fields=(*fields, *always))

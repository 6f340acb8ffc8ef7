"""Reception in the demo world: six weeks of days held, one going on today, bookings, calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import count, cycle
from typing import Any
from uuid import UUID

from django.db import transaction

from lianxin.cases.enums import Channel
from lianxin.cases.services.filing import Draft as CaseDraft
from lianxin.config.demo import furnishing, rotas
from lianxin.config.demo.furnishing import NAMED, said, seeds
from lianxin.config.demo.rotas import actor
from lianxin.config.demo.seeds import matters
from lianxin.congress.models import Actor
from lianxin.congress.queries import actor_of, people_of
from lianxin.handling.enums import Outcome, Satisfaction
from lianxin.handling.services.answers import Reply
from lianxin.kernel.clock import LOCAL, local, local_date
from lianxin.kernel.ids import uuid7
from lianxin.people.models import Account
from lianxin.places.models import Grid
from lianxin.reception.enums import SEATED, BookingChannel, DayState, VisitPath
from lianxin.reception.models import GridDuty, ReceptionDay, Shift, Slot, Ticket, Visit
from lianxin.reception.services import (
    attendance,
    booking_moves,
    bookings,
    calls,
    duty,
    room,
    screens,
    signing,
    swaps,
    visits,
)
from lianxin.reception.services.days import add_day, announce_day
from lianxin.reception.services.seats import seat_deputies
from lianxin.venues.enums import BoardForm, VenueKind
from lianxin.venues.models import Venue
from lianxin.venues.services import update_venue
from lianxin.venues.services.boards import issue_board

MINUTES = timedelta(minutes=1)


@transaction.atomic
def load(*, now: datetime) -> None:
    """Everything about reception, after venues, deputies and cases are there."""
    furnishing.load(now=now)
    venues = list(Venue.objects.select_related("desk").order_by("division_code", "name"))
    rotas.load(venues=venues, now=now)
    rooms = {venue.pk: Room(venue, _clerk(venue), now) for venue in venues}
    station = next(one for one in rooms.values() if one.is_named)
    _board(station, now - timedelta(days=40))
    past = ReceptionDay.objects.filter(starts_at__lt=_midnight(now)).order_by("starts_at")
    for day in past:
        rooms[day.venue_id].hold(day)
    going = Today(station, now)
    going.load()
    _coming(station, now)
    _calls(station, now)


def _clerk(venue: Venue) -> Actor:
    return actor_of(next(iter(people_of(venue.desk_id, "reception.run"))).pk)


def person(username: str) -> Actor:
    """Whoever has the account of that name."""
    return actor_of(Account.objects.get(username=username).person_id)


def mandated(username: str) -> UUID:
    """The deputy who has the account of that name."""
    deputy_id = person(username).deputy_id
    assert deputy_id
    return deputy_id


def _midnight(now: datetime) -> datetime:
    return datetime.combine(local_date(now), time(), LOCAL)


@dataclass(slots=True)
class Visitors:
    """Invented people with what they bring, again and again."""

    people: Iterator[Any] = field(default_factory=lambda: cycle(seeds()["visitors"]))
    topics: Iterator[str] = field(default_factory=lambda: cycle(seeds()["topics"]))
    needs: Iterator[str] = field(default_factory=lambda: cycle(seeds()["needs"]))
    sayings: Iterator[Any] = field(default_factory=lambda: cycle(matters()))

    def booking(self) -> bookings.Draft:
        name, phone = next(self.people)
        return bookings.Draft(
            name=name,
            phone=phone,
            topic=next(self.topics),
            needs=next(self.needs),
            consents=True,
        )


VISITORS = Visitors()


@dataclass(slots=True)
class Room:
    """A venue and its clerk on their reception days."""

    venue: Venue
    clerk: Actor
    now: datetime
    held: Iterator[int] = field(default_factory=count)

    @property
    def is_named(self) -> bool:
        return self.venue.kind == VenueKind.STATION and self.venue.division_code == NAMED

    def hold(self, day: ReceptionDay) -> None:
        """A day that is over, from the booking to the signatures.

        The last one of the named station still waits for its signatures.
        """
        number = next(self.held)
        busy = self.venue.kind == VenueKind.STATION
        if busy:
            self.book(day, 2 if self.is_named else 1, day.starts_at - timedelta(days=2))
        room.begin_day(day_id=day.pk, by=self.clerk, at=day.starts_at)
        seats = self.seats(day)
        for place, shift in enumerate(seats):
            away = self.is_named and number == 2 and place == 1
            self.mark(shift, "excuse" if away else "check_in", day.starts_at + 5 * MINUTES)
        at = day.starts_at + 10 * MINUTES
        if busy:
            at = self.receive(day, at, walk_ins=1 if self.is_named else number % 2)
        room.end_day(day_id=day.pk, by=self.clerk, at=max(at, day.ends_at))
        if not (self.is_named and day.date >= local_date(self.now) - timedelta(days=7)):
            self.sign(day, seats)

    def seats(self, day: ReceptionDay) -> list[Shift]:
        return list(day.shifts.filter(state__in=SEATED).order_by("seat"))

    def mark(self, shift: Shift, act: str, at: datetime) -> None:
        reason = said("leave" if act == "excuse" else "present")
        attendance.mark(shift_id=shift.pk, act=act, reason=reason, by=self.clerk, at=at)

    def book(self, day: ReceptionDay, number: int, at: datetime) -> None:
        """So many of the first times, by telephone and at the desk."""
        for place, slot in enumerate(day.slots.order_by("starts_at")[:number]):
            channel = BookingChannel.DESK if place % 3 == 2 else BookingChannel.PHONE
            self.take(slot, at, channel=channel)

    def take(self, slot: Slot, at: datetime, **more: Any) -> bookings.Receipt:
        given = {"channel": BookingChannel.PHONE, **more}
        return bookings.book(
            slot_id=slot.pk,
            draft=VISITORS.booking(),
            key=str(uuid7()),
            by=self.clerk,
            at=at,
            **given,
        )

    def receive(self, day: ReceptionDay, at: datetime, *, walk_ins: int) -> datetime:
        """Who booked comes, but for the last of several; then those who walked in. Returns the end."""
        booked = list(day.bookings.order_by("slot__starts_at"))
        coming = booked[:-1] if len(booked) > 1 and day.date.day % 2 else booked
        for booking in coming:
            ticket = room.arrive(booking_id=booking.pk, by=self.clerk, at=at)
            at = self.record(day, ticket, at + 6 * MINUTES)
        for _ in range(walk_ins):
            ticket = self.draw(day, at)
            at = self.record(day, ticket, at + 8 * MINUTES)
        return at

    def draw(self, day: ReceptionDay, at: datetime) -> Ticket:
        name, phone = next(VISITORS.people)
        return room.draw_number(
            day_id=day.pk, by=self.clerk, at=at, name=name, phone=phone, topic=next(VISITORS.topics)
        )

    def record(self, day: ReceptionDay, ticket: Ticket, at: datetime) -> datetime:
        """The visitor is called and received; two of three are answered at once. Returns the end."""
        room.call(ticket_id=ticket.pk, by=self.clerk, at=at)
        words, answer, _outcome = next(VISITORS.sayings)
        here = [one.deputy_id for one in self.seats(day) if one.state != "excused"]
        at_once = ticket.number % 3 != 0
        receipt = visits.record_visit(
            day_id=day.pk,
            ticket_id=ticket.pk,
            draft=CaseDraft(
                words=words,
                division_code=self.venue.division_code,
                channel=Channel.RECEPTION,
                consents=True,
                may_publish=True,
                receiver_ids=here,
            ),
            agreed=visits.Agreed(
                path=VisitPath.ON_THE_SPOT if at_once else VisitPath.DEPUTY,
                reply=Reply(text=answer, outcome=Outcome.SOLVED) if at_once else None,
                taker_ids=() if at_once else tuple(here[-1:]),
                instruction=said("taken"),
            ),
            key=str(uuid7()),
            by=self.clerk,
            at=at + 12 * MINUTES,
        )
        if at_once:
            visit = Visit.objects.get(case_id=receipt.case_id)
            visits.judge_on_the_spot(
                visit_id=visit.pk,
                result=Satisfaction.SATISFIED,
                reason="",
                by=self.clerk,
                at=at + 14 * MINUTES,
            )
        return at + 15 * MINUTES

    def sign(self, day: ReceptionDay, seats: list[Shift]) -> None:
        """Who was present signs; where nobody sat the venue closes the day."""
        if not seats:
            signing.close_unattended(day_id=day.pk, by=self.clerk, at=day.ends_at)
        for shift in seats:
            shift.refresh_from_db()
            if shift.state == "present":
                signing.sign_day(
                    day_id=day.pk,
                    remark="",
                    by=actor(shift.deputy_id),
                    at=day.ends_at + 20 * MINUTES,
                )


@dataclass(slots=True)
class Today:
    """The day that goes on at the named station; on a day off, the announced one of the next."""

    room: Room
    now: datetime

    def load(self) -> None:
        day = self._day()
        pair = [mandated("deputy"), self._partner()]
        before = self.now - timedelta(days=4)
        seat_deputies(day_id=day.pk, deputy_ids=pair, by=None, at=before)
        self.room.book(day, 4, before)
        screens.set_up(venue_id=day.venue_id, name=said("screen"), by=self.room.clerk, at=before)
        if day.date == local_date(self.now):
            self._go_on(day)

    def _day(self) -> ReceptionDay:
        """Nine to five where that holds now; else some hours around now, so that it goes on."""
        on, clock = rotas.open_day(self.now), local(self.now)
        starts, ends = time(9), time(17)
        if on == clock.date() and not time(9, 50) <= clock.time() <= time(16, 30):
            starts = time(max(clock.hour - 1, 0))
            ends = time(min(clock.hour + 3, 23), 59 if clock.hour > 20 else 0)
        # A day that a holiday moved may stand there already.
        moved = ReceptionDay.objects.filter(venue=self.room.venue, date=on).exists()
        day = add_day(
            venue_id=self.room.venue.pk,
            on=on,
            starts=starts.replace(minute=10 if moved else 0),
            ends=ends,
            place=seeds()["patterns"]["station"]["place"],
            topic=said("today_topic"),
            by=None,
            at=self.now - timedelta(days=10),
        )
        announce_day(day_id=day.pk, at=self.now - timedelta(days=5))
        return day

    def _partner(self) -> Any:
        """Somebody stationed here who has no account."""
        known = {mandated("deputy"), mandated("deputy2")}
        return next(d.pk for d in rotas.deputies_of(self.room.venue) if d.pk not in known)

    def _go_on(self, day: ReceptionDay) -> None:
        """Begun on the hour: two were received, one is called, three wait; the partner is there."""
        room.begin_day(day_id=day.pk, by=self.room.clerk, at=day.starts_at)
        seats = self.room.seats(day)
        self.room.mark(seats[1], "check_in", day.starts_at)
        step = min((self.now - day.starts_at) / 60, MINUTES)
        booked = list(day.bookings.order_by("slot__starts_at"))
        at = day.starts_at + step
        first = room.arrive(booking_id=booked[0].pk, by=self.room.clerk, at=at)
        tickets = [first, *(self.room.draw(day, at + step * n) for n in range(1, 5))]
        for ticket in tickets[:2]:
            self.room.record(day, ticket, at + 5 * step)
        room.call(ticket_id=tickets[2].pk, by=self.room.clerk, at=self.now - step)


def _board(station: Room, at: datetime) -> None:
    """Printed weeks ago; the opening hours on it have changed since."""
    venue = station.venue
    issue_board(venue_id=venue.pk, form=BoardForm.A3, by=None, at=at)
    update_venue(venue_id=venue.pk, by=None, at=at + timedelta(days=20), hours=said("hours_new"))


def _coming(station: Room, now: datetime) -> None:
    """A full time with a waiting list, others booked and confirmed, and a swap that is asked for."""
    days = list(
        ReceptionDay.objects.filter(
            venue=station.venue,
            starts_at__gt=now + timedelta(days=1),
            state__in=(DayState.PLANNED, DayState.ANNOUNCED),
            pattern__isnull=False,
        ).order_by("starts_at")[:6]
    )
    slots = list(days[0].slots.order_by("starts_at"))
    for slot in slots[:3]:
        receipt = station.take(slot, now - timedelta(days=1))
    booking_moves.confirm(booking_id=receipt.booking_id, by=station.clerk, at=now - 30 * MINUTES)
    for _ in range(2):
        station.take(slots[0], now - timedelta(hours=20), wait=True)
    station.book(days[1], 2, now - timedelta(hours=5))
    _swap(days, now)


def _swap(days: list[ReceptionDay], now: datetime) -> None:
    """One deputy with an account asks the other: two days on which both could sit."""
    mine, theirs = mandated("deputy"), mandated("deputy2")
    later = [day for day in days if day.starts_at > now + timedelta(days=3)]
    free = [day for day in later if not (_is_elsewhere(mine, day) or _is_elsewhere(theirs, day))]
    if len(free) < 2:
        return
    given = _seated(free[0], theirs, now - timedelta(days=1))
    wanted = _seated(free[1], mine, now - timedelta(days=1))
    swaps.ask(
        shift_id=given.pk,
        other_deputy_id=mine,
        other_shift_id=wanted.pk,
        words=said("swap"),
        by=person("deputy2"),
        at=now - timedelta(hours=3),
    )


def _is_elsewhere(deputy_id: UUID, day: ReceptionDay) -> bool:
    others = Shift.objects.filter(deputy_id=deputy_id, day__date=day.date, state__in=SEATED)
    return others.exclude(day=day).exists()


def _seated(day: ReceptionDay, deputy_id: UUID, at: datetime) -> Shift:
    """The deputy's seat of that day, beside somebody without an account."""
    held = [one.deputy_id for one in day.shifts.filter(state__in=SEATED).order_by("seat")]
    known = {mandated("deputy"), mandated("deputy2")}
    if deputy_id not in held or len(known & set(held)) > 1:
        spare = [one.pk for one in rotas.deputies_of(day.venue) if one.pk not in known]
        partner = next((one for one in held if one not in known), spare[0])
        seat_deputies(day_id=day.pk, deputy_ids=[partner, deputy_id], by=None, at=at)
    return day.shifts.get(deputy_id=deputy_id, state__in=SEATED)


def _calls(station: Room, now: datetime) -> None:
    """One call that is done, and one that waits for the deputy of the printed account."""
    venue, worker, deputy_id = station.venue, person("grid"), mandated("deputy")
    grid = Grid.objects.filter(bindings__deputy_id=deputy_id, bindings__venue=venue)[0]
    turns = GridDuty.objects.filter(grid=grid, until_date__gte=local_date(now))
    turn = turns.order_by("from_date")[0]
    if turn.deputy_id != deputy_id:
        duty.set_turn(duty_id=turn.pk, deputy_id=deputy_id, by=None, at=now)
    given: dict[str, Any] = {"venue_id": venue.pk, "grid_id": grid.pk, "by": worker}
    given |= {"caller": said("caller"), "phone": said("call_phone"), "where": said("call_where")}
    before = now - timedelta(days=3)
    done = calls.call_deputy(words=said("past_call"), key=str(uuid7()), at=before, **given)
    asked = actor(done.asks.get(state="waiting").deputy_id)
    calls.accept(call_id=done.pk, by=asked, at=before + 10 * MINUTES)
    calls.finish(
        call_id=done.pk, outcome=said("past_done"), by=asked, at=before + timedelta(hours=2)
    )
    calls.call_deputy(words=said("call_words"), key=str(uuid7()), at=now - 5 * MINUTES, **given)

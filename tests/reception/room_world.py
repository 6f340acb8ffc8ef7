"""A reception day going on: Wednesday 11 November 2026, 9 to 11, in the small world."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from lianxin.cases.services.filing import Draft
from lianxin.handling.enums import Outcome, ReplyChannel
from lianxin.handling.services.answers import Reply
from lianxin.kernel import codes
from lianxin.kernel.ids import uuid7
from lianxin.people.models import Account
from lianxin.reception.enums import BookingChannel, BookingState, VisitPath
from lianxin.reception.models import Booking, ReceptionDay, Shift, Ticket
from lianxin.reception.services import attendance, room, visits
from lianxin.reception.services.visits import Agreed
from tests import factories as f
from tests.reception import factories as r

#: 08:30, 09:00 and 10:00 in Shanghai on the day.
EARLY = datetime(2026, 11, 11, 0, 30, tzinfo=UTC)
NINE = datetime(2026, 11, 11, 1, 0, tzinfo=UTC)
TEN = datetime(2026, 11, 11, 2, 0, tzinfo=UTC)
NOON = datetime(2026, 11, 11, 4, 0, tzinfo=UTC)
REPLY = Reply("当场打了电话，今晚来修。", Outcome.SOLVED, channel=ReplyChannel.TALK)
WORDS = "幼儿园门口早晚停车堵路，孩子只能走到马路中间。"


def minute(number: int) -> datetime:
    """So many minutes after nine."""
    return NINE + timedelta(minutes=number)


def client(username: str) -> Client:
    found = Client()
    found.force_login(Account.objects.get(username=username))
    return found


def url(name: str, *args: object) -> str:
    return reverse(f"reception:{name}", args=args)


def begun(world: f.World, *, deputies: Any = None, at: datetime = NINE) -> ReceptionDay:
    """The pair on its seats, and reception going on."""
    pair = (world.deputy, world.second_deputy) if deputies is None else deputies
    day = r.day(world.venue, deputies=pair)
    return room.begin_day(day_id=day.pk, by=world.clerk, at=at)


def begun_again(world: f.World) -> ReceptionDay:
    """Another day of the same venue on the same date, in the afternoon."""
    day = r.day(world.venue, starts=time(14), ends=time(16))
    return room.begin_day(day_id=day.pk, by=world.clerk, at=NINE)


def present(world: f.World, day: ReceptionDay, *, at: datetime = NINE) -> None:
    """Every seat still expected is marked as present by the clerk."""
    for shift in Shift.objects.filter(day=day, state="expected"):
        attendance.mark(shift_id=shift.pk, act="check_in", reason="现场", by=world.clerk, at=at)


def booking(day: ReceptionDay, slot: int = 0, *, state: str = BookingState.BOOKED) -> Booking:
    """A seat of a slot, as booking makes it."""
    chosen = day.slots.order_by("starts_at")[slot]
    made = Booking(
        day=day,
        slot=chosen,
        seat=1,
        division_code=day.division_code,
        state=state,
        channel=BookingChannel.WEB,
        code_digest=codes.digest(codes.new_code()),
        consented_at=f.MONDAY,
        consent_version="2026-11",
        booked_at=f.MONDAY,
        changed_at=f.MONDAY,
    )
    made.name, made.phone, made.topic = "李大爷", "+8613987654321", "三轮车被扣"
    made.save(force_insert=True)
    return made


def number(world: f.World, day: ReceptionDay, at: datetime = NINE, **said: str) -> Ticket:
    return room.draw_number(day_id=day.pk, by=world.clerk, at=at, **said)


def recorded(
    world: f.World,
    day: ReceptionDay,
    *,
    ticket: Ticket | None = None,
    agreed: Agreed | None = None,
    at: datetime = TEN,
    key: str = "",
    **said: Any,
) -> visits.Receipt:
    """A visitor written down; taken along by the first deputy unless something else was agreed."""
    first = world.deputy.deputy_id
    asked = {"words": WORDS, "receiver_ids": (first,), **said}
    draft = Draft(division_code="530112005", channel="", **asked)
    return visits.record_visit(
        day_id=day.pk,
        ticket_id=ticket.pk if ticket else None,
        draft=draft,
        agreed=agreed or Agreed(VisitPath.DEPUTY, taker_ids=(first,)),
        key=key or str(uuid7()),
        by=world.clerk,
        at=at,
    )

"""The queue of the day: numbers one after the other, the fair order, begin and end, who may."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianxin.kernel.models import OutboxMessage
from lianxin.kernel.refused import Absent, IllegalMove
from lianxin.reception.enums import BookingState, DayState, TicketState
from lianxin.reception.models import Booking, Ticket
from lianxin.reception.rules.room import Waiting, in_order
from lianxin.reception.services import room
from lianxin.record.models import Entry
from tests import factories as f
from tests.reception import factories as r
from tests.reception import room_world as w

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return f.world()


@pytest.fixture
def day(world):
    return w.begun(world)


# --- the order of calling -------------------------------------------------------------------


def waiting(number, *, drawn=0, starts=None):
    begins = w.minute(starts) if starts is not None else None
    ends = begins + timedelta(minutes=20) if begins else None
    return Waiting(uuid4(), number, w.minute(drawn), begins, ends)


@pytest.mark.parametrize(
    ("people", "at", "order"),
    [
        ([waiting(1), waiting(2)], 0, [1, 2]),
        # booked, in time, and the time has come: before walk-ins with smaller numbers
        ([waiting(1), waiting(2, starts=0)], 0, [2, 1]),
        # booked for later: walk-ins first
        ([waiting(1, starts=40), waiting(2)], 20, [2, 1]),
        ([waiting(1, starts=40), waiting(2)], 40, [1, 2]),
        # came after the booked time was over: by number, as a walk-in
        ([waiting(1, drawn=25), waiting(2, drawn=30, starts=0)], 30, [1, 2]),
        ([waiting(3, starts=20), waiting(1, starts=0), waiting(2)], 20, [1, 3, 2]),
    ],
)
def test_the_order_is_fair(people, at, order):
    assert [one.number for one in in_order(people, w.minute(at))] == order


def test_the_next_is_called_by_that_order(world, day):
    walk_in = w.number(world, day)
    booked = room.arrive(booking_id=w.booking(day).pk, by=world.clerk, at=w.NINE)
    called = room.call_next(day_id=day.pk, by=world.clerk, at=w.minute(1))
    assert called == booked
    assert called.state == TicketState.CALLED
    assert room.call_next(day_id=day.pk, by=world.clerk, at=w.minute(2)) == walk_in
    with pytest.raises(room.NobodyWaits):
        room.call_next(day_id=day.pk, by=world.clerk, at=w.minute(3))


# --- numbers --------------------------------------------------------------------------------


def test_numbers_count_up_and_are_announced_without_names(world, day):
    said = {"name": "马秀英", "phone": "138 0013 8000", "topic": "楼道灯"}
    tickets = [w.number(world, day, **said), w.number(world, day)]
    assert [one.number for one in tickets] == [1, 2]
    assert tickets[0].phone == "+8613800138000"
    kept = Entry.objects.filter(action="reception.ticket.draw")
    assert kept.count() == 2
    told = " ".join(str(one.data) for one in kept)
    told += " ".join(str(one.payload) for one in OutboxMessage.objects.all())
    assert "马秀英" not in told
    assert "13800138000" not in told


def test_a_phone_that_cannot_be_called_is_refused_and_keeps_what_was_typed(world, day):
    page = w.client("clerk").post(w.url("room-draw", day.pk), {"name": "马秀英", "phone": "12"})
    # The page stands on today's clock: the day of this test is another, so only the form counts.
    assert page.context["form"].errors
    assert not Ticket.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_draw_different_numbers():
    world = f.world()
    day = w.begun(world)
    start, drawn = threading.Barrier(6), []

    def draw():
        start.wait()
        drawn.append(w.number(world, day).number)
        connection.close()

    threads = [threading.Thread(target=draw) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(drawn) == [1, 2, 3, 4, 5, 6]


def test_arriving_twice_gives_the_same_number(world, day):
    booking = w.booking(day)
    first = room.arrive(booking_id=booking.pk, by=world.clerk, at=w.NINE)
    assert room.arrive(booking_id=booking.pk, by=world.clerk, at=w.minute(1)) == first
    assert Booking.objects.get().state == BookingState.ARRIVED


def test_missed_and_back_again(world, day):
    ticket = w.number(world, day)
    for act, state in (
        (room.call, TicketState.CALLED),
        (room.call, TicketState.CALLED),
        (room.miss, TicketState.MISSED),
        (room.call, TicketState.CALLED),
    ):
        assert act(ticket_id=ticket.pk, by=world.clerk, at=w.minute(1)).state == state


def test_who_did_not_come_may_still_come(world, day):
    booking = w.booking(day)
    room.not_come(booking_id=booking.pk, by=world.clerk, at=w.minute(15))
    assert Booking.objects.get().state == BookingState.NO_SHOW
    assert room.arrive(booking_id=booking.pk, by=world.clerk, at=w.minute(20)).number == 1


# --- the day --------------------------------------------------------------------------------


def test_a_day_begins_on_its_own_date_only(world):
    day = r.day(world.venue)
    with pytest.raises(room.NotToday):
        room.begin_day(day_id=day.pk, by=world.clerk, at=w.NINE - timedelta(days=1))
    with pytest.raises(room.NotGoingOn):
        room.draw_number(day_id=day.pk, by=world.clerk, at=w.NINE)
    assert room.begin_day(day_id=day.pk, by=world.clerk, at=w.EARLY).state == DayState.OPEN
    with pytest.raises(IllegalMove):
        room.begin_day(day_id=day.pk, by=world.clerk, at=w.NINE)


def test_the_end_waits_for_who_waits_and_forgets_names(world, day):
    ticket = w.number(world, day, name="马秀英", topic="楼道灯")
    no_show = w.booking(day, 1)
    with pytest.raises(room.StillWaiting):
        room.end_day(day_id=day.pk, by=world.clerk, at=w.NOON)
    room.call(ticket_id=ticket.pk, by=world.clerk, at=w.TEN)
    room.miss(ticket_id=ticket.pk, by=world.clerk, at=w.TEN)
    with pytest.raises(room.BookedLater):
        room.end_day(day_id=day.pk, by=world.clerk, at=w.minute(5))
    assert room.end_day(day_id=day.pk, by=world.clerk, at=w.NOON).state == DayState.ENDED
    ticket.refresh_from_db()
    assert (ticket.name, ticket.topic) == ("", "")
    no_show.refresh_from_db()
    assert no_show.state == BookingState.NO_SHOW


def test_nobody_came_is_one_act(world):
    day = r.day(world.venue)
    assert room.nobody_came(day_id=day.pk, by=world.clerk, at=w.NOON).state == DayState.ENDED
    again = room.reopen_day(day_id=day.pk, by=world.clerk, at=w.NOON)
    w.number(world, again)
    with pytest.raises(room.StillWaiting):
        room.nobody_came(day_id=day.pk, by=world.clerk, at=w.NOON)


# --- who may --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("clerk", True), ("head", True), ("other_clerk", False), ("deputy", False),
        ("handler", False), ("supervisor", False), ("auditor", False),
    ],
)  # fmt: skip
def test_only_the_venues_own_people_run_the_room(world, day, who, may):
    actor, booking = getattr(world, who), w.booking(day)
    ticket = w.number(world, day)
    acts = [
        lambda: room.arrive(booking_id=booking.pk, by=actor, at=w.NINE),
        lambda: room.draw_number(day_id=day.pk, by=actor, at=w.NINE),
        lambda: room.call(ticket_id=ticket.pk, by=actor, at=w.NINE),
        lambda: room.miss(ticket_id=ticket.pk, by=actor, at=w.NINE),
        lambda: room.call_next(day_id=day.pk, by=actor, at=w.NINE),
    ]
    for act in acts:
        if may:
            act()
        else:
            with pytest.raises(Absent):
                act()


# --- the page -------------------------------------------------------------------------------


@pytest.fixture
def on_the_day(monkeypatch):
    for module in ("room", "record", "screen"):
        monkeypatch.setattr(f"lianxin.reception.views.{module}.now", lambda: w.TEN)


def test_the_clerk_walks_the_queue_by_buttons(world, on_the_day):
    day = r.day(world.venue, deputies=(world.deputy, world.second_deputy))
    booking, clerk = w.booking(day), w.client("clerk")
    page = clerk.get(w.url("room")).content.decode()
    assert w.url("room-act", day.pk, "begin") in page
    clerk.post(w.url("room-act", day.pk, "begin"))
    clerk.post(w.url("room-booking-act", booking.pk, "arrive"))
    slip = clerk.post(w.url("room-draw", day.pk), {"name": "马秀英"}, follow=True)
    assert slip.context["ticket"].number == 2
    page = clerk.get(w.url("room")).content.decode()
    assert "李**" in page
    assert "李大爷" not in page
    assert "马**" in page or "马*" in page
    assert "139****4321" in page
    clerk.post(w.url("room-act", day.pk, "next"))
    assert Ticket.objects.get(state=TicketState.CALLED).number == 1
    clerk.post(w.url("ticket-act", Ticket.objects.get(number=1).pk, "miss"))
    assert Ticket.objects.get(number=1).state == TicketState.MISSED
    assert clerk.post(w.url("room-act", day.pk, "explode")).status_code == 404
    assert clerk.post(w.url("room-act", day.pk, "end")).status_code == 409


def test_a_foreign_day_looks_like_none(world, day, on_the_day):
    stranger = w.client("other_clerk")
    ticket = w.number(world, day)
    assert stranger.get(w.url("room"), {"day": day.pk}).context["day"] is None
    for address in (
        w.url("visit", day.pk),
        w.url("room-paper", day.pk),
        w.url("ticket", ticket.pk),
    ):
        assert stranger.get(address).status_code == 404
    assert stranger.post(w.url("room-act", day.pk, "end")).status_code == 404
    assert stranger.post(w.url("ticket-act", ticket.pk, "call")).status_code == 404


def test_the_page_takes_the_same_queries_at_one_and_thirty(world, day, on_the_day):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert clerk.get(w.url("room")).status_code == 200
        return len(found)

    clerk = w.client("clerk")
    w.number(world, day, name="马秀英")
    w.booking(day)
    w.recorded(world, day)
    queries()  # Notes the use of the session, once a minute.
    few = queries()
    for _ in range(29):
        w.number(world, day, name="马秀英")
        w.recorded(world, day)
    for slot in range(1, 6):
        w.booking(day, slot)
    assert queries() == few

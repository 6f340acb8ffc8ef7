"""Booking, confirming, moving, cancelling, losing: seats, waiting list, who may, what is told."""

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from lianxin.kernel import outbox
from lianxin.kernel.ids import uuid7
from lianxin.kernel.models import OutboxMessage
from lianxin.kernel.refused import IllegalMove, Refused
from lianxin.notices.models import Delivery
from lianxin.people.enums import Purpose
from lianxin.people.services.phone_proofs import BadPhone, NotProven
from lianxin.reception.enums import BOOKING_MOVES, BookingChannel, BookingState, DayState
from lianxin.reception.models import Booking, BookingReveal, ReceptionDay, Slot
from lianxin.reception.queries.booking_calendar import as_calendar
from lianxin.reception.queries.bookings import booking_by_code, place_of
from lianxin.reception.rules import bookings as rules
from lianxin.reception.rules.permissions import NotYourVenue
from lianxin.reception.services import booking_moves as moves
from lianxin.reception.services import booking_reveals, bookings
from lianxin.reception.services.held_slots import SlotFull
from lianxin.record.models import Entry
from tests import factories as f
from tests.reception import factories
from tests.reception.bookings_world import (
    NAME,
    PHONE,
    booked,
    draft,
    messages,
    new_phone,
    proven,
    slot,
)

pytestmark = pytest.mark.django_db
AT = f.MONDAY
#: The evening before factories.WEDNESDAY, 18:00 in Shanghai.
EVE = datetime(2026, 11, 10, 10, 0, tzinfo=UTC)


@pytest.fixture
def world():
    return f.world()


@pytest.fixture
def day(world):
    return factories.day(world.venue, deputies=(world.deputy, world.second_deputy))


def counts(one):
    one.refresh_from_db()
    held = Booking.objects.filter(slot=one, seat__isnull=False).count()
    assert one.taken == held
    return held


def state(booking):
    booking.refresh_from_db()
    return booking.state


def test_a_booking_holds_a_seat_and_its_link_finds_it(day):
    first = slot(day)
    booking = booked(first, phone=PHONE)
    assert (booking.state, booking.seat, counts(first)) == (BookingState.BOOKED, 1, 1)
    assert booking.confirm_by == EVE
    assert booking_by_code(booking.code.lower().replace("-", " ")) == booking
    assert (booking.name, booking.phone) == (NAME, "+8613800138000")


def test_the_same_key_books_once(day):
    first, phone, key = slot(day), new_phone(), str(uuid7())
    said, token = draft(phone), proven(phone)

    def send(**more):
        wanted = {"slot_id": first.pk, "draft": said, "token": token, **more}
        return bookings.book(key=key, channel=BookingChannel.WEB, by=None, at=AT, **wanted)

    receipt = send()
    assert send() == receipt
    assert send(token="") == receipt  # the answer is kept longer than the proof
    with pytest.raises(Refused) as refused:
        send(draft=draft(phone, topic="别的"))
    assert refused.value.status == 422
    assert Booking.objects.count() == 1


def test_a_full_time_is_refused_and_nothing_is_kept(day):
    first = slot(day)
    booked(first)
    with pytest.raises(SlotFull):
        booked(first)
    assert Booking.objects.count() == 1
    assert counts(first) == 1


def test_an_unproven_phone_books_nothing(day):
    wanted = {"slot_id": slot(day).pk, "draft": draft(PHONE), "key": "k", "channel": "web"}
    for token in ("x", proven(PHONE, AT, Purpose.OWN_DATA)):
        with pytest.raises(NotProven):
            bookings.book(token=token, by=None, at=AT, **wanted)


def test_one_booking_a_phone_and_day(day):
    booked(slot(day), phone=PHONE)
    with pytest.raises(bookings.AlreadyBooked):
        booked(slot(day, 1), phone=PHONE)


def test_the_database_has_the_last_word(day):
    first = slot(day)
    one = booked(first, phone=PHONE)
    other = booked(slot(day, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=other.pk).update(slot=first)
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=other.pk).update(phone_index=bytes(one.phone_index))
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(pk=first.pk).update(taken=2)


def test_a_race_lost_to_the_constraint_is_a_sentence(day):
    """What the lock would prevent: the phone's other booking commits between look and insert."""
    one = booked(slot(day), phone=PHONE)
    Booking.objects.filter(pk=one.pk).update(phone_index=None)
    fresh = Booking.objects.defer("name", "phone", "topic", "code").get(pk=one.pk)
    fresh.name = fresh.phone = fresh.topic = fresh.code = ""
    fresh.pk, fresh.seat, fresh.code_digest = uuid7(), 1, b"x"
    with pytest.raises(SlotFull):
        bookings._insert(fresh)
    fresh.seat, fresh.state, fresh.phone_index = None, BookingState.WAITING, b"p"
    Booking.objects.filter(pk=one.pk).update(phone_index=b"p")
    with pytest.raises(bookings.AlreadyBooked):
        bookings._insert(fresh)


def test_over_cancelled_and_running_days_are_not_booked(day):
    first = slot(day)
    with pytest.raises(rules.TimeOver):
        booked(first, at=first.starts_at)
    ReceptionDay.objects.filter(pk=day.pk).update(state=DayState.OPEN)
    with pytest.raises(rules.TimeOver):
        booked(first)
    ReceptionDay.objects.filter(pk=day.pk).update(state=DayState.CANCELLED)
    with pytest.raises(rules.DayOff):
        booked(first)


def test_consent_and_phone_are_needed(day, world):
    with pytest.raises(bookings.ConsentMissing):
        booked(slot(day), said={"consents": False})
    with pytest.raises(BadPhone):
        booked(slot(day), by=world.clerk, phone="110", channel=BookingChannel.PHONE)


def test_the_waiting_list_moves_up_in_order(day):
    first = slot(day)
    holder = booked(first)
    waiting = [booked(first, wait=True, at=AT + timedelta(minutes=n)) for n in range(3)]
    assert [place_of(one) for one in waiting] == [1, 2, 3]
    moves.cancel(booking_id=holder.pk, by=None, at=AT + timedelta(hours=1))
    assert [state(one) for one in waiting] == ["booked", "waiting", "waiting"]
    assert waiting[0].confirm_by == AT + timedelta(hours=25)
    assert [place_of(one) for one in waiting] == [0, 1, 2]
    assert counts(first) == 1
    moves.lose(booking_id=waiting[0].pk, at=AT + timedelta(hours=26))
    assert [state(one) for one in waiting] == ["lost", "booked", "waiting"]


def test_a_waiting_list_has_an_end(day, monkeypatch):
    monkeypatch.setattr(rules, "MOST_WAITING", 1)
    first = slot(day)
    booked(first)
    booked(first, wait=True)
    with pytest.raises(bookings.WaitingListFull):
        booked(first, wait=True)


def test_a_raised_capacity_serves_who_waits_first(day):
    first = slot(day)
    booked(first)
    waiting = booked(first, wait=True)
    Slot.objects.filter(pk=first.pk).update(capacity=2)
    with pytest.raises(SlotFull):
        booked(first)
    assert state(waiting) == BookingState.WAITING  # the refusal took everything back
    late = booked(first, wait=True)
    assert (state(waiting), waiting.seat) == (BookingState.BOOKED, 2)
    assert late.state == BookingState.WAITING


def test_moving_keeps_the_code_and_frees_the_seat_at_once(day):
    first, second = slot(day), slot(day, 1)
    booking, waiting = booked(first, phone=PHONE), booked(first, wait=True)
    code = booking.code
    fresh = moves.move_booking(booking_id=booking.pk, slot_id=second.pk, by=None, at=AT)
    assert state(booking) == BookingState.MOVED
    assert (booking.seat, booking.code, booking.moved_to) == (None, "", fresh)
    assert booking_by_code(code) == fresh
    assert (fresh.name, fresh.phone, fresh.topic) == (NAME, "+8613800138000", "楼道堆物")
    assert state(waiting) == BookingState.BOOKED
    assert (counts(first), counts(second)) == (1, 1)


def test_moving_to_a_full_time_keeps_the_old_one(day):
    first, second = slot(day), slot(day, 1)
    booking = booked(first)
    booked(second)
    with pytest.raises(SlotFull):
        moves.move_booking(booking_id=booking.pk, slot_id=second.pk, by=None, at=AT)
    assert state(booking) == BookingState.BOOKED
    assert (counts(first), booking.seat) == (1, 1)
    with pytest.raises(moves.SameTime):
        moves.move_booking(booking_id=booking.pk, slot_id=first.pk, by=None, at=AT)
    fresh = moves.move_booking(booking_id=booking.pk, slot_id=second.pk, wait=True, by=None, at=AT)
    assert (fresh.state, counts(first)) == (BookingState.WAITING, 0)


@pytest.mark.parametrize("act", ["confirm", "cancel", "arrive", "receive", "miss", "move"])
def test_every_act_follows_the_table(day, world, act):
    """Each state is set by force; the service then agrees with the table of moves."""
    late = day.ends_at if act == "miss" else AT
    run = {
        "confirm": moves.confirm,
        "cancel": lambda **kw: moves.cancel(reason="停电", **kw),
        "arrive": moves.arrive,
        "receive": moves.receive,
        "miss": moves.miss,
        "move": lambda **kw: moves.move_booking(slot_id=slot(day, 3).pk, **kw),
    }[act]
    booking = booked(slot(day))
    for current in BookingState:
        holds = current in ("booked", "confirmed", "arrived", "received", "no_show")
        with transaction.atomic():
            Booking.objects.filter(pk=booking.pk).update(state=current, seat=1 if holds else None)
            Slot.objects.filter(pk=booking.slot_id).update(taken=int(holds))
            possible = act in BOOKING_MOVES[current] or (act, current) == ("confirm", "confirmed")
            try:
                run(booking_id=booking.pk, by=world.clerk, at=late)
                assert possible, current
            except IllegalMove:
                assert not possible, current
            transaction.set_rollback(True)


def test_who_may(day, world):
    """The desk of the venue and the visitor's own link; nobody else, whatever the act."""
    booking = booked(slot(day))
    acts = (
        lambda by: moves.confirm(booking_id=booking.pk, by=by, at=AT),
        lambda by: moves.arrive(booking_id=booking.pk, by=by, at=AT),
        lambda by: moves.cancel(booking_id=booking.pk, reason="停电", by=by, at=AT),
        lambda by: moves.move_booking(booking_id=booking.pk, slot_id=slot(day, 2).pk, by=by, at=AT),
        lambda by: booking_reveals.reveal_booking(
            booking_id=booking.pk, reason="回电", by=by, at=AT
        ),
        lambda by: booked(slot(day, 4), by=by),
    )
    for by in (world.clerk, world.head):
        for act in acts:
            with transaction.atomic():
                act(by)
                transaction.set_rollback(True)
    for by in (world.other_clerk, world.deputy, world.handler, world.supervisor, world.auditor):
        for act in acts:
            with pytest.raises(NotYourVenue):
                act(by)


def test_a_clerk_owes_a_reason_and_the_visitor_none(day, world):
    booking = booked(slot(day))
    with pytest.raises(moves.ReasonMissing):
        moves.cancel(booking_id=booking.pk, by=world.clerk, at=AT)
    moves.cancel(booking_id=booking.pk, by=None, at=AT)


def test_missing_is_marked_when_the_time_has_begun(day, world):
    booking = booked(slot(day))
    with pytest.raises(moves.TooEarly):
        moves.miss(booking_id=booking.pk, by=world.clerk, at=AT)
    moves.miss(booking_id=booking.pk, by=world.clerk, at=booking.slot.starts_at)
    assert (state(booking), booking.seat) == (BookingState.NO_SHOW, 1)


def test_who_stayed_away_three_times_books_by_telephone(world):
    for n in range(rules.NO_SHOWS):
        past = factories.day(world.venue, on=(AT + timedelta(days=n + 1)).date())
        missed = booked(slot(past), phone=PHONE)
        moves.miss(booking_id=missed.pk, by=None, at=missed.slot.starts_at)
    coming = slot(factories.day(world.venue))
    late = coming.starts_at - timedelta(hours=2)
    with pytest.raises(rules.ByPhoneOnly):
        booked(coming, phone=PHONE, at=late)
    assert booked(coming, phone=PHONE, by=world.clerk, at=late).state == BookingState.BOOKED


def test_a_reveal_leaves_a_row_and_an_entry(day, world):
    booking = booked(slot(day), phone=PHONE)
    with pytest.raises(moves.ReasonMissing):
        booking_reveals.reveal_booking(booking_id=booking.pk, reason=" ", by=world.clerk, at=AT)
    contact = booking_reveals.reveal_booking(
        booking_id=booking.pk, reason="回电改时间", by=world.clerk, at=AT
    )
    assert (contact.name, contact.phone) == (NAME, "+8613800138000")
    assert BookingReveal.objects.get().reason == "回电改时间"
    assert Entry.objects.filter(action="reception.booking.revealed", actor_id=world.clerk.person_id)


def test_a_planted_phone_and_name_are_nowhere_in_the_clear(day, world):
    booking = booked(slot(day), phone=PHONE)
    waiting = booked(slot(day), wait=True)
    moves.cancel(booking_id=booking.pk, reason="停电", by=world.clerk, at=AT)
    moves.confirm(booking_id=waiting.pk, by=None, at=AT)
    written = json.dumps(
        [
            list(Entry.objects.values_list("data", "action", "actor_name")),
            list(OutboxMessage.objects.values_list("payload", "key")),
        ],
        ensure_ascii=False,
    )
    outbox.run_pending()
    told = messages()
    assert told
    calendar = as_calendar(booking).decode()
    booking.refresh_from_db()
    for planted in (PHONE, "8613800138000", NAME, "楼道堆物", booking.code, waiting.code):
        assert planted not in written
        assert planted not in calendar
        assert not any(planted in text for text in told)


def test_an_event_is_told_once(day):
    first = slot(day)
    booked(first)
    waiting = booked(first, wait=True)
    outbox.run_pending()
    assert len(messages()) == 2
    OutboxMessage.objects.filter(topic__contains="BookingMoved").update(
        state=OutboxMessage.State.PENDING, attempts=0
    )
    outbox.run_pending()
    assert len(messages()) == 2
    moves.cancel(booking_id=waiting.pk, by=None, at=AT)
    outbox.run_pending()
    assert len(messages()) == 2  # one's own act is not repeated


def test_the_link_leaves_with_the_message_and_is_forgotten(day, settings):
    settings.NOTICE_BACKEND = "file"
    booking = booked(slot(day))
    outbox.run_pending()
    lines = Path(settings.NOTICE_FILE).read_text(encoding="utf-8").splitlines()
    assert any(booking.code in json.loads(line)["text"] for line in lines)
    assert all(not row.secret and booking.code not in row.text for row in Delivery.objects.all())


def test_times_are_cut_by_the_day(day):
    assert day.slots.count() == 6
    assert slot(day).ends_at - slot(day).starts_at == timedelta(minutes=20)
    assert time(9) == slot(day).starts_at.astimezone(rules.LOCAL).time()

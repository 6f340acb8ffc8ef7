"""Any order of booking, cancelling, moving, losing: seats are never over, never lost, waiting in order."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from lianxin.reception.enums import HOLDING, BookingState
from lianxin.reception.models import Booking, Slot
from lianxin.reception.queries.bookings import place_of
from lianxin.reception.services import booking_moves as moves
from lianxin.reception.services import bookings
from lianxin.reception.services.held_slots import SlotFull
from tests import factories as f
from tests.reception import factories
from tests.reception.bookings_world import draft, slot

picks = st.integers(min_value=0, max_value=40)


class Seats(RuleBasedStateMachine):
    """A time for one visitor and a time for two, under a clerk's hands; what the list should be is kept beside."""

    @initialize()
    def begin(self):
        self.saved = transaction.atomic()
        self.saved.__enter__()
        Slot.objects.filter(pk=slot(self.day, 0).pk).update(capacity=1)
        self.slots = [slot(self.day, 0), slot(self.day, 1)]
        self.queues = {one.pk: [] for one in self.slots}
        self.at, self.number = f.MONDAY, 0

    def tick(self):
        self.at += timedelta(seconds=1)
        return self.at

    def pick(self, number, *states):
        rows = list(Booking.objects.filter(state__in=states).order_by("booked_at", "id"))
        return rows[number % len(rows)] if rows else None

    def freed(self, slot_id):
        """A seat became free: the first in the queue has it now."""
        if self.queues[slot_id]:
            first = self.queues[slot_id].pop(0)
            assert Booking.objects.get(pk=first).state == BookingState.BOOKED

    @rule(which=st.booleans(), wait=st.booleans())
    def book(self, which, wait):
        self.number += 1
        wanted = self.slots[which]
        is_full = Slot.objects.get(pk=wanted.pk).free == 0
        try:
            receipt = bookings.book(
                slot_id=wanted.pk,
                draft=draft(f"138002{self.number:05d}"),
                key=f"{id(self)}-{self.number}",
                channel="desk",
                by=self.clerk,
                at=self.tick(),
                wait=wait,
            )
        except SlotFull:
            assert is_full
            assert not wait
        except bookings.WaitingListFull:
            assert is_full
        else:
            assert (receipt.place > 0) == is_full
            if receipt.place:
                self.queues[wanted.pk].append(receipt.booking_id)
                assert receipt.place == len(self.queues[wanted.pk])

    @rule(which=st.booleans(), size=st.integers(min_value=2, max_value=5))
    def crowd(self, which, size):
        for _ in range(size):
            self.book(which, True)

    @rule(number=picks)
    def cancel(self, number):
        booking = self.pick(number, "waiting", "booked", "confirmed")
        if booking:
            moves.cancel(booking_id=booking.pk, by=None, at=self.tick())
            self.left(booking)

    @rule(number=picks)
    def lose(self, number):
        booking = self.pick(number, "booked")
        if booking and booking.confirm_by:
            moves.lose(booking_id=booking.pk, at=booking.confirm_by)
            self.left(booking)

    @rule(number=picks, wait=st.booleans())
    def move(self, number, wait):
        booking = self.pick(number, "waiting", "booked", "confirmed")
        if booking is None:
            return
        other = next(one for one in self.slots if one.pk != booking.slot_id)
        try:
            fresh = moves.move_booking(
                booking_id=booking.pk, slot_id=other.pk, wait=wait, by=None, at=self.tick()
            )
        except (SlotFull, bookings.WaitingListFull):
            assert Booking.objects.get(pk=booking.pk).state == booking.state
            return
        if fresh.state == BookingState.WAITING:
            self.queues[other.pk].append(fresh.pk)
        self.left(booking)

    @rule(number=picks)
    def confirm(self, number):
        booking = self.pick(number, "booked")
        if booking:
            moves.confirm(booking_id=booking.pk, by=None, at=self.tick())

    def left(self, booking):
        if booking.state == BookingState.WAITING:
            self.queues[booking.slot_id].remove(booking.pk)
        else:
            self.freed(booking.slot_id)

    @invariant()
    def seats_are_counted_and_none_is_idle(self):
        for one in getattr(self, "slots", ()):
            one.refresh_from_db()
            seats = list(
                Booking.objects.filter(slot=one, state__in=HOLDING).values_list("seat", flat=True)
            )
            assert one.taken == len(seats) <= one.capacity
            assert len(set(seats)) == len(seats)
            assert set(seats) <= set(range(1, one.capacity + 1))
            waiting = list(
                Booking.objects.filter(slot=one, state="waiting").order_by("booked_at", "id")
            )
            assert [row.pk for row in waiting] == self.queues[one.pk]
            assert [place_of(row) for row in waiting] == list(range(1, len(waiting) + 1))
            assert not (waiting and one.free)

    def teardown(self):
        if hasattr(self, "saved"):
            transaction.set_rollback(True)
            self.saved.__exit__(None, None, None)


@pytest.mark.django_db
def test_seats_are_never_over_never_lost_and_the_order_is_kept():
    world = f.world()

    class Here(Seats):
        day = factories.day(world.venue, slot_capacity=2)
        clerk = world.clerk

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

"""Figures of use and waiting against a small world whose figures are known, and what they cost."""

from __future__ import annotations

import io
import statistics
from datetime import date, time, timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lianxin.kernel.fields import blind_index
from lianxin.kernel.ids import uuid7
from lianxin.kernel.refused import Forbidden
from lianxin.reception.enums import BookingState, DayState, ShiftState, VisitPath
from lianxin.reception.models import Booking, ReceptionDay, Shift, Ticket, Visit
from lianxin.reception.queries.use import Reach, by_part, by_venue
from lianxin.reception.queries.use_page import overview
from lianxin.reception.rules.use import By, Term, measures, ranked, total
from lianxin.record.models import Entry
from lianxin.venues.enums import VenueKind
from lianxin.venues.services import open_venue
from tests import factories as f
from tests.cases.test_unit import signed_in
from tests.reception import factories as r

NOVEMBER = Term.holding(By.MONTH, date(2026, 11, 30))
TODAY = date(2026, 11, 20)
MINUTE = timedelta(minutes=1)


def held(venue, on, state=DayState.SIGNED, **more):
    """A day in some state: how it came there is told by the tests of days and rooms."""
    day = r.day(venue, on=on, **more)
    ReceptionDay.objects.filter(pk=day.pk).update(state=state)
    return day


def booked(day, state, *, seat=None, days_before=3):
    slot = day.slots.order_by("starts_at")[(seat or 1) - 1]
    return Booking.objects.create(
        day=day,
        slot=slot,
        seat=1 if seat else None,
        state=state,
        channel="web",
        phone_index=blind_index("phone", str(uuid7())),
        code_digest=uuid7().bytes,
        consented_at=f.MONDAY,
        consent_version="x",
        booked_at=day.starts_at - timedelta(days=days_before),
        changed_at=f.MONDAY,
        division_code=day.division_code,
    )


def ticket(day, number, minutes=None, *, booking=None):
    drawn = day.starts_at
    return Ticket.objects.create(
        day=day,
        number=number,
        booking=booking,
        drawn_at=drawn,
        called_at=None if minutes is None else drawn + minutes * MINUTE + timedelta(seconds=20),
        state="waiting" if minutes is None else "received",
        division_code=day.division_code,
    )


def visit(day, ticket, path, world):
    return Visit.objects.create(
        day=day, ticket=ticket, case=f.filed(), path=path, recorded_at=f.MONDAY,
        recorded_by_id=world.clerk.person_id, division_code=day.division_code,
    )  # fmt: skip


def furnish(world, venue, number=0):
    """Four days of November: one held with everything, one missed, one cancelled, one to come."""
    day = held(venue, date(2026, 11, 11), deputies=(world.deputy, world.second_deputy))
    Shift.objects.filter(day=day, seat=1).update(state=ShiftState.PRESENT)
    Shift.objects.filter(day=day, seat=2).update(state=ShiftState.ABSENT)
    came = booked(day, BookingState.RECEIVED, seat=1, days_before=9)
    booked(day, BookingState.NO_SHOW, seat=2, days_before=2)
    booked(day, BookingState.RECEIVED, seat=3, days_before=4)
    for state in ("cancelled", "cancelled", "moved", "lost", "waiting"):
        booked(day, state)
    waits = [0, 5, 5, 7, 12, 20, 40, 60, 61, 90]
    tickets = [ticket(day, n, wait) for n, wait in enumerate(waits, start=2)]
    tickets.append(ticket(day, 1, 3, booking=came))
    ticket(day, 99)
    for one in tickets[:3]:
        visit(day, one, VisitPath.ON_THE_SPOT, world)
    visit(day, tickets[3], VisitPath.DEPUTY, world)
    held(venue, date(2026, 11, 4), state=DayState.PLANNED)
    held(venue, date(2026, 11, 18), state=DayState.CANCELLED)
    held(venue, date(2026, 11, 25), state=DayState.PLANNED)
    held(venue, date(2026, 12, 2), state=DayState.SIGNED)


@pytest.fixture
def world(db):
    world = f.world()
    furnish(world, world.venue)
    return world


def test_every_figure_is_what_was_planted(world):
    one = by_venue(Reach(NOVEMBER, TODAY, venue_ids=(world.venue.pk,)))[world.venue.pk]
    assert (one.days, one.held, one.missed, one.cancelled, one.to_come) == (4, 1, 1, 1, 1)
    assert (one.seats, one.present, one.excused, one.absent) == (2, 1, 0, 1)
    assert (one.offered, one.booked) == (18, 3)
    assert (one.bookings, one.waiting, one.moved, one.dropped, one.lost, one.no_shows) == (
        8, 1, 1, 2, 1, 1,
    )  # fmt: skip
    assert (one.tickets, one.walk_ins, one.called) == (12, 11, 11)
    assert (one.visits, one.on_the_spot, one.taken_on) == (4, 3, 1)
    assert (one.leads, one.lead_median, one.lead_p90) == (3, 4, 9)
    waits = sorted([0, 3, 5, 5, 7, 12, 20, 40, 60, 61, 90])
    assert one.wait_median == statistics.median_low(waits) == 12
    assert one.wait_p90 == waits[9] == 61
    assert (one.venues, one.unused) == (1, 0)


def test_a_booking_made_after_midnight_counts_by_the_day_in_shanghai(world):
    day = held(world.other_venue, date(2026, 11, 11))
    one = booked(day, BookingState.BOOKED, seat=1)
    Booking.objects.filter(pk=one.pk).update(booked_at=day.starts_at.replace(hour=0))
    found = by_venue(Reach(NOVEMBER, TODAY, venue_ids=(world.other_venue.pk,)))
    assert found[world.other_venue.pk].lead_median == 0


@pytest.mark.parametrize("number", [1, 2, 3, 10, 11])
def test_ranks_are_the_nearest(world, number):
    day = held(world.other_venue, date(2026, 11, 11))
    for n in range(1, number + 1):
        ticket(day, n, n)
    one = by_venue(Reach(NOVEMBER, TODAY, venue_ids=(world.other_venue.pk,)))[world.other_venue.pk]
    assert one.wait_median == -(-number // 2)
    assert one.wait_p90 == -(-number * 9 // 10)


def test_nothing_has_no_median():
    assert ranked({}, 5) is None
    assert ranked({7: 1}, 9) == 7


def test_places_add_up_and_percentiles_are_of_all(world):
    furnish(world, world.other_venue)
    reach = Reach(NOVEMBER, TODAY, "5301")
    parts = by_part(reach)
    assert set(parts) == {"530102", "530112"}
    whole = total(parts.values())
    assert (whole.days, whole.bookings, whole.venues) == (8, 16, 2)
    assert (whole.wait_median, whole.called) == (12, 22)
    assert by_part(Reach(NOVEMBER, TODAY, "530112"))["530112005"].held == 1
    own = by_part(Reach(NOVEMBER, TODAY, "530112005"))
    assert own["530112005"].held == 1  # the venue lies in no part of the street


def test_a_venue_without_a_day_is_unused_and_one_whose_days_were_cancelled_too(world):
    held(world.other_venue, date(2026, 11, 18), state=DayState.CANCELLED)
    parts = by_part(Reach(NOVEMBER, TODAY, "5301"))
    assert (parts["530102"].venues, parts["530102"].unused) == (1, 1)
    assert (parts["530112"].venues, parts["530112"].unused) == (1, 0)


def test_periods():
    quarter = Term.holding(By.QUARTER, date(2026, 11, 30))
    assert (quarter.since, quarter.until) == (date(2026, 10, 1), date(2026, 12, 31))
    assert quarter.after.until == date(2027, 3, 31)
    assert Term.holding(By.YEAR, date(2024, 2, 29)).before.since == date(2023, 1, 1)
    assert Term.holding("nonsense", date(2024, 2, 29)).until == date(2024, 2, 29)


def test_every_share_has_its_basis(world):
    one = by_venue(Reach(NOVEMBER, TODAY, venue_ids=(world.venue.pk,)))[world.venue.pk]
    found = {str(m.label): m for many in measures(one).values() for m in many}
    assert len(found) == 22
    assert all(m.basis for m in found.values())


def test_who_sees_what(world):
    assert overview(world.clerk, NOVEMBER, "", None, on=TODAY).total.held == 1
    assert overview(world.other_clerk, NOVEMBER, "530112", None, on=TODAY).total.held == 0
    assert overview(world.supervisor, NOVEMBER, "", None, on=TODAY).code == "530112"
    assert overview(world.supervisor, NOVEMBER, "530102", None, on=TODAY).code == "530112"
    assert (
        overview(world.supervisor, NOVEMBER, "530112005", None, on=TODAY).venue_rows[0].figures.held
        == 1
    )
    for by in (world.handler, world.auditor, world.deputy):
        with pytest.raises(Forbidden):
            overview(by, NOVEMBER, "", None, on=TODAY)


def get(name, **query):
    return signed_in(name).get(reverse("reception:use"), {"by": "month", "of": "2026-11", **query})


def test_pages(world):
    page = get("clerk").content.decode()
    assert "/ 18" in page
    office = get("supervisor").content.decode()
    assert "前卫街道" in office
    assert "place=530112005" in office
    assert get("supervisor", place="530112005").status_code == 200
    assert get("supervisor", by="x", of="2026-99").status_code == 200
    assert get("handler").status_code == 403


def test_the_workbook_has_every_count_and_is_journalled(world):
    answer = signed_in("supervisor").get(
        reverse("reception:use-xlsx"), {"by": "month", "of": "2026-11"}
    )
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert len(book.sheetnames) == 3
    rows = list(book.worksheets[2].values)
    assert len(rows) == 2
    assert "前卫街道代表工作站" in rows[1]
    assert 18 in rows[1]
    assert Entry.objects.filter(action="reception.use.exported").count() == 1


def test_no_more_queries_for_thirty_venues_than_for_one(world):
    def cost(call):
        call()
        with CaptureQueriesContext(connection) as found:
            call()
        return len(found)

    def pages():
        return [
            cost(lambda: overview(world.supervisor, NOVEMBER, "", None, on=TODAY)),
            cost(lambda: overview(world.supervisor, NOVEMBER, "530112005", None, on=TODAY)),
        ]

    alone = pages()
    for n in range(29):
        room = open_venue(
            name=f"室{n}", kind=VenueKind.ROOM, division_code="530112005", areas=("530112005",),
            superior_id=world.office.pk, by=None, at=f.LONG_AGO,
        )  # fmt: skip
        day = held(room, date(2026, 11, 11), starts=time(9), ends=time(10))
        ticket(day, 1, n)
    assert pages() == alone
    assert max(alone) < 25

"""The phone desk: masked, found by number and code, a caller booked, moved, cancelled, revealed."""

from datetime import time, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from lianxin.kernel.clock import local, local_date, now
from lianxin.people.models import Account
from lianxin.reception.models import Booking, BookingReveal
from lianxin.reception.services.room import begin_day
from tests import factories as f
from tests.reception import factories
from tests.reception.bookings_world import NAME, PHONE, booked, hidden, new_phone, slot

LIST = "/desk/reception/bookings/"


@pytest.fixture
def world(db):
    return f.world()


@pytest.fixture
def day(world):
    return factories.day(world.venue, on=local_date(now()) + timedelta(days=7))


@pytest.fixture
def clerk(world):
    return signed_in("clerk")


def signed_in(username):
    client = Client()
    client.force_login(Account.objects.get(username=username))
    return client


def to(name, booking, *more):
    return reverse(f"reception:{name}", args=[booking.pk, *more])


def call(client, slot, **more):
    page = client.get(f"{LIST}new/?slot={slot.pk}").content.decode()
    said = {
        "key": hidden(page, "key"),
        "slot": str(slot.pk),
        "name": NAME,
        "phone": PHONE,
        "channel": "phone",
        "persons": "1",
        "consents": "on",
        **more,
    }
    return client.post(f"{LIST}new/", said, follow=True)


def test_the_list_shows_times_masked(clerk, day):
    booked(slot(day), phone=PHONE, at=now())
    booked(slot(day), at=now(), wait=True)
    page = clerk.get(LIST).content.decode()
    assert "欧阳** " in page
    assert "138****8000" in page
    assert "候补第 1 位" in page
    assert PHONE not in page
    assert NAME not in page


def test_a_caller_is_booked_without_a_phone_code(clerk, day):
    answer = call(clerk, slot(day))
    booking = Booking.objects.get()
    assert answer.redirect_chain[-1][0] == to("booking-desk", booking)
    assert (booking.channel, booking.booked_by.name) == ("phone", "段小梅")
    assert PHONE not in answer.content.decode()


def test_the_form_says_what_is_missing_and_keeps_the_rest(clerk, day):
    answer = call(clerk, slot(day), consents="")
    assert answer.status_code == 200
    assert NAME in answer.content.decode()
    answer = call(clerk, slot(day), phone="")
    assert not Booking.objects.exists()
    call(clerk, slot(day), phone="", channel="desk")
    assert Booking.objects.get().phone_index is None


def test_a_full_time_is_refused_or_waited_for(clerk, day):
    booked(slot(day), at=now())
    assert "有人快了一步" in call(clerk, slot(day)).content.decode()
    call(clerk, slot(day), wait="on")
    assert Booking.objects.filter(state="waiting").count() == 1


@pytest.mark.parametrize("spelling", ["138 0013 8000", "+8613800138000"])
def test_found_by_the_whole_number(clerk, day, spelling):
    booking = booked(slot(day), phone=PHONE, at=now())
    page = clerk.post(LIST, {"q": spelling}).content.decode()
    assert "查到的预约" in page
    assert page.count(to("booking-desk", booking)) == 2  # found, and in its place


def test_found_by_code_and_not_by_half_a_number(clerk, day):
    booking = booked(slot(day), phone=PHONE, at=now())
    page = clerk.post(LIST, {"q": booking.code.lower()}).content.decode()
    assert page.count(to("booking-desk", booking)) == 2
    page = clerk.post(LIST, {"q": "1380013"}).content.decode()
    assert page.count(to("booking-desk", booking)) == 1


def test_another_venue_finds_and_opens_nothing(world, day):
    booking = booked(slot(day), phone=PHONE, at=now())
    stranger = signed_in("other_clerk")
    assert to("booking-desk", booking) not in stranger.post(LIST, {"q": PHONE}).content.decode()
    for name in ("booking-desk", "booking-desk-move", "booking-desk-cancel", "booking-desk-reveal"):
        assert stranger.get(to(name, booking)).status_code == 404
    assert stranger.post(to("booking-desk-mark", booking, "confirm")).status_code == 404
    page = stranger.get(f"{LIST}new/?slot={slot(day).pk}").content.decode()
    assert f'value="{slot(day).pk}"' not in page


def test_confirmed_moved_and_cancelled_with_a_reason(clerk, day):
    booking = booked(slot(day), at=now())
    clerk.post(to("booking-desk-mark", booking, "confirm"))
    booking.refresh_from_db()
    assert booking.state == "confirmed"
    clerk.post(to("booking-desk-move", booking), {"slot": str(slot(day, 2).pk)})
    booking.refresh_from_db()
    fresh = booking.moved_to
    assert (booking.state, fresh.slot) == ("moved", slot(day, 2))
    assert clerk.post(to("booking-desk-cancel", fresh), {"reason": ""}).status_code == 200
    clerk.post(to("booking-desk-cancel", fresh), {"reason": "居民来电取消"})
    fresh.refresh_from_db()
    assert (fresh.state, fresh.reason) == ("cancelled", "居民来电取消")


def test_come_and_missing_are_offered_when_it_is_time(clerk, day):
    booking = booked(slot(day), at=now())
    page = clerk.get(to("booking-desk", booking)).content.decode()
    assert to("booking-desk-mark", booking, "arrive") not in page
    assert to("booking-desk-mark", booking, "miss") not in page
    assert clerk.post(to("booking-desk-mark", booking, "miss")).status_code == 409


def test_who_comes_gets_a_number_in_the_room(clerk, world):
    """With the room's own service: one press is both, and a second one changes nothing."""
    at = now()
    begin = local(at).replace(minute=0, second=0)
    today = factories.day(world.venue, on=local_date(at), starts=begin.time(), ends=time(23, 59))
    booking = booked(
        slot(today), at=today.starts_at - timedelta(hours=30), by=world.clerk, channel="phone"
    )
    begin_day(day_id=today.pk, by=world.clerk, at=at)
    page = clerk.get(to("booking-desk", booking)).content.decode()
    assert to("booking-desk-mark", booking, "arrive") in page
    for _ in range(2):
        clerk.post(to("booking-desk-mark", booking, "arrive"))
    booking.refresh_from_db()
    assert booking.state == "arrived"
    assert booking.ticket.number == 1


def test_a_contact_is_shown_for_a_reason_and_once(clerk, day):
    booking = booked(slot(day), phone=PHONE, at=now())
    path = to("booking-desk-reveal", booking)
    assert PHONE not in clerk.get(path).content.decode()
    assert PHONE not in clerk.post(path, {"reason": ""}).content.decode()
    assert not BookingReveal.objects.exists()
    page = clerk.post(path, {"reason": "回电改时间"}).content.decode()
    assert NAME in page
    assert PHONE in page
    assert PHONE not in clerk.get(path).content.decode()
    assert "回电改时间" in clerk.get(to("booking-desk", booking)).content.decode()


def test_the_slip_has_the_code_and_no_number(clerk, day):
    booking = booked(slot(day), phone=PHONE, at=now())
    page = clerk.get(to("booking-desk-slip", booking)).content.decode()
    assert booking.code in page
    assert PHONE not in page


def test_the_list_costs_the_same_for_one_and_thirty(
    clerk, world, day, django_assert_max_num_queries
):
    booked(slot(day), at=now())
    with django_assert_max_num_queries(26) as few:
        clerk.get(LIST)
    for n in range(1, 6):
        other = factories.day(world.venue, on=local_date(now()) + timedelta(days=7 + n))
        for number in range(5):
            booked(
                slot(other, number), phone=new_phone(), at=now(), by=world.clerk, channel="phone"
            )
    booked(slot(day), at=now(), wait=True, by=world.clerk, channel="phone")
    with django_assert_max_num_queries(len(few)):
        page = clerk.get(LIST).content.decode()
    assert page.count("guest") > 25

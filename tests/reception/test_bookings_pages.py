"""The visitor's pages: the form in two steps, a full time, the link, the paper, the guesses."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from lianxin.kernel import codes, outbox
from lianxin.kernel.clock import local_date, now
from lianxin.reception.enums import BookingState
from lianxin.reception.models import Booking
from lianxin.reception.services import booking_moves as moves
from lianxin.reception.services import booking_reveals
from tests import factories as f
from tests.reception import factories
from tests.reception.bookings_world import NAME, PHONE, booked, code_sent, hidden, slot


@pytest.fixture
def world(db):
    return f.world()


@pytest.fixture
def day(world):
    """A week from today, for pages ask the clock."""
    on = local_date(now()) + timedelta(days=7)
    return factories.day(world.venue, on=on, deputies=(world.deputy,), place="一楼接待室")


def page_of(slot):
    return reverse("reception:book", args=[slot.pk])


def typed(client, slot, **more):
    page = client.get(page_of(slot)).content.decode()
    return {
        "key": hidden(page, "key"),
        "topic": "楼道堆物",
        "name": NAME,
        "phone": PHONE,
        "persons": "2",
        "needs": "轮椅",
        "consents": "on",
        "act": "send",
        **more,
    }


def test_a_time_is_booked_in_two_steps_and_the_link_opens_it(client, day):
    first = slot(day)
    form = typed(client, first)
    page = client.post(page_of(first), form).content.decode()
    assert "138****8000" in page
    assert hidden(page, "name") == NAME
    done = client.post(page_of(first), {**form, "act": "book", "code": code_sent()}, follow=True)
    page = done.content.decode()
    assert done.status_code == 200
    assert "周明远" in page
    assert "一楼接待室" in page
    assert "欧阳**" in page
    booking = Booking.objects.get()
    assert (booking.persons, booking.needs, booking.channel) == (2, "轮椅", "web")
    assert booking.code in done.request["PATH_INFO"]
    for planted in (PHONE, NAME, "楼道堆物"):
        assert planted not in page


def test_a_wrong_code_keeps_what_was_typed_and_sends_no_new_one(client, day):
    first = slot(day)
    form = typed(client, first)
    client.post(page_of(first), form)
    wrong = f"{(int(code_sent()) + 1) % 1_000_000:06d}"
    answer = client.post(page_of(first), {**form, "act": "book", "code": wrong})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "验证码不对" in page
    assert hidden(page, "topic") or "楼道堆物" in page
    assert len({code_sent(0), code_sent()}) == 1
    page = client.post(page_of(first), {**form, "act": "change"}).content.decode()
    assert "errors" not in page
    assert NAME in page


def test_sent_twice_it_is_one_booking_with_one_link(client, day):
    first = slot(day)
    form = typed(client, first)
    client.post(page_of(first), form)
    form |= {"act": "book", "code": code_sent()}
    once, again = (client.post(page_of(first), form)["Location"] for _ in range(2))
    assert once == again
    assert Booking.objects.count() == 1


def test_a_lost_race_offers_other_times_and_the_list_with_one_press(client, day):
    first, second = slot(day), slot(day, 1)
    form = typed(client, first)
    client.post(page_of(first), form)
    booked(first, at=now())
    answer = client.post(page_of(first), {**form, "act": "book", "code": code_sent(0)})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert page_of(second) in page
    kept = {name: hidden(page, name) for name in ("key", "token", "name", "phone", "topic")}
    kept |= {"persons": "2", "consents": "on"}
    waits = client.post(page_of(first), {**kept, "act": "wait"}, follow=True)
    assert "候补第 1 位" in waits.content.decode()
    moves.cancel(booking_id=Booking.objects.get(state="waiting").pk, by=None, at=now())
    kept["key"] = "another"
    assert client.post(page_of(second), {**kept, "act": "book"}).status_code == 302


def test_a_full_time_says_so_at_once(client, day):
    booked(slot(day), at=now())
    page = client.get(page_of(slot(day))).content.decode()
    assert "已约满" in page
    assert "第 1 位" in page
    assert page_of(slot(day, 1)) in page


def test_the_code_step_tells_nothing_of_who_is_known(client, day):
    booked(slot(day, 2), phone=PHONE, at=now())
    pages = []
    for phone in (PHONE, "13900139000"):
        page = client.post(page_of(slot(day)), typed(client, slot(day), phone=phone))
        words = re.sub(r'<input[^>]*>|1\d\d\*{4}\d{4}|nonce="[^"]*"', "", page.content.decode())
        pages.append((page.status_code, words))
    assert pages[0] == pages[1]


def test_a_phone_gets_no_fourth_code(client, day):
    form = typed(client, slot(day))
    answers = [client.post(page_of(slot(day)), form).status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]


def test_an_empty_form_names_every_gap(client, day):
    answer = client.post(page_of(slot(day)), {"act": "send"})
    assert answer.status_code == 422
    assert answer.content.decode().count('href="#id_') >= 3


def test_confirm_move_cancel_behind_the_link(client, day):
    booking = booked(slot(day), at=now())

    def path(name):
        return reverse(f"reception:{name}", args=[booking.code])

    page = client.post(path("booking-confirm"), follow=True).content.decode()
    assert "已确认" in page
    page = client.get(path("booking-move")).content.decode()
    assert str(slot(day, 3).pk) in page
    page = client.post(path("booking-move"), {"slot": slot(day, 3).pk}, follow=True)
    assert "10:00" in page.content.decode()
    assert client.post(path("booking-move"), {"slot": "x"}).status_code == 422
    page = client.post(path("booking-cancel"), follow=True).content.decode()
    assert "已取消" in page
    assert Booking.objects.get(code_digest=codes.digest(booking.code)).state == "cancelled"


def test_the_page_says_who_looked_and_why(client, day, world):
    booking = booked(slot(day), at=now())
    booking_reveals.reveal_booking(
        booking_id=booking.pk, reason="回电改时间", by=world.clerk, at=now()
    )
    page = client.get(reverse("reception:booking", args=[booking.code])).content.decode()
    assert "回电改时间" in page


def test_calendar_and_slip_hold_nothing_of_the_visitor(client, day):
    booking = booked(slot(day), phone=PHONE, at=now())
    calendar = client.get(reverse("reception:booking-ics", args=[booking.code]))
    assert calendar["Content-Type"].startswith("text/calendar")
    assert calendar.content.count(b"BEGIN:VEVENT") == 1
    slip = client.get(reverse("reception:booking-slip", args=[booking.code])).content.decode()
    assert booking.code in slip
    for planted in (PHONE, NAME, "楼道堆物"):
        assert planted not in slip
        assert planted.encode() not in calendar.content
    assert booking.code.encode() not in calendar.content


def test_pages_behind_a_code_are_kept_by_nobody(client, day):
    booking = booked(slot(day), at=now())
    answer = client.get(reverse("reception:booking", args=[booking.code]))
    assert answer["Cache-Control"] == "no-store"
    assert "noindex" in answer["X-Robots-Tag"]


def test_guessing_costs_a_sum_after_five_and_ends_after_ten(client, day):
    box = reverse("reception:booking-box")
    for _ in range(5):
        assert client.post(box, {"code": codes.new_code()}).status_code == 404
    assert client.post(box, {"code": codes.new_code()}).status_code == 429
    for _ in range(5):
        link = reverse("reception:booking", args=[codes.new_code()])
        assert client.get(link).status_code == 404
    booking = booked(slot(day), at=now())
    assert client.get(reverse("reception:booking", args=[booking.code])).status_code == 429


def test_a_mistyped_code_costs_nothing_and_a_right_one_leads_on(client, day):
    booking = booked(slot(day), at=now())
    box = reverse("reception:booking-box")
    for _ in range(12):
        assert client.post(box, {"code": "7K3F"}).status_code == 404
    answer = client.post(box, {"code": booking.code.lower()})
    assert answer["Location"] == reverse("reception:booking", args=[booking.code])


def test_a_lost_booking_offers_other_times(client, day):
    booking = booked(slot(day), at=now())
    moves.lose(booking_id=booking.pk, at=booking.confirm_by)
    outbox.run_pending()
    booking.refresh_from_db()
    assert booking.state == BookingState.LOST
    page = client.get(reverse("reception:booking", args=[booking.code])).content.decode()
    assert page_of(slot(day, 1)) in page


def test_the_pages_cost_the_same_for_many(client, day, django_assert_max_num_queries):
    booking = booked(slot(day), at=now())
    path = reverse("reception:booking", args=[booking.code])
    with django_assert_max_num_queries(9) as few:
        client.get(path)
    for n in range(1, 6):
        booked(slot(day, n), at=now())
        booked(slot(day), at=now(), wait=True)
    with django_assert_max_num_queries(len(few)):
        client.get(path)
    with django_assert_max_num_queries(6):
        client.get(page_of(slot(day)))

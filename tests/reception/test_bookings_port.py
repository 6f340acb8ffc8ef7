"""The API of bookings: JSON, problem+json, one key one booking, the partner's key."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from lianxin.kernel import codes
from lianxin.kernel.clock import local_date, now
from lianxin.kernel.ids import uuid7
from lianxin.reception.models import Booking
from tests import factories as f
from tests.reception import factories
from tests.reception.bookings_world import NAME, PHONE, booked, code_sent, proven, slot

API = "/api/v1"
BOOKINGS = f"{API}/bookings"
CODES = f"{API}/phone-codes"
TOKENS = f"{API}/phone-tokens"


@pytest.fixture
def day(db):
    return factories.day(f.world().venue, on=local_date(now()) + timedelta(days=7))


@pytest.fixture
def port():
    return Client(enforce_csrf_checks=True)


def post(port, path, body, **headers):
    return port.post(path, json.dumps(body), content_type="application/json", headers=headers)


def wanted(time, token, **more):
    said = {"slot": str(time.pk), "name": NAME, "phone": PHONE, "phone_token": token}
    return {**said, "consents": True, "topic": "楼道堆物", **more}


def refused(answer, status, code):
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert (said["status"], said["code"]) == (status, code)
    assert said["title"]


def test_times_code_token_booking_and_its_end(port, day):
    times = port.get(f"{API}/venues/{day.venue.code}/times").json()
    assert [one["free"] for one in times["times"]] == [1] * 6
    first = times["times"][0]
    assert first["starts_at"].endswith("+08:00")
    answer = post(port, CODES, {"phone": PHONE, "slot": first["slot"]})
    assert answer.status_code == 202
    token = post(port, TOKENS, {"phone": PHONE, "code": code_sent()}).json()["phone_token"]
    body = wanted(slot(day), token)
    answer = post(port, BOOKINGS, body, idempotency_key="k1")
    assert answer.status_code == 201
    assert not answer.cookies
    path = f"{BOOKINGS}/{answer.json()['code']}"
    shown = port.get(path).json()
    assert (shown["state"], shown["phone"], shown["acts"]) == (
        "booked",
        "138****8000",
        ["confirm", "move", "cancel"],
    )
    assert port.post(f"{path}/confirm").json()["state"] == "confirmed"
    moved = post(port, f"{path}/move", {"slot": str(slot(day, 2).pk)}).json()
    assert moved["slot"] == str(slot(day, 2).pk)
    assert port.post(f"{path}/cancel").json()["state"] == "cancelled"
    refused(port.post(f"{path}/cancel"), 409, "illegal_move")
    refused(port.post(f"{path}/dance"), 404, "absent")


def test_one_key_one_booking(port, day):
    body = wanted(slot(day), proven(PHONE, now()))
    refused(post(port, BOOKINGS, body), 400, "idempotency_key")
    once, again = (post(port, BOOKINGS, body, idempotency_key="k") for _ in range(2))
    assert once.json() == again.json()
    other = {**body, "topic": "别的"}
    refused(post(port, BOOKINGS, other, idempotency_key="k"), 422, "idempotency_body")
    assert Booking.objects.count() == 1


def test_refusals_are_problems(port, day):
    booked(slot(day), at=now())
    token = proven(PHONE, now())
    refused(post(port, BOOKINGS, wanted(slot(day), token), idempotency_key="a"), 409, "slot_full")
    refused(post(port, BOOKINGS, wanted(slot(day, 1), "x"), idempotency_key="b"), 422, "not_proven")
    no = wanted(slot(day, 1), token, consents=False)
    refused(post(port, BOOKINGS, no, idempotency_key="c"), 422, "consent_missing")
    gone = wanted(slot(day, 1), token, slot=str(uuid7()))
    refused(post(port, BOOKINGS, gone, idempotency_key="d"), 404, "no_such_time")
    refused(post(port, TOKENS, {"phone": PHONE, "code": "1"}), 422, "wrong_code")
    refused(port.get(f"{API}/venues/NOTHING/times"), 404, "absent")
    refused(port.get(f"{BOOKINGS}/nothing"), 404, "absent")
    for broken, status, code in (
        (b"{", 400, "unreadable"),
        (b"[]", 422, "invalid"),
        (b'{"slot": 1}', 422, "invalid"),
    ):
        answer = port.post(
            BOOKINGS, broken, content_type="application/json", headers={"idempotency-key": "e"}
        )
        refused(answer, status, code)
    for _ in range(2):
        post(port, CODES, {"phone": PHONE, "slot": str(slot(day).pk)})
    answer = post(port, CODES, {"phone": PHONE, "slot": str(slot(day).pk)})
    refused(answer, 429, "too_many")
    assert int(answer["Retry-After"]) > 0


def test_the_partners_key_makes_the_channel(port, day, settings):
    body = wanted(slot(day), proven(PHONE, now()))
    answer = post(port, BOOKINGS, body, idempotency_key="k", x_partner_key="secret")
    refused(answer, 403, "unknown_partner")
    settings.WECHAT_PARTNER_KEY = "secret"
    answer = post(port, BOOKINGS, body, idempotency_key="k", x_partner_key="other")
    refused(answer, 403, "unknown_partner")
    answer = post(port, BOOKINGS, body, idempotency_key="k", x_partner_key="secret")
    assert answer.status_code == 201
    assert Booking.objects.get().channel == "wechat"


def test_the_waiting_list_is_asked_for(port, day):
    booked(slot(day), at=now())
    body = wanted(slot(day), proven(PHONE, now()), wait=True)
    assert post(port, BOOKINGS, body, idempotency_key="k").json()["place"] == 1


def test_guessing_is_limited_with_the_pages(port, day):
    for _ in range(5):
        port.get(f"{BOOKINGS}/{codes.new_code()}")
        port.get(reverse("reception:booking", args=[codes.new_code()]))
    refused(port.get(f"{BOOKINGS}/{codes.new_code()}"), 429, "too_many")

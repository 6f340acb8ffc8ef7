"""A resident signs in with a phone code, sees what is the phone's, and nothing else."""

from datetime import timedelta

import pytest
from django.conf import settings as installation
from django.test import Client
from django.urls import reverse

from lianxin.cases.models import Voice
from lianxin.cases.services import joining
from lianxin.kernel.clock import now
from lianxin.kernel.fields import blind_index
from lianxin.notices.models import Delivery
from lianxin.people.enums import Purpose
from lianxin.people.models import ResidentSession
from lianxin.people.queries.residents import ABSOLUTE, IDLE, owned_by
from lianxin.people.services import phone_proofs, residents
from lianxin.record.models import Entry
from tests import factories as f
from tests.reception import factories as reception
from tests.reception.bookings_world import booked, code_sent, slot

pytestmark = pytest.mark.django_db
AT = f.MONDAY
PHONE, OTHER = "13800138000", "13900139000"
MY, SIGN_IN = "/my/", "/my/sign-in/"


@pytest.fixture
def world():
    return f.world()


def key_for(phone=PHONE, at=AT, **more):
    phone_proofs.send_code(phone=phone, purpose=Purpose.SIGN_IN, sender=phone, at=at)
    return residents.sign_in(phone=phone, code=code_sent(), at=at, **more)


def signed_in(client, phone=PHONE):
    client.post(SIGN_IN, {"phone": phone, "act": "send"})
    answer = client.post(SIGN_IN, {"phone": phone, "act": "enter", "code": code_sent()})
    assert answer.status_code == 302
    assert answer["Location"] == MY
    return answer.cookies[installation.RESIDENT_COOKIE]


def filed(phone=PHONE, **more):
    case = f.filed(phone=phone, consents=True, **more)
    return Voice.objects.get(case=case)


def test_a_session_ends_half_an_hour_after_the_last_page():
    key = key_for()
    assert residents.resume(key=key, at=AT + IDLE - timedelta(seconds=1))
    assert residents.resume(key=key, at=AT + 2 * IDLE - timedelta(seconds=2))
    assert residents.resume(key=key, at=AT + 4 * IDLE) is None


def test_a_session_ends_after_twelve_hours_whatever_is_looked_at():
    key, at = key_for(), AT
    while at < AT + ABSOLUTE - IDLE:
        at += IDLE - timedelta(minutes=1)
        assert residents.resume(key=key, at=at)
    assert residents.resume(key=key, at=AT + ABSOLUTE) is None


def test_the_key_has_256_bits_is_new_each_time_and_kept_as_a_digest():
    first = key_for()
    second = key_for(at=AT + timedelta(minutes=20), replaces=first)
    assert len(first) == 43
    assert first != second
    assert residents.resume(key=first, at=AT + timedelta(minutes=20)) is None
    assert residents.resume(key=second, at=AT + timedelta(minutes=20))
    assert first.encode() not in bytes(ResidentSession.objects.order_by("id")[0].key_digest)


def test_made_up_keys_open_nothing():
    key_for()
    for key in ("", "x", "0" * 43, "é\0" * 500):
        assert residents.resume(key=key, at=AT) is None


def test_coming_and_going_stands_in_the_journal_without_the_phone():
    key = key_for()
    residents.sign_out(key=key, at=AT)
    residents.sign_out(key=key, at=AT)
    entries = Entry.objects.filter(action__startswith="people.resident.")
    assert [e.action.rsplit(".", 1)[1] for e in entries.order_by("id")] == ["sign-in", "sign-out"]
    assert "138" not in str(list(entries.values("data", "actor_name", "subject_type")))
    assert residents.resume(key=key, at=AT) is None


def test_signing_out_everywhere_ends_this_phone_alone():
    one, two, other = key_for(), key_for(), key_for(OTHER)
    session = residents.resume(key=one, at=AT)
    assert residents.sign_out_everywhere(session=session, at=AT) == 2
    assert residents.resume(key=two, at=AT) is None
    assert residents.resume(key=other, at=AT)


def test_old_sessions_are_swept_out():
    key_for()
    assert residents.purge(AT + timedelta(days=7)) == 0
    assert residents.purge(AT + timedelta(days=8)) == 1


def test_two_steps_lead_to_all_that_is_mine(client, world):
    voice, foreign = filed(), filed(OTHER, title="别人的事")
    days = reception.day(world.venue, on=now().date() + timedelta(days=7))
    booking = booked(slot(days), phone=PHONE, at=now())
    cookie = signed_in(client)
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    page = client.get(MY).content.decode()
    assert voice.case.title in page
    assert reverse("reception:booking", args=[booking.code]) in page
    assert "138****8000" in page
    assert PHONE not in page
    assert foreign.case.title not in page


def test_one_matter_opens_with_all_its_acts_and_a_foreign_one_does_not(client, world):
    voice, foreign = filed(), filed(OTHER)
    signed_in(client)
    mine = f"/t/my-{voice.pk.hex}/"
    page = client.get(mine)
    assert page.status_code == 200
    assert f"{mine}supplement/" in page.content.decode()
    assert "/receipt/" not in page.content.decode()
    said = client.post(f"{mine}supplement/", {"text": "昨天又堵了。", "key": "0" * 32})
    assert said["Location"] == mine
    assert client.get(f"{mine}receipt/").status_code == 404
    for door in (foreign.pk.hex, "0" * 32, "x", "ab-" * 10 + "ab", ""):
        assert client.get(f"/t/my-{door}/")["Location"] == MY


def test_without_a_sign_in_the_door_is_shut_and_the_code_still_opens(client, world):
    voice = filed()
    assert client.get(f"/t/my-{voice.pk.hex}/")["Location"] == MY
    assert client.get(MY)["Location"] == SIGN_IN


def test_a_wrong_code_says_nothing_of_why(client, world):
    filed()
    for phone in (PHONE, OTHER):
        client.post(SIGN_IN, {"phone": phone, "act": "send"})
        wrong = f"{(int(code_sent()) + 1) % 1_000_000:06d}"
        answer = client.post(SIGN_IN, {"phone": phone, "act": "enter", "code": wrong})
        assert answer.status_code == 422
        assert installation.RESIDENT_COOKIE not in answer.cookies
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_answer_is_the_same_for_known_and_unknown_phones(client, world):
    filed()
    known, unknown = (
        client.post(SIGN_IN, {"phone": phone, "act": "send"}).content.decode()
        for phone in ("13800138000", "13800138001")
    )
    for page in (known, unknown):
        assert "138****800" in page
    assert len(known) == len(unknown)
    assert Delivery.objects.filter(event_key__startswith="phone-code:").count() == 2


def test_signing_out_takes_the_cookie_and_the_session(client, world):
    signed_in(client)
    kept = client.cookies[installation.RESIDENT_COOKIE].value
    assert client.post("/my/sign-out/")["Location"] == SIGN_IN
    client.cookies[installation.RESIDENT_COOKIE] = kept
    assert client.get(MY)["Location"] == SIGN_IN


def test_a_page_of_a_stranger_opens_no_session_and_sets_no_cookie(world):
    for address in ("/", "/results/", "/track/", MY, "/venues/", "/find/"):
        answer = Client().get(address)
        assert not answer.cookies, address
    assert ResidentSession.objects.count() == 0


def test_the_page_costs_the_same_for_one_matter_and_for_thirty(
    client, world, django_assert_num_queries
):
    index = blind_index("phone", "+8613800138000")
    filed()
    with django_assert_num_queries(2):
        assert len(owned_by(index, at=AT)) == 1
    for _ in range(29):
        filed()
    with django_assert_num_queries(2):
        assert len(owned_by(index, at=AT)) == 30


def test_merged_matters_cost_a_query_for_each_level_not_for_each_matter(
    world, django_assert_num_queries
):
    index = blind_index("phone", "+8613800138000")

    def merged(case):
        into = f.filed()
        joining.merge(case_id=case.pk, into_id=into.pk, by=world.clerk, at=AT, reason="同一件")
        return into

    root = merged(merged(filed().case))
    with django_assert_num_queries(4):
        (only,) = owned_by(index, at=AT)
    assert only.note.startswith(root.number)
    for _ in range(29):
        merged(filed().case)
    with django_assert_num_queries(4):
        assert len({one.note for one in owned_by(index, at=AT)}) == 30

"""Where one is signed in: listed, ended, and what a session carries."""

import pytest
from django.test import Client

from lianxin.kernel.clock import now
from lianxin.people import services
from lianxin.people.models import Session
from lianxin.record.models import Entry
from tests.congress import factories as make
from tests.people import door

pytestmark = pytest.mark.django_db
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130 MicroMessenger/8.0"
DESK = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130 Safari/537.36 Edg/130"


@pytest.fixture
def account(db):
    return door.somebody()


@pytest.fixture
def two(account):
    """The same person at a desk and on a phone."""
    desk, phone = Client(headers={"user-agent": DESK}), Client(headers={"user-agent": PHONE})
    for one in (desk, phone):
        door.sign_in(one, account)
    return desk, phone


def test_the_list_says_which_device_where_and_which_is_this_one(two):
    page = two[0].get("/account/sessions/").content.decode()
    assert "Edge · Windows" in page
    assert "WeChat · Android" in page
    assert page.count("这一台") == 1


def test_one_session_is_ended_from_the_other(two, account):
    phone = Session.objects.get(device__startswith="WeChat")
    two[0].post(f"/account/sessions/{phone.pk}/end/")
    assert (door.is_in(two[0]), door.is_in(two[1])) == (True, False)
    assert Entry.objects.filter(action="people.session.end").count() == 1


def test_all_others_are_ended(two, account):
    two[1].post("/account/sessions/end-others/")
    assert (door.is_in(two[0]), door.is_in(two[1])) == (False, True)


def test_the_sessions_of_somebody_else_are_left_alone(two, client):
    door.sign_in(client, door.somebody("other"))
    phone = Session.objects.get(device__startswith="WeChat")
    client.post(f"/account/sessions/{phone.pk}/end/")
    client.post("/account/sessions/end-others/")
    assert [door.is_in(one) for one in (*two, client)] == [True, True, True]


def test_the_table_opens_no_session(client, account):
    door.sign_in(client, account)
    row = Session.objects.get(account=account)
    cookie = client.cookies["sessionid"].value
    assert cookie not in f"{row.pk} {row.session_data}"
    for stolen in (str(row.pk), row.pk.hex):
        thief = Client()
        thief.cookies["sessionid"] = stolen
        assert not door.is_in(thief)


def test_what_is_over_is_swept_out(client, account):
    door.sign_in(client, account)
    with door.later(hours=73):
        assert services.forget_sessions(now()) == 1
    assert not Session.objects.exists()


def test_many_sessions_cost_as_many_queries_as_one(client, account, django_assert_max_num_queries):
    door.sign_in(client, account)
    client.get("/account/sessions/")
    with django_assert_max_num_queries(6):
        client.get("/account/sessions/")
    for _number in range(10):
        door.sign_in(Client(), account)
    with django_assert_max_num_queries(6):
        client.get("/account/sessions/")


def test_an_administrator_may_idle_for_less(client, settings):
    door.sign_in(client, door.somebody("keeper", role="security_admin"))
    assert door.is_in(client)
    assert Session.objects.get().idle_minutes == settings.ADMIN_IDLE_MINUTES
    with door.later(minutes=31):
        assert not door.is_in(client)


def test_public_pages_open_no_session(client):
    client.get("/sign-in/")
    assert not Session.objects.exists()


def test_a_new_post_changes_the_key(client, account):
    door.sign_in(client, account)
    client.get("/account/")
    before = client.cookies["sessionid"].value
    make.post(account.person, "handler", make.organ())
    assert door.is_in(client)
    assert client.cookies["sessionid"].value != before
    old = Client()
    old.cookies["sessionid"] = before
    assert not door.is_in(old)

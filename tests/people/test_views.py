"""Signing in and out, the account page, saved views."""

import pytest
from django.urls import reverse

from lianxin.people import services
from lianxin.people.models import SavedView
from lianxin.record.models import Entry
from tests.congress import factories as make
from tests.congress.factories import AT, PASSWORD

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in/"


@pytest.fixture
def account(client):
    owner = make.person("陈明")
    make.post(owner, "clerk", make.organ(name="润城联络室"))
    return make.account(owner, "chenming")


def sign_in(client, **more):
    return client.post(SIGN_IN, {"username": "ChenMing", "password": PASSWORD, **more})


def test_signing_in_gives_a_new_session_and_a_line_in_the_journal(client, account):
    client.get(SIGN_IN)
    client.session.save()
    before = client.session.session_key
    response = sign_in(client, next="/account/")
    assert (response.status_code, response.url) == (302, "/account/")
    assert client.session.session_key != before
    assert Entry.objects.get(action="people.account.sign-in").subject_id == account.pk
    page = client.get("/account/").content.decode()
    assert "陈明" in page
    assert "润城联络室" in page
    assert "联络员" in page


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_host(client, account, target):
    assert sign_in(client, next=target).url == reverse("people:start")


@pytest.mark.parametrize("name", ["chenming", "nobody"])
def test_wrong_names_and_passwords_look_the_same(client, account, name):
    response = client.post(SIGN_IN, {"username": name, "password": "梨花开在四月的院子里"})
    assert response.status_code == 200
    assert "用户名和密码对不上" in response.content.decode()


def test_the_eleventh_try_for_a_name_waits_even_with_the_right_password(client, account):
    for _ in range(10):
        client.post(SIGN_IN, {"username": "chenming", "password": "x"})
    response = sign_in(client)
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert "_auth_user_id" not in client.session


def test_a_closed_account_signs_in_no_more_and_its_session_is_dead(client, account):
    sign_in(client)
    services.close_account(account_id=account.pk, by=None, at=AT)
    assert client.get("/account/").status_code == 302
    assert sign_in(client).status_code == 200


def test_signing_out_is_a_post_and_ends_the_session(client, account):
    sign_in(client)
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert client.get("/account/").status_code == 302


def test_changing_the_password_keeps_this_session_and_ends_the_others(client, account):
    from django.test import Client

    other = Client()
    sign_in(client)
    sign_in(other)
    new = "山茶花开在二月的山坡上头"
    wrong = client.post("/account/password/", {"old": "x", "new": new, "again": new})
    assert "不是您现在的密码" in wrong.content.decode()
    done = client.post("/account/password/", {"old": PASSWORD, "new": new, "again": new})
    assert done.status_code == 302
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302


def test_views_are_saved_and_deleted_from_a_list(client, account):
    sign_in(client)
    saved = client.post(
        reverse("people:save-view"),
        {"list_name": "cases", "name": "今天", "query": "due=today", "next": "/desk/?due=today"},
    )
    assert saved.url == "/desk/?due=today"
    view = SavedView.objects.get()
    gone = client.post(reverse("people:delete-view", args=[view.pk]), {"next": "//evil.example"})
    assert gone.url == "/"
    assert not SavedView.objects.exists()


def test_the_account_page_costs_the_same_with_many_posts(
    client, account, django_assert_max_num_queries
):
    sign_in(client)
    for _ in range(10):
        make.post(account.person, "handler", make.organ())
    client.get("/account/")  # with other posts than before the session gets a new key
    with django_assert_max_num_queries(6):
        client.get("/account/")

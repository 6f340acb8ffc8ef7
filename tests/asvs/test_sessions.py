"""Chapter 7 of ASVS 5.0.0 for everybody with an account: each item under its number."""

import pytest
from django.conf import settings as product
from django.test import Client

from lianxin.congress.services import withdraw_post
from lianxin.kernel.clock import now
from lianxin.people import rules, services
from lianxin.people.models import Session
from tests.congress import factories as make
from tests.congress.factories import PASSWORD
from tests.people import door

pytestmark = pytest.mark.django_db
COOKIE = product.SESSION_COOKIE_NAME


@pytest.fixture
def account(db):
    return door.somebody()


def key(client):
    return client.cookies[COOKIE].value


def holding(cookie):
    client = Client()
    client.cookies[COOKIE] = cookie
    return client


def test_asvs_7_2_3_a_session_key_has_128_random_bits(client, account):
    """32 signs of 36: 165 bits."""
    keys = set()
    for _number in range(9):
        one = Client()
        door.sign_in(one, account)
        keys.add(key(one))
    assert len(keys) == 9
    assert all(len(one) == 32 and one.isalnum() for one in keys)


def test_asvs_7_2_4_every_step_of_signing_in_gives_a_new_key(client, account):
    door.with_app(account)
    client.post("/sign-in/passkey/options/")  # opens a session before anybody is known
    planted = key(client)
    door.give_password(client, account)
    halfway = key(client)
    client.post("/sign-in/confirm/", {"code": door.code_now(account)})
    keys = [planted, halfway, key(client)]
    assert len(set(keys)) == 3
    assert [door.is_in(holding(one)) for one in keys] == [False, False, True]


def test_asvs_7_2_4_proving_again_gives_a_new_key(client, account):
    door.sign_in(client, account)
    before = key(client)
    client.post("/account/prove/", {"password": PASSWORD, "next": "/account/"})
    assert key(client) != before
    assert not door.is_in(holding(before))


@pytest.mark.parametrize(("minutes", "alive"), [(479, True), (481, False)])
def test_asvs_7_3_1_an_idle_session_ends(client, account, minutes, alive):
    door.sign_in(client, account)
    client.get("/account/")
    with door.later(minutes=minutes):
        assert door.is_in(client) is alive


def test_asvs_7_3_2_a_session_ends_however_busy_it_is(client, account):
    door.sign_in(client, account)
    alive = []
    for hours in range(7, 80, 7):
        with door.later(hours=hours):
            alive.append((hours, door.is_in(client)))
    assert alive == [(hours, hours <= 72) for hours in range(7, 80, 7)]


def test_asvs_7_4_1_a_session_is_dead_after_signing_out(client, account):
    door.sign_in(client, account)
    cookie = key(client)
    assert door.is_in(holding(cookie))
    client.post("/sign-out/")
    assert not door.is_in(holding(cookie))


def test_asvs_7_4_2_sessions_are_dead_when_the_account_is_closed(client, account):
    door.sign_in(client, account)
    cookie = key(client)
    services.close_account(account_id=account.pk, by=None, at=now())
    assert not door.is_in(holding(cookie))
    assert not Session.objects.filter(account=account).exists()
    services.reopen_account(account_id=account.pk, by=None, at=now())
    assert not door.is_in(holding(cookie))


def test_asvs_7_4_2_a_withdrawn_post_opens_nothing_at_the_next_request(client):
    keeper = door.somebody("keeper", role="security_admin")
    door.sign_in(client, keeper)
    assert client.get("/staff/organs/").status_code == 200
    withdraw_post(post_id=keeper.person.posts.get().pk, by=None, at=now())
    assert client.get("/staff/organs/").status_code == 403


def test_asvs_7_4_3_another_password_ends_all_other_sessions(client, account):
    other, new = Client(), "山茶花开在二月的山坡上头"
    door.sign_in(client, account)
    door.sign_in(other, account)
    client.post("/account/password/", {"old": PASSWORD, "new": new, "again": new})
    assert (door.is_in(client), door.is_in(other)) == (True, False)


def test_asvs_7_5_1_sensitive_acts_ask_again_who_it_is(client, account):
    door.sign_in(client, account)
    assert client.get(door.FACTORS).status_code == 200
    with door.later(minutes=11):
        asked = client.get(f"{door.FACTORS}app/")
        assert asked.url == "/account/prove/?next=%2Faccount%2Fsecond-factor%2Fapp%2F"
        for path in ("codes/", "app/remove/", "passkey/options/"):
            assert client.post(f"{door.FACTORS}{path}").url.startswith("/account/prove/")
        wrong = client.post("/account/prove/", {"password": "x"})
        assert "不是您现在的密码" in wrong.content.decode()
        given = {"password": PASSWORD, "next": f"{door.FACTORS}app/"}
        assert client.post("/account/prove/", given).url == f"{door.FACTORS}app/"
        assert client.get(f"{door.FACTORS}app/").status_code == 200


def test_asvs_7_5_1_who_has_a_second_factor_shows_both_or_a_passkey(client, account):
    door.with_app(account)
    passkey = door.with_passkey(account)
    door.sign_in(client, account)
    with door.later(minutes=11):
        alone = client.post("/account/prove/", {"password": PASSWORD})
        assert alone.status_code == 200
        given = {"password": PASSWORD, "code": door.code_now(account), "next": "//evil.example"}
        assert client.post("/account/prove/", given).url == "/start/"
        assert rules.is_proven(client.session, now())
    with door.later(minutes=30):
        assert not rules.is_proven(client.session, now())
        assert door.show(client, passkey, next=door.FACTORS).url == door.FACTORS
        assert rules.is_proven(client.session, now())


def test_asvs_7_5_1_a_proof_from_the_future_is_none(client, account):
    """T12: a clock that was set back must not make a proof last."""
    with door.later(days=1):
        door.sign_in(client, account)
    assert not rules.is_proven(client.session, now())


def test_asvs_7_5_2_one_sees_and_ends_ones_sessions(client, account):
    other = Client()
    door.sign_in(client, account)
    door.sign_in(other, account)
    assert client.get("/account/sessions/").content.decode().count('class="session"') == 2
    client.post("/account/sessions/end-others/")
    assert not door.is_in(other)


def test_the_post_that_makes_an_administrator_counts_from_the_first_request(client):
    keeper = make.account(make.person(), "later")
    door.sign_in(client, keeper)
    client.get("/account/")
    make.post(keeper.person, "auditor", make.organ())
    client.get("/account/")
    assert Session.objects.get().idle_minutes == product.ADMIN_IDLE_MINUTES

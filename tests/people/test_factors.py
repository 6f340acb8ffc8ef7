"""The second factor: set up, asked for, used once, lost and reset."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from lianxin.kernel import totp
from lianxin.kernel.clock import now
from lianxin.kernel.models import OutboxMessage
from lianxin.kernel.refused import Forbidden
from lianxin.people import queries, rules, services
from lianxin.people.models import CodeApp, Passkey, RecoveryCode
from lianxin.record.models import Entry
from tests.congress import factories as make
from tests.congress.factories import PASSWORD
from tests.people import door
from tests.people.door import FACTORS
from tests.people.keys import SoftKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(db):
    return door.somebody()


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR = "required"


def secret_on(page):
    groups = re.search(r'class="secret">([A-Z2-7 ]+)<', page.content.decode()).group(1)
    return groups.replace(" ", "")


def test_the_first_sign_in_leads_to_the_app_the_codes_and_work(client, account, required):
    assert door.give_password(client, account, next="/account/").url == FACTORS
    assert "验证" in client.get(FACTORS).content.decode()
    page = client.get(f"{FACTORS}app/")
    assert "<svg" in page.content.decode()
    secret = secret_on(page)
    code = totp.code_of(secret, totp.step_at(now()))
    codes = client.post(f"{FACTORS}app/", {"code": code})
    shown = re.findall(r"<code>([0-9A-Z-]{14})</code>", codes.content.decode())
    assert len(set(shown)) == 10
    assert "no-store" in codes.headers["Cache-Control"]
    assert not door.is_in(client)
    assert client.post("/sign-in/go-on/").url == "/account/"
    assert door.is_in(client)
    acts = set(Entry.objects.values_list("action", flat=True))
    assert {"people.code-app.add", "people.recovery-codes.make", "people.account.sign-in"} <= acts


def test_a_wrong_code_sets_nothing_up(client, account, required):
    door.give_password(client, account)
    page = client.post(f"{FACTORS}app/", {"code": "000000"})
    assert page.status_code == 200
    assert not CodeApp.objects.exists()
    assert secret_on(page) == secret_on(client.get(f"{FACTORS}app/"))


def test_secrets_are_sealed_in_the_table_and_in_the_session(client, account, required):
    from django.db import connection

    door.give_password(client, account)
    secret = secret_on(client.get(f"{FACTORS}app/"))
    assert secret not in str(client.session.items())
    code = totp.code_of(secret, totp.step_at(now()))
    client.post(f"{FACTORS}app/", {"code": code})
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM people_codeapp")
        assert secret.encode() not in bytes(cursor.fetchone()[0])
    assert CodeApp.objects.get().secret == secret


def test_a_recovery_code_works_once_and_its_owner_hears_of_it(client, account):
    door.with_app(account)
    code = services.make_codes(account_id=account.pk, at=now())[0]
    door.give_password(client, account)
    assert client.post("/sign-in/confirm/", {"code": f" {code.lower()} "}).url == "/start/"
    again = Client()
    door.give_password(again, account)
    assert again.post("/sign-in/confirm/", {"code": code}).status_code == 200
    assert not door.is_in(again)
    assert queries.second_factors(account.pk).codes == 9
    assert OutboxMessage.objects.filter(payload__what="code_used").count() == 1


WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def test_full_width_digits_of_an_input_method_are_digits(client, account):
    door.with_app(account)
    door.give_password(client, account)
    for wrong in ("一二三四五六", "１１１１１"):
        assert client.post("/sign-in/confirm/", {"code": wrong}).status_code == 200
    code = door.code_now(account).translate(WIDE)
    assert client.post("/sign-in/confirm/", {"code": code}).url == "/start/"


def test_an_app_is_set_up_with_full_width_digits(client, account, required):
    door.give_password(client, account)
    secret = secret_on(client.get(f"{FACTORS}app/"))
    code = totp.code_of(secret, totp.step_at(now())).translate(WIDE)
    client.post(f"{FACTORS}app/", {"code": code})
    assert CodeApp.objects.exists()


def test_codes_of_others_and_digests_open_nothing(account):
    other = door.somebody("other")
    for one in (account, other):
        door.with_app(one)
    codes = services.make_codes(account_id=other.pk, at=now())
    kept = bytes(RecoveryCode.objects.filter(account=other).first().digest).hex()
    for wrong in (codes[0], kept, "", "------"):
        with pytest.raises(rules.CodeRefused):
            services.check_code(account_id=account.pk, code=wrong, at=now())


def test_a_passkey_alone_signs_in(client, account, required):
    key = door.with_passkey(account)
    assert door.show(client, key, next="/account/").url == "/account/"
    assert door.is_in(client)
    entry = Entry.objects.get(action="people.account.sign-in")
    assert entry.data["passed"] == ["passkey"]


def test_a_passkey_is_the_second_step_after_the_password(client, account, required):
    key = door.with_passkey(account)
    assert door.give_password(client, account).url == "/sign-in/confirm/"
    assert door.show(client, key).url == "/start/"


def test_the_first_passkey_is_made_while_signing_in(client, account, required):
    door.give_password(client, account)
    key = SoftKey()
    options = client.post(f"{FACTORS}passkey/options/").json()
    made = client.post(f"{FACTORS}passkey/", {"name": "手机", "answer": key.make(options)})
    assert "<ol" in made.content.decode()
    client.post("/sign-in/go-on/")
    assert door.is_in(client)


@pytest.mark.parametrize(
    "fault",
    [{"origin": "https://evil.example"}, {"verified": False}],
    ids=["another page's", "owner not verified"],
)
def test_a_passkey_of_another_page_or_without_its_owner_is_refused(client, account, fault):
    key = door.with_passkey(account)
    for name, value in fault.items():
        setattr(key, name, value)
    assert door.show(client, key).status_code == 422
    assert not door.is_in(client)


def test_an_answer_counts_once_and_a_copy_not_at_all(client, account):
    key = door.with_passkey(account)
    options = client.post("/sign-in/passkey/options/").json()
    answer = key.show(options)
    assert client.post("/sign-in/passkey/", {"answer": answer}).status_code == 302
    for other in (Client(), client):
        assert other.post("/sign-in/passkey/", {"answer": answer}).status_code == 422
    key.counter = 0  # what a copy made at the beginning would count
    assert door.show(Client(), key).status_code == 422


@pytest.mark.parametrize(
    "answer",
    ["", "{}", "[]", "not json", '{"id": 1}', '{"id": "x"}', "[" * 10_000, '{"a":' * 3_000],
)
def test_nonsense_is_no_passkey(client, account, answer):
    client.post("/sign-in/passkey/options/")
    assert client.post("/sign-in/passkey/", {"answer": answer}).status_code == 422


def test_nobody_takes_a_passkey_that_another_account_has(account):
    key = door.with_passkey(account)
    other = door.somebody("other")
    options, state = services.begin_adding(account_id=other.pk)
    with pytest.raises(rules.PasskeyRefused):
        services.add_passkey(
            account_id=other.pk, state=state, answer=key.make(options), name="x", at=now()
        )
    assert Passkey.objects.get().account == account


def test_the_passkey_of_another_account_is_no_second_step(client, account):
    door.with_app(account)
    other = door.with_passkey(door.somebody("other"))
    door.give_password(client, account)
    assert door.show(client, other).status_code == 422
    assert not door.is_in(client)


def test_the_last_factor_stays_where_one_is_required(account, required):
    door.with_app(account)
    services.make_codes(account_id=account.pk, at=now())
    with pytest.raises(rules.FactorRefused):
        services.remove_app(account_id=account.pk, at=now())
    door.with_passkey(account)
    services.remove_app(account_id=account.pk, at=now())
    with pytest.raises(rules.FactorRefused):
        services.remove_passkey(
            account_id=account.pk, passkey_id=Passkey.objects.get().pk, at=now()
        )


def test_paper_codes_go_with_the_last_factor(account):
    door.with_app(account)
    services.make_codes(account_id=account.pk, at=now())
    services.remove_app(account_id=account.pk, at=now())
    assert not RecoveryCode.objects.exists()


def test_a_lost_factor_is_reset_with_a_reason_and_the_person_is_told(client, account, required):
    door.with_app(account)
    door.sign_in(client, account)
    keeper = make.actor("security_admin", code=make.PROVINCE)
    with pytest.raises(rules.FactorRefused):
        services.reset_second_factor(account_id=account.pk, reason=" ", by=keeper, at=now())
    services.reset_second_factor(account_id=account.pk, reason="手机丢了", by=keeper, at=now())
    assert not door.is_in(client)
    entry = Entry.objects.get(action="people.second-factor.reset")
    assert (entry.actor_id, entry.data) == (keeper.person_id, {"reason": "手机丢了"})
    assert OutboxMessage.objects.filter(payload__what="factors_reset").exists()
    assert door.give_password(Client(), account).url == FACTORS


@pytest.mark.parametrize("role", ["operator", "auditor", "clerk"])
def test_nobody_else_resets_a_second_factor(account, role):
    door.with_app(account)
    with pytest.raises(Forbidden):
        services.reset_second_factor(
            account_id=account.pk, reason="x", by=make.actor(role, code=make.PROVINCE), at=now()
        )


NEW = "山茶花开在二月的山坡上头"


def use_link(client, account, by):
    """Whoever opens the link sets the password: its maker has seen it too."""
    name, token = services.make_password_link(account_id=account.pk, by=by, at=now())
    path = reverse("people:password-link", args=[name, token])
    assert client.post(path, {"new": NEW, "again": NEW}).url == "/sign-in/"


def test_one_administrator_never_opens_both_halves(client, account):
    first = make.actor("security_admin", code=make.PROVINCE)
    second = make.actor("security_admin", code=make.PROVINCE)
    reset = {"account_id": account.pk, "reason": "手机丢了", "at": now()}
    use_link(client, account, first)
    with pytest.raises(Forbidden):
        services.reset_second_factor(by=first, **reset)
    services.reset_second_factor(by=second, **reset)
    for how in (
        lambda: services.make_password_link(account_id=account.pk, by=second, at=now()),
        lambda: services.set_password(account_id=account.pk, password=NEW, by=second, at=now()),
    ):
        with pytest.raises(Forbidden):
            how()


@pytest.mark.parametrize("with_factor", [True, False])
def test_only_a_change_behind_the_second_factor_forgets_who_opened_the_password(
    client, account, with_factor
):
    if with_factor:
        door.with_app(account)
    keeper = make.actor("security_admin", code=make.PROVINCE)
    use_link(client, account, keeper)
    door.sign_in(client, account, NEW)
    words = {"old": NEW, "new": PASSWORD, "again": PASSWORD}
    assert client.post("/account/password/", words).url == "/account/"
    account.refresh_from_db()
    assert account.password_by_id == (None if with_factor else keeper.person_id)


@pytest.mark.parametrize("with_factor", [True, False])
def test_so_it_is_where_a_chosen_password_is_due(client, account, with_factor):
    if with_factor:
        door.with_app(account)
    keeper = make.actor("security_admin", code=make.PROVINCE)
    services.set_password(account_id=account.pk, password=NEW, by=keeper, at=now())
    assert door.sign_in(client, account, NEW).url == "/sign-in/password/"
    client.post("/sign-in/password/", {"new": PASSWORD, "again": PASSWORD})
    account.refresh_from_db()
    assert account.password_by_id == (None if with_factor else keeper.person_id)


def test_a_step_ends_after_a_quarter_of_an_hour(client, account):
    door.with_app(account)
    door.give_password(client, account)
    with door.later(minutes=16):
        response = client.post("/sign-in/confirm/", {"code": door.code_now(account)})
        assert response.url.startswith("/sign-in/?")
    assert now() - timedelta(minutes=16) < now()

"""Access keys: shown once, kept as a digest, bounded in time and place, revoked at once."""

from datetime import timedelta

import pytest
from django.test import Client

from lianxin.kernel.clock import now
from lianxin.kernel.refused import Absent, Forbidden
from lianxin.people import queries, services
from lianxin.people.enums import AccessScope
from lianxin.people.models import AccessKey
from lianxin.people.rules import KeyRefused, networks_in, works_from
from lianxin.record.models import Entry
from tests.congress import factories as make
from tests.people.door import sign_in

pytestmark = pytest.mark.django_db
PAGE, ME = "/account/keys/", "/api/v1/me"


@pytest.fixture
def account():
    owner = make.person("陈明")
    make.post(owner, "clerk", make.organ(name="润城联络室"))
    return make.account(owner, "chenming")


def key(account, **more):
    given = {
        "account_id": account.pk,
        "name": "热线软件",
        "scope": AccessScope.WRITE,
        "expires_at": now() + timedelta(days=30),
        "networks": (),
        "by": None,
        "at": now(),
    }
    return services.make_key(**{**given, **more})


def ask(text, **more):
    return Client().get(ME, headers={"authorization": f"Bearer {text}"}, **more)


def test_a_key_is_made_on_the_page_shown_once_and_acts_as_its_person(client, account):
    sign_in(client, account)
    said = {"name": "热线软件", "scope": "read", "days": "90", "networks": ""}
    page = client.post(PAGE, said)
    text = page.context["made"][1]
    assert text in page.content.decode()
    assert text not in client.get(PAGE).content.decode()
    shown = ask(text).json()
    assert (shown["name"], shown["scope"]) == ("陈明", "read")
    assert shown["posts"][0]["organ"] == "润城联络室"
    row = AccessKey.objects.get()
    assert bytes(row.digest) == queries.access_digest(text)
    assert text.startswith(row.hint)
    acts = set(Entry.objects.values_list("action", flat=True))
    assert {"people.key.make", "people.key.use"} <= acts


def test_a_key_is_made_by_its_own_person_who_proved_it_just_now(client, account):
    client.force_login(account)
    assert "/account/prove/" in client.get(PAGE).url
    other = make.account(make.person("李华"), "lihua")
    sign_in(client, account)
    actor = client.get(PAGE).wsgi_request.actor
    with pytest.raises(Forbidden):
        key(other, by=actor)
    assert not AccessKey.objects.exists()


def test_without_a_key_and_with_a_session_alone_the_api_knows_nobody(client, account):
    client.force_login(account)
    for answer in (client.get(ME), ask(""), ask("lxk_nonsense"), ask("\xff" * 40)):
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
        assert answer.json()["code"] == "access_key"


def test_a_key_ends_by_itself_when_revoked_and_with_its_account(client, account):
    row, text = key(account)
    late, _text = key(account)
    AccessKey.objects.filter(pk=late.pk).update(expires_at=now() - timedelta(seconds=1))
    assert queries.key_behind(_text, at=now()) is None
    account.is_active = False
    account.save()
    assert ask(text).status_code == 401
    account.is_active = True
    account.save()
    assert ask(text).status_code == 200
    client.force_login(account)
    client.post(f"{PAGE}{row.pk}/revoke/")
    assert ask(text).status_code == 401
    assert Entry.objects.filter(action="people.key.revoke").count() == 1


def test_somebody_elses_key_is_not_there(client, account):
    row, _text = key(account)
    other = make.account(make.person("李华"), "lihua")
    client.force_login(other)
    assert client.post(f"{PAGE}{row.pk}/revoke/").status_code == 404
    actor = client.get("/account/").wsgi_request.actor
    with pytest.raises(Absent):
        services.revoke_key(key_id=row.pk, by=actor, at=now())


def test_a_year_at_most_and_twenty_keys(account):
    for until in (now(), now() + timedelta(days=367)):
        with pytest.raises(KeyRefused):
            key(account, expires_at=until)
    for _ in range(20):
        key(account)
    with pytest.raises(KeyRefused):
        key(account)


def test_networks_bound_where_a_key_works(account):
    assert networks_in(["10.1.2.3/16", "203.0.113.7"]) == ["10.1.0.0/16", "203.0.113.7/32"]
    with pytest.raises(KeyRefused):
        networks_in(["street"])
    row, text = key(account, networks=["10.1.0.0/16"])
    assert not works_from(row, "")
    assert not works_from(row, "::1")
    assert ask(text).status_code == 401
    assert ask(text, REMOTE_ADDR="10.1.9.9").status_code == 200


def test_a_key_that_reads_does_not_act_and_asks_no_more_than_its_hour(account, settings):
    _row, text = key(account, scope=AccessScope.READ)
    headers = {"authorization": f"Bearer {text}"}
    nobody = "00000000-0000-7000-8000-000000000000"
    answer = Client().post(f"/api/v1/cases/{nobody}/accept", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "read_only_key")
    settings.API_REQUESTS_PER_HOUR = 6
    assert [ask(text).status_code for _ in range(2)] == [200, 429]
    assert int(ask(text)["Retry-After"]) > 0

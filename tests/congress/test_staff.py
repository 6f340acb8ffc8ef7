"""The security administrator's people; the three administrators; what the auditor reads of it."""

import re
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from lianxin.congress import queries, rules, services
from lianxin.congress.models import Post
from lianxin.congress.services import staff
from lianxin.kernel.clock import local_date, now
from lianxin.kernel.refused import Forbidden
from lianxin.people.enums import ADMINISTRATORS
from lianxin.people.models import Account, Person, Role, Session
from lianxin.people.services import create_account
from lianxin.record.models import Entry
from tests.congress import factories as make
from tests.people import door

pytestmark = pytest.mark.django_db
NEW = "山茶花开在二月的山坡上头"
OTHER_COUNTY = "530102"


def keeper_account(code=make.COUNTY, username="keeper"):
    owner = make.person("普安")
    make.post(owner, "security_admin", make.organ(code=code))
    return make.account(owner, username)


@pytest.fixture
def keeper(client):
    account = keeper_account()
    door.sign_in(client, account)
    return queries.actor_of(account.person_id)


@pytest.fixture
def clerk():
    """Somebody of the same county, with an account."""
    account = door.somebody("chenming")
    return account.person


def path(person, act=""):
    return f"/staff/people/{person.pk}/{act}"


def works(client, address, data=None):
    return client.post(address, data or {}).status_code == 302


def test_a_new_account_comes_with_a_post_and_a_link_of_one_use(client, keeper):
    make.organ(name="润城联络室")
    given = {"name": "李云", "username": "liyun", "role": "clerk", "organ": "润城联络室"}
    page = client.post("/staff/people/new/", given)
    link = re.search(r"/sign-in/link/[^/]+/[^/<]+/", page.content.decode()).group()
    assert "no-store" in page.headers["Cache-Control"]
    newcomer = Client()
    assert newcomer.post(link, {"new": NEW, "again": NEW}).url == "/sign-in/"
    newcomer.post("/sign-in/", {"username": "liyun", "password": NEW})
    assert door.is_in(newcomer)
    acts = Entry.objects.filter(actor_id=keeper.person_id).values_list("action", flat=True)
    assert {
        "people.person.create", "people.account.create", "congress.post.give", "people.password.link"
    } <= set(acts)  # fmt: skip


def test_a_taken_name_opens_nothing_at_all(client, keeper, clerk):
    make.organ(name="润城联络室")
    before = Person.objects.count()
    given = {"name": "李云", "username": "ChenMing", "role": "clerk", "organ": "润城联络室"}
    assert "已经有人用了" in client.post("/staff/people/new/", given).content.decode()
    assert Person.objects.count() == before


def test_posts_are_given_and_withdrawn(client, keeper, clerk):
    make.organ(name="润城联络室")
    given = {"role": "station_head", "organ": "润城联络室", "from_date": local_date(now())}
    assert works(client, path(clerk, "post/"), given)
    post = Post.objects.get(person=clerk, role__code="station_head")
    assert works(client, path(clerk, f"posts/{post.pk}/withdraw/"))
    assert {p.role for p in queries.actor_of(clerk.pk).posts} == {"clerk"}


def test_a_part_of_a_name_is_enough_and_namesakes_are_told_apart(client, keeper, clerk):
    first = make.organ(name="润城联络室")
    given = {"role": "station_head", "organ": "润城", "from_date": local_date(now())}
    assert works(client, path(clerk, "post/"), given)
    assert Post.objects.get(person=clerk, role__code="station_head").organ == first
    second = make.organ(name="润城联络室", code=f"{first.division_code[:6]}005")
    page = client.post(path(clerk, "post/"), {**given, "organ": "润城联络室"}).content.decode()
    assert f"润城联络室 {second.division_code}" in page
    given |= {"organ": f"润城联络室 {second.division_code}"}
    assert works(client, path(clerk, "post/"), given)
    assert Post.objects.filter(person=clerk, organ=second).exists()


def test_an_organ_outside_ones_places_is_not_known(client, keeper, clerk):
    make.organ(name="五华区教体局", code=OTHER_COUNTY)
    given = {"role": "handler", "organ": "五华区教体局", "from_date": local_date(now())}
    page = client.post(path(clerk, "post/"), given)
    assert page.status_code == 200
    assert not Post.objects.filter(role__code="handler").exists()


def test_an_account_is_closed_and_opened_again(client, keeper, clerk):
    somebody = Client()
    door.sign_in(somebody, clerk.account)
    assert works(client, path(clerk, "close/"))
    assert not door.is_in(somebody)
    assert works(client, path(clerk, "reopen/"))
    assert Account.objects.get(person=clerk).is_active


def test_a_second_factor_is_reset_with_a_reason_alone(client, keeper, clerk):
    door.with_app(clerk.account)
    assert client.post(path(clerk, "second-factor/"), {"reason": ""}).status_code == 200
    assert client.get(path(clerk)).content.decode().count("重置第二重验证") >= 1
    assert works(client, path(clerk, "second-factor/"), {"reason": "当面核对了身份证"})
    assert Entry.objects.get(action="people.second-factor.reset").data["reason"]


@pytest.mark.parametrize("role", ["operator", "auditor", "supervisor", "clerk"])
def test_nobody_else_sees_or_keeps_people(client, clerk, role):
    door.sign_in(client, door.somebody("other", role=role))
    for address in ("/staff/people/", "/staff/people/new/", path(clerk)):
        assert client.get(address).status_code == 403
    for act in ("post/", "link/", "second-factor/", "close/", "reopen/"):
        assert client.post(path(clerk, act), {"reason": "x"}).status_code == 403


def test_people_of_another_county_are_not_there(client, clerk):
    door.sign_in(client, keeper_account(OTHER_COUNTY))
    assert client.get(path(clerk)).status_code == 404
    assert "陈明" not in client.get("/staff/people/").content.decode()
    for act in ("post/", "link/", "second-factor/", "close/", "reopen/"):
        assert client.post(path(clerk, act), {"reason": "x"}).status_code == 404


def test_who_also_works_above_is_kept_from_above(client, keeper, clerk):
    """A county's administrator must not sign in as somebody of the province."""
    make.post(clerk, "supervisor", make.organ(code=make.PROVINCE))
    assert client.get(path(clerk)).status_code == 200
    for act in ("link/", "second-factor/", "close/"):
        assert client.post(path(clerk, act), {"reason": "x"}).status_code == 403


def test_sensitive_acts_ask_who_it_is(client, keeper, clerk):
    with door.later(minutes=11):
        for act in ("post/", "link/", "second-factor/", "close/", "reopen/"):
            response = client.post(path(clerk, act), {"reason": "x"})
            assert response.url.startswith("/account/prove/")
        assert client.get("/staff/people/new/").url.startswith("/account/prove/")
    assert not Entry.objects.filter(action="people.password.link").exists()


def test_nobody_raises_or_locks_themselves(client, keeper):
    own = Person.objects.get(pk=keeper.person_id)
    make.organ(name="润城联络室")
    given = {"role": "clerk", "organ": "润城联络室", "from_date": local_date(now())}
    assert client.post(path(own, "post/"), given).status_code == 403
    for act in ("link/", "second-factor/", "close/", "reopen/"):
        assert client.post(path(own, act), {"reason": "x"}).status_code == 403
    assert Post.objects.filter(person=own).count() == 1


PAIRS = [(a, b) for a in sorted(ADMINISTRATORS) for b in sorted(ADMINISTRATORS) if a != b]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_no_service_unites_two_administrators(first, second):
    owner = make.person()
    make.post(owner, first, make.organ(code=OTHER_COUNTY))
    with pytest.raises(rules.PostRefused):
        make.post(owner, second, make.organ())


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_database_unites_no_two_administrators(first, second):
    """Past the services: a load in bulk, a change of a row, a withdrawal taken back."""
    owner, organ = make.person(), make.organ()
    held = make.post(owner, first, organ)
    role = Role.objects.get(code=second)
    row = {"person": owner, "organ": organ, "division_code": organ.division_code}
    with pytest.raises(DatabaseError), transaction.atomic():
        Post.objects.bulk_create([Post(role=role, from_date=date(2030, 1, 1), **row)])
    services.withdraw_post(post_id=held.pk, by=None, at=now())
    late = make.post(owner, second, organ, since=local_date(now()) + timedelta(days=9))
    with pytest.raises(DatabaseError), transaction.atomic():
        Post.objects.filter(pk=held.pk).update(is_withdrawn=False, until_date=None)
    assert not Post.objects.get(pk=late.pk).is_withdrawn


def test_one_after_the_other_is_allowed():
    owner, organ = make.person(), make.organ()
    make.post(owner, "auditor", organ, until_date=date(2025, 12, 31))
    make.post(owner, "operator", organ, since=date(2026, 1, 1))
    assert Post.objects.filter(person=owner).count() == 2


@pytest.mark.parametrize(("absent", "substitute"), PAIRS)
def test_no_absence_unites_two_administrators(absent, substitute):
    one, other = make.actor(absent), make.actor(substitute)
    services.set_absence(
        person_id=one.person_id,
        substitute_id=other.person_id,
        from_date=make.DAY,
        until_date=make.DAY,
        by=None,
        at=make.AT,
    )
    held = queries.actor_of(other.person_id, on=make.DAY).posts
    assert {post.role for post in held} == {substitute}


def test_no_table_gives_an_administrators_post():
    from lianxin.congress.services.people_import import PeopleImporter
    from lianxin.record.services.imports import Row

    organ = make.organ(name="省运维组")
    row = Row(1, {"username": "x", "name": "李云", "role": "安全管理员", "organ": organ.name})
    for word in ("security_admin", "auditor", "operator"):
        role = Role.objects.get(code=word).title
        cells = {
            **row.values,
            "role": str(role),
            "phone": "",
            "email": "",
            "place": "",
            "from_date": "",
        }
        assert PeopleImporter().check([Row(1, cells)])


def test_one_person_has_one_account():
    account = door.somebody()
    with pytest.raises(DatabaseError), transaction.atomic():
        create_account(
            person_id=account.person_id, username="second", password=None, by=None, at=now()
        )


def test_the_auditor_reads_who_did_what(client, clerk):
    keeper = queries.actor_of(keeper_account().person_id)
    staff.close_account(person_id=clerk.pk, by=keeper, at=now())
    door.sign_in(client, door.somebody("reader", role="auditor"))
    page = client.get("/staff/journal/").content.decode()
    assert "停用账号" in page
    assert "普安" in page
    assert "陈明" in page


@pytest.mark.parametrize("role", ["security_admin", "operator", "clerk"])
def test_the_journal_is_read_by_the_auditor_alone(client, role):
    door.sign_in(client, door.somebody("other", role=role))
    assert client.get("/staff/journal/").status_code == 403


def test_the_journal_of_another_county_is_not_shown(client, clerk):
    keeper = queries.actor_of(keeper_account().person_id)
    staff.close_account(person_id=clerk.pk, by=keeper, at=now())
    owner = make.person("外地审计")
    make.post(owner, "auditor", make.organ(code=OTHER_COUNTY))
    door.sign_in(client, make.account(owner, "stranger"))
    page = client.get("/staff/journal/").content.decode()
    assert "停用账号" not in page
    assert "陈明" not in page


def test_lists_cost_the_same_for_one_and_for_thirty(
    client, keeper, clerk, django_assert_max_num_queries
):
    client.get("/staff/people/")
    for address, most in (("/staff/people/", 7), (path(clerk), 16)):
        with django_assert_max_num_queries(most):
            client.get(address)
    for number in range(30):
        owner = make.person()
        make.post(owner, "clerk", make.organ())
        make.post(clerk, "handler", make.organ())
        make.account(owner, f"many{number}")
    for address, most in (("/staff/people/", 7), (path(clerk), 16)):
        with django_assert_max_num_queries(most):
            client.get(address)


def test_two_administrators_cannot_be_one_by_a_reset(keeper, clerk):
    """Whoever gave the link does not reset the second factor as well."""
    door.with_app(clerk.account)
    staff.make_link(person_id=clerk.pk, by=keeper, at=now())
    with pytest.raises(Forbidden):
        staff.reset_factor(person_id=clerk.pk, reason="x", by=keeper, at=now())
    assert not Session.objects.filter(account=clerk.account).exists()

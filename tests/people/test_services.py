"""Roles as rows, persons, accounts, saved views."""

import pytest
from django.db import connection

from lianxin.kernel.refused import Absent, Forbidden
from lianxin.people import queries, services
from lianxin.people.enums import ADMINISTRATORS, ROLES, Ability
from lianxin.people.models import Account, Person, Role, SavedView
from lianxin.people.rules import PasswordRefused, UsernameTaken, WrongPassword
from lianxin.people.services.persons import PhoneRefused
from lianxin.people.services.saved_views import ViewRefused
from lianxin.record.models import Entry
from tests.congress import factories as make
from tests.congress.factories import AT, PASSWORD

pytestmark = pytest.mark.django_db


def test_the_built_in_roles_are_there_after_migrate_and_stay_right():
    assert list(Role.objects.values_list("code", flat=True)) == list(ROLES)
    Role.objects.filter(code="clerk").update(abilities=["record.see"])
    own = Role.objects.create(code="night-watch", name="夜班", abilities=["case.see"])
    services.ensure_roles()
    assert set(Role.objects.get(code="clerk").abilities) == set(ROLES["clerk"].abilities)
    own.refresh_from_db()
    assert (own.abilities, str(own.title)) == (["case.see"], "夜班")


def test_every_role_and_ability_has_words():
    for code, grant in ROLES.items():
        assert str(Role.objects.get(code=code).title) != code
        assert str(grant.description).endswith(("。", "."))
    assert all(str(label) != value for value, label in Ability.choices)


def test_no_administrator_sees_names_or_handles():
    for code in ADMINISTRATORS:
        assert not {a for a in ROLES[code].abilities if a.startswith("matter.")}
        assert Ability.CASE_REVEAL not in ROLES[code].abilities


def test_a_phone_is_sealed_and_found_by_any_spelling():
    kept = make.person("王五", phone="138 0013 8000")
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM people_person")
        (sealed,) = cursor.fetchone()
    assert b"13800138000" not in bytes(sealed)
    assert list(queries.persons_by_phone("+86-138-0013-8000")) == [kept]
    assert Person.objects.get().phone == "+8613800138000"
    with pytest.raises(PhoneRefused):
        make.person(phone="12")


def test_the_journal_names_fields_not_values():
    kept = make.person("赵六", phone="13800138000")
    services.update_person(
        person_id=kept.pk, name="赵六", phone="13900139000", email="", by=None, at=AT
    )
    entry = Entry.objects.get(action="people.person.change")
    assert entry.data == {"fields": ["phone"]}


@pytest.mark.parametrize("role", ROLES)
def test_who_keeps_persons_and_accounts(role):
    by = make.actor(role)
    if role in ("security_admin", "operator"):
        services.create_person(name="新人", by=by, at=AT)
    else:
        with pytest.raises(Forbidden):
            services.create_person(name="新人", by=by, at=AT)


def test_user_names_are_one_whatever_their_case():
    make.account(make.person(), "LiMing")
    with pytest.raises(UsernameTaken):
        make.account(make.person(), "liming")
    assert Account.objects.get_by_natural_key("LIMING").username == "LiMing"


@pytest.mark.parametrize("password", ["短", "1234567890", "qwertyuiop"])
def test_weak_passwords_are_refused(password):
    owner = make.person()
    with pytest.raises(PasswordRefused):
        services.create_account(
            person_id=owner.pk, username="weak", password=password, by=None, at=AT
        )


def test_one_sets_ones_own_password_knowing_the_old_one(django_user_model):
    owner = make.person()
    account = make.account(owner)
    make.post(owner, "clerk", make.organ())
    from lianxin.congress.queries import actor_of

    actor = actor_of(owner.pk)
    change = {"account_id": account.pk, "by": actor, "at": AT, "second": False}
    with pytest.raises(WrongPassword):
        services.change_own_password(old="不是这个密码", new="山茶花开在二月的山坡上头", **change)
    services.change_own_password(old=PASSWORD, new="山茶花开在二月的山坡上头", **change)
    assert django_user_model.objects.get(pk=account.pk).check_password("山茶花开在二月的山坡上头")
    stranger = make.account(make.person())
    with pytest.raises(Forbidden):
        services.set_password(account_id=stranger.pk, password=PASSWORD, by=actor, at=AT)


def test_views_are_ones_own_and_keep_only_filters():
    mine, other = make.person(), make.person()
    view = services.save_view(
        person_id=mine.pk,
        list_name="cases",
        name=" 我的  超期 ",
        query="?state=late&after=xyz&q=停车",
    )
    assert view.name == "我的 超期"
    assert view.query == "state=late&q=%E5%81%9C%E8%BD%A6"
    services.save_view(person_id=mine.pk, list_name="cases", name="我的 超期", query="state=due")
    assert SavedView.objects.get().query == "state=due"
    for call in (
        lambda: services.delete_view(view_id=view.pk, person_id=other.pk),
        lambda: services.rename_view(view_id=view.pk, person_id=other.pk, name="x"),
    ):
        with pytest.raises(Absent):
            call()
    services.rename_view(view_id=view.pk, person_id=mine.pk, name="催")
    assert [v.name for v in queries.views_of(mine.pk, "cases")] == ["催"]
    services.delete_view(view_id=view.pk, person_id=mine.pk)
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("list_name", "name", "query"),
    [
        ("cases", "", ""),
        ("cases", "长" * 41, ""),
        ("../x", "a", ""),
        ("cases", "a", "q=" + "停" * 200),
    ],
)
def test_views_that_are_refused(list_name, name, query):
    owner = make.person()
    with pytest.raises(ViewRefused):
        services.save_view(person_id=owner.pk, list_name=list_name, name=name, query=query)


def test_a_name_that_is_taken_is_refused_when_renaming_and_thirty_are_enough():
    owner = make.person()
    views = [
        services.save_view(person_id=owner.pk, list_name="cases", name=f"视图{i}", query="")
        for i in range(30)
    ]
    with pytest.raises(ViewRefused):
        services.rename_view(view_id=views[0].pk, person_id=owner.pk, name="视图1")
    with pytest.raises(ViewRefused):
        services.save_view(person_id=owner.pk, list_name="cases", name="第三十一", query="")

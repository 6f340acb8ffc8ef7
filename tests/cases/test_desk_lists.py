"""The desk's lists: what is in them, how many queries they cost, and acts on several at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianxin.cases.models import Case, Category, FarPlace
from lianxin.cases.queries.desk import LISTS
from lianxin.config import scopes
from lianxin.people.models import SavedView
from tests import factories as f
from tests.cases import desk_world as d

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return f.world()


def in_list(where, username="clerk", **query):
    address = d.url("desk") if where == "today" else d.url("desk-list", where)
    response = d.client(username).get(address, query)
    assert response.status_code == 200
    return {row.id: row for row in response.context["rows"]}


STATES = {
    "new": lambda w: f.filed(),
    "undispatched": lambda w: f.accepted(w),
    "handled": lambda w: d.fresh(d.signed(w)),
    "answers": lambda w: d.fresh(d.answered(w)),
    "extensions": lambda w: d.fresh(d.extension(w).dispatch),
    "again": lambda w: d.unhappy(w),
    "answered": lambda w: d.delivered(w),
    "follow_ups": lambda w: d.fresh(d.follow_up(w).matter.case),
    "commitments": lambda w: d.fresh(d.promise(w).matter.case),
    "closed": lambda w: d.closed(w),
}
#: A part of the address of the one act that its row offers.
NEXT = {
    "new": "/accept/",
    "undispatched": "/assign/",
    "handled": "/remind/",
    "answers": "/take/",
    "extensions": "/decide/",
    "again": "/assign/",
    "answered": "/close/",
    "follow_ups": "/follow-up/",
    "commitments": "/promise/",
    "closed": None,
}


@pytest.mark.parametrize("where", STATES)
def test_a_case_is_in_its_list_with_its_next_act(world, where):
    case = STATES[where](world)
    row = in_list(where)[case.pk]
    assert row.next is None if NEXT[where] is None else NEXT[where] in row.next.href
    assert in_list("all")[case.pk].title == case.title


def test_today_holds_what_the_desk_owes_and_not_what_others_do_in_time(world):
    new, held = f.filed(), d.signed(world)
    case = d.fresh(held)
    Case.objects.filter(pk=case.pk).update(due_at=None)
    answered = d.fresh(d.answered(world))
    rows = in_list("today")
    assert new.pk in rows
    assert answered.pk in rows
    assert case.pk not in rows


def test_overdue_comes_first_and_says_so(world):
    case = f.filed()  # filed long ago, so its two working days are over
    rows = in_list("late")
    assert rows[case.pk].is_late
    assert in_list("today")[case.pk].is_late


def test_another_venue_sees_nothing_of_it(world):
    f.filed()
    assert in_list("all", "other_clerk") == {}
    assert d.client("handler").get(d.url("desk")).status_code == 403
    assert d.client("clerk").get(d.url("desk-list", "nonsense")).status_code == 404


@pytest.mark.parametrize(
    ("where", "make", "more"),
    [
        ("today", lambda w: f.filed(), 29),
        ("all", lambda w: f.filed(), 29),
        ("handled", lambda w: d.fresh(d.signed(w)), 5),
        ("closed", d.closed, 3),
    ],
)
def test_one_row_and_thirty_cost_the_same(world, where, make, more):
    address = d.url("desk") if where == "today" else d.url("desk-list", where)
    make(world)
    one = queries_of(address)
    for _n in range(more):
        make(world)
    assert queries_of(address) == one
    assert one < 32


def queries_of(address):
    client = d.client("clerk")
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_a_page_holds_thirty_and_leads_on(world):
    for _n in range(32):
        f.filed()
    client = d.client("clerk")
    first = client.get(d.url("desk-list", "new"))
    assert len(first.context["rows"]) == 30
    cursor = first.context["pager"].next_cursor
    second = client.get(d.url("desk-list", "new"), {"after": cursor})
    assert len(second.context["rows"]) == 2


def test_search_and_filters_narrow(world):
    lamp = f.filed(words="路灯连着坏了三盏，晚上看不见路。")
    noise = f.filed(words="夜市油烟太大，开不了窗。", category_id=Category.objects.first().pk)
    assert set(in_list("new", q="路灯")) == {lamp.pk}
    assert set(in_list("new", q=lamp.number)) == {lamp.pk}
    assert set(in_list("new", category=str(noise.category_id))) == {noise.pk}
    assert in_list("new", mine="1") == {}
    assert set(in_list("new", category="nonsense")) == {lamp.pk, noise.pk}


def test_an_empty_list_says_what_to_do(world):
    for where in LISTS:
        address = d.url("desk") if where == "today" else d.url("desk-list", where)
        page = d.client("clerk").get(address).content.decode()
        assert str(LISTS[where].empty) in page


def test_several_are_accepted_and_the_report_names_who_was_not(world):
    first, second, done = f.filed(), f.filed(), f.accepted(world)
    page = d.client("clerk").post(
        d.url("desk-bulk"),
        {"act": "accept", "where": "new", "id": [first.pk, second.pk, done.pk]},
    )
    assert page.status_code == 200
    assert len(page.context["done"]) == 2
    assert [row.case.pk for row in page.context["refused"]] == [done.pk]
    assert Case.objects.filter(state="accepted").count() == 3


def test_bulk_stays_within_the_own_desk(world):
    case = f.filed()
    page = d.client("other_clerk").post(d.url("desk-bulk"), {"act": "accept", "id": [case.pk]})
    assert page.context["refused"] == page.context["done"] == []
    case.refresh_from_db()
    assert case.state == "filed"


def test_several_get_a_category_and_several_are_reminded(world):
    case, held = f.filed(), d.signed(world)
    category = Category.objects.first()
    client = d.client("clerk")
    client.post(
        d.url("desk-bulk"), {"act": "category", "id": [case.pk], "category_id": category.pk}
    )
    case.refresh_from_db()
    assert case.category_id == category.pk
    owner = d.fresh(held)
    page = client.post(d.url("desk-bulk"), {"act": "remind", "id": [owner.pk, case.pk]})
    assert [row.case.pk for row in page.context["done"]] == [owner.pk]
    assert [row.case.pk for row in page.context["refused"]] == [case.pk]
    held.refresh_from_db()
    assert held.reminded == 1


def test_a_view_is_kept_and_leads_to_its_list(world):
    client = d.client("clerk")
    client.post(
        "/account/views/",
        {
            "list_name": "desk-new",
            "name": "路灯",
            "query": "q=%E8%B7%AF%E7%81%AF",
            "next": "/desk/",
        },
    )
    assert SavedView.objects.get().list_name == "desk-new"
    (view,) = client.get(d.url("desk")).context["views"]
    assert view["href"].startswith(d.url("desk-list", "new"))


def test_a_long_title_is_whole_on_the_page(world):
    f.filed(title=d.LONG_TITLE)
    page = d.client("clerk").get(d.url("desk")).content.decode()
    assert d.LONG_TITLE[:119] in page


def test_a_matter_told_here_that_lies_elsewhere_stays_with_the_desk(world):
    """The desk it was told at sees and opens it; a desk of that place does not."""
    far = f.filed(division_code="530102", venue_id=world.venue.pk)
    client = d.client("clerk")
    assert far.title in client.get(d.url("desk")).content.decode()
    assert client.get(d.url("case", far.pk)).status_code == 200
    assert scopes.scope_of(world.clerk) == ".,530112005,530102."
    f.filed(division_code="530102", venue_id=world.venue.pk)
    assert FarPlace.objects.count() == 1
    assert d.client("other_clerk").get(d.url("case", far.pk)).status_code == 404


def test_a_matter_in_the_desks_own_places_widens_nothing(world):
    f.filed()
    assert not FarPlace.objects.exists()

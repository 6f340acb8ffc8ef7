"""Boards: what they say, what has changed since they were printed, which are out of date."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from lianxin.congress.enums import EndReason, SuspendGround
from lianxin.congress.services import end_mandate, suspend_mandate, update_deputy
from lianxin.kernel.outbox import Worker
from lianxin.kernel.refused import Absent, Forbidden
from lianxin.reception.services.seats import seat_deputies
from lianxin.record.models import Entry
from lianxin.venues.models import BoardIssue, Stationing, Venue
from lianxin.venues.queries import boards
from lianxin.venues.rules import VenueRefused
from lianxin.venues.rules.boards import digest, sentence
from lianxin.venues.services import end_stationing, update_venue
from lianxin.venues.services.boards import issue_board, recheck_boards, refresh_boards
from tests import factories as f
from tests.reception import factories as reception

pytestmark = pytest.mark.django_db

AT = f.MONDAY
LATER = AT + timedelta(days=1)


@pytest.fixture
def world():
    return f.world()


@pytest.fixture
def days(world):
    pair = (world.deputy, world.second_deputy)
    first = reception.day(world.venue, deputies=pair)
    return [first, reception.day(world.venue, on=date(2026, 11, 25), deputies=pair)]


def printed(world, at=AT, form="a3"):
    return issue_board(venue_id=world.venue.pk, form=form, by=world.clerk, at=at)


@pytest.fixture(autouse=True)
def later(monkeypatch):
    """Handlers ask the clock; it is the day after."""
    from lianxin.venues import tasks

    monkeypatch.setattr(tasks, "now", lambda: LATER)


def deliver():
    while Worker().run_batch():
        pass


def is_stale(world):
    venue = Venue.objects.get(pk=world.venue.pk)
    return boards.latest_issue(venue.pk).digest != venue.board_digest


def changes(world, issue, at=LATER):
    return list(boards.board_check(world.venue.code, issue.version, at=at).changes)


def test_a_board_says_its_facts_and_never_a_private_number(world, days):
    person = world.deputy_row().person
    person.phone = "+8613800138000"
    person.save(update_fields=("phone",))
    facts = boards.facts_of_venue(world.venue, at=AT)
    assert facts["venue"]["place"] == "昆明市西山区前卫街道"
    assert [one["name"] for one in facts["deputies"]] == ["周明远", "杨文秀"]
    assert facts["deputies"][0]["levels"] == [["county", "西山区"]]
    assert [day["names"] for day in facts["days"]] == [["周明远", "杨文秀"]] * 2
    assert "13800138000" not in str(facts)


def test_printing_makes_a_version_and_the_same_board_stays_the_same_version(world, days):
    first = printed(world)
    assert (first.version, first.printed_by_id) == (1, world.clerk.person_id)
    assert printed(world, at=AT + timedelta(seconds=20)) == first
    assert printed(world, form="cards") == first
    assert BoardIssue.objects.count() == 1
    update_venue(venue_id=world.venue.pk, phone="0871-1", by=world.head, at=LATER)
    second = printed(world, at=LATER)
    assert second.version == 2
    assert second.digest == Venue.objects.get(pk=world.venue.pk).board_digest
    acts = Entry.objects.filter(action__startswith="venues.board.").order_by("id")
    assert [one.action.split(".")[-1] for one in acts] == ["print", "reprint", "reprint", "print"]


def test_only_the_people_of_the_venue_print(world):
    for by in (world.other_clerk, world.handler, world.deputy, world.supervisor):
        with pytest.raises(Forbidden):
            issue_board(venue_id=world.venue.pk, form="a3", by=by, at=AT)
    with pytest.raises(VenueRefused):
        issue_board(venue_id=world.venue.pk, form="a0", by=world.head, at=AT)


def test_what_changed_is_named_in_plain_words(world, days):
    issue = printed(world)
    assert changes(world, issue) == []
    update_venue(
        venue_id=world.venue.pk, phone="0871-65110000", hours="周一", by=world.head, at=LATER
    )
    update_deputy(deputy_id=world.second_deputy.deputy_id, relay_phone="0871-2", by=None, at=LATER)
    stationing = Stationing.objects.get(deputy_id=world.deputy.deputy_id)
    end_stationing(
        stationing_id=stationing.pk, until_date=date(2026, 11, 1), by=world.head, at=LATER
    )
    seat_deputies(day_id=days[1].pk, deputy_ids=[world.second_deputy.deputy_id], by=None, at=LATER)
    reception.day(world.venue, on=date(2026, 11, 18), deputies=(world.second_deputy,))
    said = changes(world, issue)
    assert said == [
        "阵地电话现为：0871-65110000。",
        "开放时间现为：周一。",
        "周明远代表已不在这里接待。",
        "杨文秀代表的电话现为：0871-2。",
        "新增接待日：11月18日 周三 09:00，杨文秀。",
        "11月25日 周三 09:00改由杨文秀接待。",
    ]


def test_days_that_are_over_are_no_change_until_all_are(world, days):
    issue = printed(world)
    after_first = days[0].ends_at + timedelta(hours=1)
    assert changes(world, issue, at=after_first) == []
    assert changes(world, issue, at=days[1].ends_at) == ["栏上的接待日都已过去。"]


def test_events_keep_the_list_of_stale_boards_and_taking_back_makes_it_fresh(world, days):
    printed(world)
    deliver()
    assert not is_stale(world)
    update_venue(venue_id=world.venue.pk, hours="周一", by=world.head, at=LATER)
    assert not is_stale(world)
    deliver()
    assert is_stale(world)
    update_venue(venue_id=world.venue.pk, hours="", by=world.head, at=LATER)
    deliver()
    assert not is_stale(world)


@pytest.mark.parametrize("what", ["day", "rota", "suspended", "ended"])
def test_every_kind_of_change_reaches_the_board(world, days, what):
    printed(world)
    deliver()
    mandate = world.deputy_row().mandates.get()
    if what == "day":
        reception.day(world.venue, on=date(2026, 11, 18))
    elif what == "rota":
        seat_deputies(day_id=days[0].pk, deputy_ids=[], by=None, at=LATER)
    elif what == "suspended":
        suspend_mandate(mandate_id=mandate.pk, ground=SuspendGround.DETAINED, by=None, at=AT)
    else:
        end_mandate(
            mandate_id=mandate.pk,
            reason=EndReason.RESIGNED,
            until_date=date(2026, 11, 1),
            by=None,
            at=AT,
        )
    deliver()
    assert is_stale(world)


def test_the_nightly_comparison_finds_what_no_event_told(world, days):
    printed(world)
    Stationing.objects.filter(deputy_id=world.deputy.deputy_id).update(until_date="2026-11-01")
    assert recheck_boards(LATER) == 1
    assert is_stale(world)
    assert recheck_boards(LATER) == 0


def test_a_venue_never_printed_is_left_alone(world):
    assert refresh_boards(venue_ids=[world.venue.pk], at=AT) == 0
    assert Venue.objects.get(pk=world.venue.pk).board_digest == ""


def test_many_boards_cost_no_more_queries_than_one(world, days, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        one = boards.facts_of([world.venue], at=AT)
    with django_assert_max_num_queries(9):
        both = boards.facts_of([world.venue, world.other_venue], at=AT)
    assert digest(both[world.venue.pk]) == digest(one[world.venue.pk])


class TestThePassersBy:
    def page(self, client, world, version=1):
        url = reverse("venues:board-check", args=[world.venue.code, version])
        response = client.get(url)
        return response.status_code, response.content.decode()

    def test_an_up_to_date_board(self, client, world, days, at):
        printed(world)
        status, text = self.page(client, world)
        assert status == 200
        assert "这块公示栏是最新的" in text
        assert "周明远" in text
        assert "第 1 版" in text

    def test_an_old_one_names_what_changed(self, client, world, days, at):
        printed(world)
        update_venue(venue_id=world.venue.pk, phone="0871-3", by=world.head, at=LATER)
        printed(world, at=LATER)
        assert "阵地电话现为：0871-3。" in self.page(client, world, 1)[1]
        assert "这块公示栏是最新的" in self.page(client, world, 2)[1]

    def test_a_version_that_never_was(self, client, world):
        assert self.page(client, world, 9)[0] == 404
        assert client.get("/b/not-a-code/1/").status_code == 404

    def test_a_closed_venue(self, client, world):
        printed(world)
        Venue.objects.filter(pk=world.venue.pk).update(is_active=False)
        status, text = self.page(client, world)
        assert status == 200
        assert "这个阵地已经撤并" in text
        assert "周明远" not in text


@pytest.fixture
def at(monkeypatch):
    """Pages ask the clock; these say it is Monday."""
    from lianxin.venues.views import boards as views

    monkeypatch.setattr(views, "now", lambda: AT)
    return AT


class TestTheList:
    def test_own_desk_division_and_nobody_else(self, world):
        assert [v.pk for v in boards.venues_watched(world.clerk)] == [world.venue.pk]
        assert [v.pk for v in boards.venues_watched(world.supervisor)] == [world.venue.pk]
        assert not boards.venues_watched(world.handler).exists()

    def test_states_and_what_changed(self, world, days):
        def lines(state=""):
            return boards.boards_listed(world.clerk, state=state, at=LATER).lines

        assert [line.state for line in lines()] == ["never"]
        printed(world)
        assert [line.state for line in lines("fresh")] == ["fresh"]
        update_venue(venue_id=world.venue.pk, hours="周一", by=world.head, at=LATER)
        deliver()
        (line,) = lines("stale")
        assert [sentence(one) for one in line.changes] == ["开放时间现为：周一。"]
        assert lines("fresh") == lines("never") == []

    def test_it_costs_the_same_for_one_and_thirty(
        self, world, django_assert_max_num_queries, monkeypatch
    ):
        from lianxin.venues.services import open_venue

        for number in range(30):
            venue = open_venue(
                name=f"联络室{number:02}", kind="room", division_code="530112005001", by=None, at=AT
            )
            issue_board(venue_id=venue.pk, form="a3", by=None, at=AT)
        Venue.objects.filter(name__startswith="联络室").update(hours="周一", board_digest="other")
        with django_assert_max_num_queries(9):
            listed = boards.boards_listed(world.supervisor, at=LATER)
        assert [line.state for line in listed.lines].count("stale") == 29


def test_a_wrong_code_is_absent(world):
    with pytest.raises(Absent):
        boards.board_check("0000-0001", 1, at=AT)

"""Rotas of a venue: read, drafted, published, planned again, and the clerk's pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lianxin.congress.enums import SuspendGround
from lianxin.congress.models import Mandate
from lianxin.congress.services import suspend_mandate
from lianxin.kernel import clock
from lianxin.kernel.models import OutboxMessage
from lianxin.kernel.refused import Forbidden, IllegalMove
from lianxin.reception.enums import DayState, PairMode, PlanState, ShiftState
from lianxin.reception.models import Away, ReceptionDay, RotaMember, RotaPlan, RotaSetting, Shift
from lianxin.reception.queries.rota_problem import clashing, problems
from lianxin.reception.rules.rota.problem import Why
from lianxin.reception.rules.rotas import (
    DayIsOver,
    NobodyStationed,
    NothingToPlan,
    NotStationedHere,
    RotaStale,
    SameTwice,
    WishesAtOdds,
)
from lianxin.reception.services.rota import discard_rota, draft_rota, publish_rota
from lianxin.reception.services.rota_settings import (
    Setting,
    Wishes,
    change_seats,
    set_member,
    set_rota,
)
from lianxin.reception.services.seats import seat_deputies
from lianxin.record.models import Entry
from lianxin.venues.services import end_stationing, station_deputy
from tests import factories as f
from tests.cases.test_unit import signed_in
from tests.reception.factories import WEDNESDAY, day

pytestmark = pytest.mark.django_db
YEAR = 2026
TODAY = clock.local_date(f.MONDAY)


@pytest.fixture
def world():
    return f.world()


def fill(world, days=6, deputies=4):
    """A venue with deputies and weekly Wednesdays, which ends the year 2026 with the eighth."""
    extra = [f.deputy(f"代表{n}", venue=world.venue) for n in range(deputies - 2)]
    dates = [day(world.venue, on=WEDNESDAY + timedelta(weeks=n)) for n in range(days)]
    return dates, [world.deputy, world.second_deputy, *extra]


def read(world, **more):
    return problems([world.venue.pk], YEAR, on=TODAY, **more)[0]


def draft(world, **more):
    return draft_rota(venue_id=world.venue.pk, year=YEAR, by=world.clerk, at=f.MONDAY, **more)


def published(world):
    return publish_rota(plan_id=draft(world).pk, by=world.clerk, at=f.MONDAY)


def seats(world):
    found = {}
    for shift in Shift.objects.filter(day__venue=world.venue).exclude(state=ShiftState.REPLACED):
        found.setdefault(shift.day_id, set()).add(shift.deputy_id)
    return found


def away(actor, on, kind="leave"):
    return Away.objects.create(
        deputy_id=actor.deputy_id, kind=kind, from_date=on, until_date=on, division_code="530112"
    )


# --- reading --------------------------------------------------------------------------------


def test_the_problem_holds_days_deputies_and_who_cannot_when(world):
    dates, people = fill(world, days=4, deputies=4)
    away(people[0], dates[1].date)
    away(people[1], dates[2].date, "meeting")
    there = day(world.other_venue, on=dates[3].date)
    station_deputy(
        venue_id=world.other_venue.pk,
        deputy_id=people[2].deputy_id,
        from_date=TODAY,
        by=None,
        at=f.MONDAY,
    )
    seat_deputies(day_id=there.pk, deputy_ids=[people[2].deputy_id], by=None, at=f.MONDAY)
    problem = read(world)
    place = {member.key: index for index, member in enumerate(problem.members)}
    found = {(place[str(one.deputy_id)], n): n for n, one in enumerate(people)}
    assert len(problem.days) == 4
    assert len(problem.members) == len(found) == 4
    assert dict(problem.away) == {
        (place[str(people[0].deputy_id)], 1): Why.LEAVE,
        (place[str(people[1].deputy_id)], 2): Why.MEETING,
        (place[str(people[2].deputy_id)], 3): Why.ELSEWHERE,
    }
    assert {member.level for member in problem.members} == {"county"}
    assert not problem.replans
    taken = {(people[3].deputy_id, dates[0].date): world.other_venue.pk}
    wider = read(world, taken=taken)
    assert wider.away[place[str(people[3].deputy_id)], 0] is Why.ELSEWHERE
    assert clashing([world.venue.pk, world.other_venue.pk]) == {
        world.venue.pk: {world.other_venue.pk},
        world.other_venue.pk: {world.venue.pk},
    }


def test_suspended_and_departed_deputies_are_not_in_it(world):
    _dates, people = fill(world, days=3)
    suspend_mandate(
        mandate_id=Mandate.objects.get(deputy_id=people[0].deputy_id).pk,
        ground=SuspendGround.DETAINED,
        by=None,
        at=f.MONDAY,
    )
    stationing = people[1].deputy_id
    end_stationing(
        stationing_id=world.venue.stationings.get(deputy_id=stationing).pk,
        until_date=WEDNESDAY,
        by=None,
        at=f.MONDAY,
    )
    problem = read(world)
    place = {member.key: index for index, member in enumerate(problem.members)}
    gone = {key for key, why in problem.away.items() if why is Why.NOT_HERE}
    first, second = place[str(people[0].deputy_id)], place[str(people[1].deputy_id)]
    assert gone == {(first, 0), (first, 1), (first, 2), (second, 1), (second, 2)}
    assert problem.shares[first] == 0


def test_cancelled_days_are_none_and_past_or_announced_ones_are_fixed(world):
    dates, people = fill(world, days=4)
    seat_deputies(
        day_id=dates[0].pk,
        deputy_ids=[people[0].deputy_id, people[1].deputy_id],
        by=None,
        at=f.MONDAY,
    )
    ReceptionDay.objects.filter(pk=dates[0].pk).update(
        state=DayState.ANNOUNCED, announced_at=f.MONDAY
    )
    ReceptionDay.objects.filter(pk=dates[1].pk).update(state=DayState.CANCELLED)
    problem = read(world)
    assert [one.is_fixed for one in problem.days] == [True, False, False]
    assert problem.wanted == 6
    later = problems([world.venue.pk], YEAR, on=date(2026, 12, 31))[0]
    assert [one.is_fixed for one in later.days] == [True, False, False], "nobody sat there"


def test_wishes_come_from_settings_and_members(world):
    _dates, people = fill(world, days=4)
    RotaSetting.objects.create(
        venue=world.venue, division_code="530112005", least_per_year=1, gap=2, seats=3,
        pair_mode=PairMode.LAST, mixes_levels=False,
    )  # fmt: skip
    RotaMember.objects.create(
        venue=world.venue, division_code="530112005", deputy_id=people[0].deputy_id, least=3,
        most=4, weekdays_off=[3], distance_km=12,
    )  # fmt: skip
    RotaMember.objects.create(
        venue=world.venue, division_code="530112005", deputy_id=people[1].deputy_id,
        takes_part=False,
    )  # fmt: skip
    problem = read(world)
    by_key = {member.key: member for member in problem.members}
    one = by_key[str(people[0].deputy_id)]
    assert (one.least, one.most, one.days_off, one.distance) == (3, 4, {3}, 12)
    assert str(people[1].deputy_id) not in by_key
    assert by_key[str(people[2].deputy_id)].least == 1
    assert (problem.seats, problem.gap, problem.lasts, problem.mixes_levels) == (3, 2, True, False)


def test_reading_many_venues_costs_as_much_as_one(world):
    fill(world, days=3)
    for number in range(3):
        day(world.other_venue, on=WEDNESDAY + timedelta(days=number))
    with CaptureQueriesContext(
        connection,
    ) as one:
        read(world)
    with CaptureQueriesContext(connection) as both:
        problems([world.venue.pk, world.other_venue.pk], YEAR, on=TODAY)
    assert len(one) == len(both) <= 9


# --- drafting and publishing ----------------------------------------------------------------


def test_a_draft_seats_nobody_and_publishing_seats_all(world):
    dates, people = fill(world)
    made = draft(world)
    assert made.state == PlanState.DRAFT
    assert made.figures["is_proven"]
    assert made.figures["spread"] == 0
    assert not Shift.objects.exists()
    plan = publish_rota(plan_id=made.pk, by=world.clerk, at=f.MONDAY)
    assert plan.state == PlanState.PUBLISHED
    assert plan.published_by_id == world.clerk.person_id
    assert {len(seated) for seated in seats(world).values()} == {2}
    assert Shift.objects.count() == 12
    shift = Shift.objects.filter(day=dates[0]).first()
    assert shift.reason[0] == ["fair", 1, 3]
    assert set(plan.figures["loads"]) == {str(one.deputy_id) for one in people}
    acts = list(
        Entry.objects.filter(action__startswith="reception.rota")
        .order_by("id")
        .values_list("action", flat=True)
    )
    assert acts == ["reception.rota.draft", "reception.rota.publish"]


def test_publishing_twice_is_publishing_once(world):
    fill(world)
    made = draft(world)
    for _ in range(2):
        publish_rota(plan_id=made.pk, by=world.clerk, at=f.MONDAY)
    assert Shift.objects.count() == 12
    assert Entry.objects.filter(action="reception.rota.publish").count() == 1
    told = OutboxMessage.objects.filter(topic__endswith="RotaChanged")
    assert len({row.event_id for row in told}) <= 1


def test_a_new_draft_takes_the_place_of_the_old_one(world):
    fill(world)
    first, second = draft(world), draft(world)
    first.refresh_from_db()
    assert (first.state, second.state) == (PlanState.DISCARDED, PlanState.DRAFT)
    assert (first.version, second.version) == (1, 2)
    with pytest.raises(IllegalMove):
        publish_rota(plan_id=first.pk, by=world.clerk, at=f.MONDAY)
    discard_rota(plan_id=second.pk, by=world.clerk, at=f.MONDAY)
    discard_rota(plan_id=second.pk, by=world.clerk, at=f.MONDAY)
    assert not Shift.objects.exists()


def test_a_draft_from_other_seats_is_stale(world):
    dates, people = fill(world)
    made = draft(world)
    seat_deputies(day_id=dates[2].pk, deputy_ids=[people[0].deputy_id], by=None, at=f.MONDAY)
    with pytest.raises(RotaStale):
        publish_rota(plan_id=made.pk, by=world.clerk, at=f.MONDAY)
    made.refresh_from_db()
    assert made.state == PlanState.DRAFT
    assert Shift.objects.count() == 1


def test_only_who_plans_the_venue_may(world):
    fill(world)
    for who in (world.other_clerk, world.deputy, world.supervisor):
        with pytest.raises(Forbidden):
            draft_rota(venue_id=world.venue.pk, year=YEAR, by=who, at=f.MONDAY)
    made = draft(world)
    for service in (publish_rota, discard_rota):
        with pytest.raises(Forbidden):
            service(plan_id=made.pk, by=world.other_clerk, at=f.MONDAY)


def test_nothing_to_plan_is_said(world):
    with pytest.raises(NothingToPlan):
        draft(world)
    day(world.other_venue)
    with pytest.raises(NobodyStationed):
        draft_rota(venue_id=world.other_venue.pk, year=YEAR, by=None, at=f.MONDAY)


# --- planning again -------------------------------------------------------------------------


def test_a_leave_changes_one_seat_and_the_partner_keeps_the_chair(world):
    dates, people = fill(world, days=8, deputies=8)
    published(world)
    before = seats(world)
    held = Shift.objects.filter(day=dates[4]).order_by("seat")[1]
    who = next(one for one in people if one.deputy_id == held.deputy_id)
    away(who, dates[4].date)
    plan = published(world)
    after = seats(world)
    assert [one.pk for one in dates if before[one.pk] != after[one.pk]] == [dates[4].pk]
    held.refresh_from_db()
    assert held.state == ShiftState.REPLACED
    new = Shift.objects.get(day=dates[4], seat=2, state=ShiftState.EXPECTED)
    assert new.replaces_id == held.pk
    assert ["instead", str(held.deputy_id), "leave"] in new.reason
    assert plan.figures["score"]["changed"] == 1
    assert RotaPlan.objects.get(version=1).state == PlanState.SUPERSEDED
    message = OutboxMessage.objects.filter(topic__endswith="RotaChanged").last()
    if message:
        assert message.payload["day_ids"] == [str(dates[4].pk)]
        assert len(message.payload["deputy_ids"]) == 3


def test_nothing_new_changes_nothing(world):
    fill(world)
    published(world)
    before = set(Shift.objects.values_list("pk", flat=True))
    plan = published(world)
    assert set(Shift.objects.values_list("pk", flat=True)) == before
    assert plan.figures["score"]["changed"] == 0


def test_afresh_keeps_announced_days_only(world):
    dates, people = fill(world)
    pair = [people[0].deputy_id, people[1].deputy_id]
    for one in dates:
        seat_deputies(day_id=one.pk, deputy_ids=pair, by=None, at=f.MONDAY)
    ReceptionDay.objects.filter(pk=dates[0].pk).update(
        state=DayState.ANNOUNCED, announced_at=f.MONDAY
    )
    made = draft(world, afresh=True)
    assert str(dates[0].pk) not in {row[0] for row in made.proposal}
    publish_rota(plan_id=made.pk, by=world.clerk, at=f.MONDAY)
    assert seats(world)[dates[0].pk] == set(pair)
    assert not seats(world)[dates[1].pk] & set(pair)


def test_a_day_announced_since_the_draft_keeps_its_deputies(world):
    dates, people = fill(world)
    pair = [people[0].deputy_id, people[1].deputy_id]
    for one in dates:
        seat_deputies(day_id=one.pk, deputy_ids=pair, by=None, at=f.MONDAY)
    made = draft(world, afresh=True)
    ReceptionDay.objects.filter(pk=dates[1].pk).update(
        state=DayState.ANNOUNCED, announced_at=f.MONDAY
    )
    publish_rota(plan_id=made.pk, by=world.clerk, at=f.MONDAY)
    assert seats(world)[dates[1].pk] == set(pair)
    assert any(seated != set(pair) for seated in seats(world).values())


# --- by hand, and wishes --------------------------------------------------------------------


def test_seats_are_changed_by_hand(world):
    dates, people = fill(world)
    published(world)
    two = [people[0].deputy_id, people[3].deputy_id]
    change_seats(day_id=dates[1].pk, deputy_ids=two, by=world.clerk, at=f.MONDAY)
    assert seats(world)[dates[1].pk] == set(two)
    with pytest.raises(SameTwice):
        change_seats(day_id=dates[1].pk, deputy_ids=two[:1] * 2, by=world.clerk, at=f.MONDAY)
    stranger = f.deputy("别处代表", venue=world.other_venue)
    with pytest.raises(NotStationedHere):
        change_seats(
            day_id=dates[1].pk, deputy_ids=[stranger.deputy_id], by=world.clerk, at=f.MONDAY
        )
    with pytest.raises(DayIsOver):
        change_seats(
            day_id=dates[1].pk, deputy_ids=two, by=world.clerk, at=f.MONDAY + timedelta(days=90)
        )
    with pytest.raises(Forbidden):
        change_seats(day_id=dates[1].pk, deputy_ids=two, by=world.other_clerk, at=f.MONDAY)


def test_wishes_are_kept_and_the_journal_does_not_tell_them(world):
    _dates, people = fill(world)
    said = Wishes(least=1, most=2, weekdays_off=(5, 1), distance_km=3)
    for _ in range(2):
        row = set_member(
            venue_id=world.venue.pk,
            deputy_id=people[0].deputy_id,
            wishes=said,
            by=world.clerk,
            at=f.MONDAY,
        )
    assert row.weekdays_off == [1, 5]
    entry = Entry.objects.get(action="reception.rota.member")
    assert "weekdays_off" in entry.data["fields"]
    assert "5" not in str(entry.data["fields"])
    with pytest.raises(WishesAtOdds):
        set_member(
            venue_id=world.venue.pk,
            deputy_id=people[0].deputy_id,
            wishes=replace(said, least=5),
            by=world.clerk,
            at=f.MONDAY,
        )
    setting = Setting("last", 2, 0, 2, True, False, True, 3)
    assert set_rota(
        venue_id=world.venue.pk, setting=setting, by=world.clerk, at=f.MONDAY
    ).swap_needs_venue
    with pytest.raises(Forbidden):
        set_rota(venue_id=world.venue.pk, setting=setting, by=world.deputy, at=f.MONDAY)


# --- pages ----------------------------------------------------------------------------------


@pytest.fixture
def clerk(world):
    return signed_in("clerk")


def address(name, world, *args):
    return f"{reverse(f'reception:{name}', args=args)}?venue={world.venue.code}&year={YEAR}"


def test_a_clerk_plans_looks_and_publishes(world, clerk, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: f.MONDAY)
    monkeypatch.setattr("lianxin.reception.views.rota.now", lambda: f.MONDAY)
    dates, people = fill(world, days=6, deputies=6)
    page = clerk.get(address("rota", world))
    assert "排全年" in page.content.decode()
    away_on = dates[0].date
    for one in people[2:]:
        away(one, away_on)
    ReceptionDay.objects.filter(pk=dates[0].pk).update(language="彝语")
    people[2].deputy_id and type(world.deputy_row()).objects.filter(pk=people[2].deputy_id).update(
        languages=["彝语"]
    )
    made = clerk.post(address("rota-plan", world), follow=True)
    words = made.content.decode()
    assert "代表0请假，没有其他人会说彝语" in words
    assert "有什么办法" in words
    plan = RotaPlan.objects.get()
    done = clerk.post(reverse("reception:rota-publish", args=[plan.pk]), follow=True)
    words = done.content.decode()
    assert "周明远" in words
    assert "为什么是这几位" in words
    paper = clerk.get(address("rota-print", world)).content.decode()
    assert "轮流接待安排表" in paper


def test_pages_say_what_a_draft_would_change(world, clerk, monkeypatch):
    monkeypatch.setattr("lianxin.reception.views.rota.now", lambda: f.MONDAY)
    dates, people = fill(world, days=6, deputies=8)
    published(world)
    gone = next(one for one in people if one.deputy_id in seats(world)[dates[3].pk])
    away(gone, dates[3].date)
    page = clerk.post(address("rota-plan", world), follow=True)
    assert [line.day.pk for line in page.context["page"].changed] == [dates[3].pk]
    assert "换 1 个座位" in page.content.decode()
    plan = RotaPlan.objects.get(state=PlanState.DRAFT)
    assert "查看草案" in clerk.get(address("rota", world)).content.decode()
    clerk.post(reverse("reception:rota-discard", args=[plan.pk]))
    assert gone.deputy_id in seats(world)[dates[3].pk]


def test_seats_and_wishes_have_their_forms(world, clerk, monkeypatch):
    monkeypatch.setattr("lianxin.reception.views.rota.now", lambda: f.MONDAY)
    dates, people = fill(world)
    ids = [str(people[2].deputy_id), str(people[0].deputy_id)]
    at = reverse("reception:seats", args=[dates[0].pk])
    away(people[1], dates[0].date)
    assert clerk.get(at).content.decode().count("杨文秀（当天来不了") == 2
    assert clerk.post(at, {"seat_1": ids[0], "seat_2": ids[0]}).status_code == 200
    assert clerk.post(at, {"seat_1": ids[0], "seat_2": ids[1]}).status_code == 302
    held = Shift.objects.filter(day=dates[0], state=ShiftState.EXPECTED).order_by("seat")
    assert [str(one.deputy_id) for one in held] == ids
    form = {"pair_mode": "last", "seats": 2, "gap": 0, "least_per_year": 2, "notice_days": 3}
    assert clerk.post(address("rota-setting", world), form).status_code == 302
    assert RotaSetting.objects.get().pair_mode == "last"
    at = address("rota-member", world, people[0].deputy_id)
    assert "周明远" in clerk.get(at).content.decode()
    bad = clerk.post(at, {"takes_part": "on", "least": 5, "most": 2})
    assert "至少" in bad.content.decode()
    assert clerk.post(at, {"takes_part": "on", "weekdays_off": [1, 7]}).status_code == 302
    assert RotaMember.objects.get().weekdays_off == [1, 7]


def test_foreign_rotas_look_like_none(world):
    fill(world)
    plan = draft(world)
    other = signed_in("other_clerk")
    for name in ("rota-draft",):
        assert other.get(reverse(f"reception:{name}", args=[plan.pk])).status_code == 404
    assert other.post(reverse("reception:rota-publish", args=[plan.pk])).status_code == 404
    assert other.get(address("rota", world)).status_code == 404
    day_id = ReceptionDay.objects.filter(venue=world.venue).first().pk
    assert other.get(reverse("reception:seats", args=[day_id])).status_code == 404
    assert Client().get(address("rota", world)).status_code == 302


def test_the_pages_cost_the_same_for_few_and_many_days(world, clerk, monkeypatch):
    monkeypatch.setattr("lianxin.reception.views.rota.now", lambda: f.MONDAY)
    counts = {}
    day(world.venue, on=date(2026, 11, 10))
    for size, number in (("few", 0), ("many", 30)):
        for n in range(number):
            day(world.venue, on=date(2026, 11, 11) + timedelta(days=n))
            f.deputy(f"多{n}", venue=world.venue)
        plan = published(world)
        for name, at in (
            ("rota", address("rota", world)),
            ("draft", reverse("reception:rota-draft", args=[plan.pk])),
        ):
            clerk.get(at)
            with CaptureQueriesContext(connection) as found:
                assert clerk.get(at).status_code == 200
            counts[name, size] = len(found)
    assert counts["rota", "few"] == counts["rota", "many"]
    assert counts["draft", "few"] == counts["draft", "many"]

"""Grid duty: fair turns, made twice the same, by hand, with leave and mandates; who is on duty."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest

from lianxin.congress.enums import SuspendGround
from lianxin.congress.services import suspend_mandate
from lianxin.reception.enums import DutyTurn
from lianxin.reception.models import Away, GridDuty
from lianxin.reception.queries.duty import duty_of, grids_today, table_of
from lianxin.reception.rules.duty import Bound, Span, Turn, answer_by, pieces, share_out
from lianxin.reception.rules.permissions import NotYourVenue
from lianxin.reception.services import duty
from tests import factories as f
from tests.reception import duty_world as d

DAY = timedelta(days=1)
YEAR = Span(date(2027, 1, 1), date(2027, 12, 31))
A, B, C = (f.uuid7() for _ in range(3))


def always(*ids, **away):
    return [Bound(one, (Span(date(2022, 1, 1), date.max),), away.get(str(one), ())) for one in ids]


# --- pure


def test_weeks_begin_on_monday_and_cover_every_day_once():
    found = pieces(YEAR, DutyTurn.WEEK, [])
    assert found[0] == Span(date(2027, 1, 1), date(2027, 1, 3))
    assert all(one.first.weekday() == 0 for one in found[1:])
    assert sum(one.days for one in found) == 365
    months = pieces(YEAR, DutyTurn.MONTH, [])
    assert [one.days for one in months] == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


def test_what_is_kept_is_cut_out():
    kept = [Span(date(2027, 2, 10), date(2027, 2, 12)), Span(date(2027, 1, 1), date(2027, 1, 31))]
    window = Span(date(2027, 1, 20), date(2027, 2, 28))
    assert pieces(window, DutyTurn.MONTH, kept) == [
        Span(date(2027, 2, 1), date(2027, 2, 9)),
        Span(date(2027, 2, 13), date(2027, 2, 28)),
    ]


@pytest.mark.parametrize("number", [1, 2, 3, 5, 12])
def test_turns_differ_by_one_at_most_and_never_follow_each_other(number):
    ids = [f.uuid7() for _ in range(number)]
    weeks = [one for one in pieces(YEAR, DutyTurn.WEEK, []) if one.days == 7]
    turns = share_out(weeks, always(*ids), [], {}).turns
    counts = Counter(one.deputy_id for one in turns)
    assert len(turns) == len(weeks)
    assert max(counts.values()) - min(counts.values()) <= 1
    if number > 1:
        assert all(a.deputy_id != b.deputy_id for a, b in pairwise(turns))


def test_who_is_away_is_passed_over_and_makes_up_for_it():
    leave = Span(date(2027, 3, 1), date(2027, 4, 30))
    weeks = [one for one in pieces(YEAR, DutyTurn.WEEK, []) if one.days == 7]
    turns = share_out(weeks, always(A, B, C, **{str(A): (leave,)}), [], {}).turns
    assert not [one for one in turns if one.deputy_id == A and one.span.shared(leave)]
    counts = Counter(one.deputy_id for one in turns)
    assert max(counts.values()) - min(counts.values()) <= 1


def test_the_only_one_has_every_turn_leave_or_not():
    found = share_out(pieces(YEAR, DutyTurn.MONTH, []), always(A, **{str(A): (YEAR,)}), [], {})
    assert {one.deputy_id for one in found.turns} == {A}
    assert len(found.turns) == 12


def test_nobody_serves_is_a_gap_and_a_mandate_that_ends_cuts_the_turn():
    last = date(2027, 6, 10)
    ending = Bound(A, (Span(date(2022, 1, 1), last),))
    found = share_out(pieces(YEAR, DutyTurn.MONTH, []), [ending], [], {})
    assert found.turns[-1].span == Span(date(2027, 6, 1), last)
    assert found.gaps[0] == Span(last + DAY, date(2027, 6, 30))
    assert sum(one.days for one in found.gaps) == (YEAR.last - last).days


def test_a_newcomer_owes_no_turns_of_the_past():
    past = [Turn(A, Span(date(2026, 1, 5), date(2026, 6, 28)))]
    past += [Turn(B, Span(date(2026, 6, 29), date(2026, 12, 20)))]
    weeks = pieces(Span(date(2027, 1, 4), date(2027, 3, 28)), DutyTurn.WEEK, [])
    counts = Counter(one.deputy_id for one in share_out(weeks, always(A, B, C), past, {}).turns)
    assert counts == {A: 4, B: 4, C: 4}


def test_two_grids_of_the_same_deputies_keep_them_apart():
    weeks, busy = pieces(YEAR, DutyTurn.WEEK, []), {}
    first = share_out(weeks, always(A, B), [], busy).turns
    for one in first:
        busy.setdefault(one.deputy_id, []).append(one.span)
    second = share_out(weeks, always(A, B), [], busy).turns
    assert all(x.deputy_id != y.deputy_id for x, y in zip(first, second, strict=True))


@pytest.mark.parametrize(
    ("asked", "until"),
    [
        ("2026-11-02T10:00", "2026-11-02T10:30"),
        ("2026-11-02T07:00", "2026-11-02T08:30"),
        ("2026-11-02T19:45", "2026-11-03T08:15"),
        ("2026-11-02T19:30", "2026-11-02T20:00"),
        ("2026-11-02T20:00", "2026-11-03T08:30"),
        ("2026-12-31T23:59", "2027-01-01T08:30"),
    ],
)
def test_time_to_answer_counts_by_day_only(asked, until):
    from datetime import datetime

    from lianxin.kernel.clock import LOCAL

    moment = datetime.fromisoformat(asked).replace(tzinfo=LOCAL)
    assert f"{answer_by(moment, 30):%Y-%m-%dT%H:%M}" == until


def test_more_minutes_than_a_day_has_go_on_the_next_day():
    asked = f.MONDAY.replace(hour=11)  # 19:00 in Shanghai
    assert f"{answer_by(asked, 720):%d %H:%M}" == "03 19:00"


# --- with the database


@pytest.fixture
def made(db):
    return d.build()


def turns(made):
    return list(
        GridDuty.objects.filter(grid=made.grid)
        .order_by("from_date")
        .values_list("deputy_id", "from_date", "until_date", "is_by_hand")
    )


def test_a_table_is_made_in_turn_and_twice_the_same(made):
    first = d.table(made, weeks=6)
    assert (first.new, first.kept, first.gaps) == (6, 0, [])
    ids = [one.deputy_id for one in made.deputies]
    rows = turns(made)
    assert [row[0] for row in rows] == ids * 2
    keys = set(GridDuty.objects.values_list("pk", flat=True))
    again = d.table(made, weeks=6)
    assert again.touched == 0
    assert again.kept == 0
    assert turns(made) == rows
    assert set(GridDuty.objects.values_list("pk", flat=True)) == keys


def test_past_begun_and_hand_set_turns_stay(made):
    d.table(made, weeks=6)
    before = turns(made)
    third_week = GridDuty.objects.order_by("from_date")[3]
    duty.set_turn(
        duty_id=third_week.pk,
        deputy_id=made.deputies[2].deputy_id,
        by=made.small.clerk,
        at=f.MONDAY,
    )
    later = f.MONDAY + timedelta(days=9)  # the second week has begun
    d.table(made, since=date(2026, 11, 11), weeks=8, at=later)
    after = turns(made)
    assert after[:2] == before[:2]
    assert after[3] == (made.deputies[2].deputy_id, *before[3][1:3], True)
    days = [(row[1], row[2]) for row in after]
    assert all(b[0] - a[1] == DAY for a, b in pairwise(days))
    counts = Counter(row[0] for row in after)
    assert max(counts.values()) - min(counts.values()) <= 1


def test_a_turn_set_by_hand_can_be_let_go(made):
    d.table(made)
    row = GridDuty.objects.order_by("from_date")[1]
    before = row.deputy_id
    other = next(one.deputy_id for one in made.deputies if one.deputy_id != before)
    duty.set_turn(duty_id=row.pk, deputy_id=other, by=made.small.clerk, at=f.MONDAY)
    duty.release_turn(duty_id=row.pk, by=made.small.clerk, at=f.MONDAY)
    d.table(made)
    row.refresh_from_db()
    assert (row.deputy_id, row.is_by_hand) == (before, False)


def test_a_turn_that_has_begun_is_cut_when_it_changes_hands(made):
    d.table(made)
    row = GridDuty.objects.order_by("from_date")[0]
    wednesday = f.MONDAY + timedelta(days=2)
    new = duty.set_turn(
        duty_id=row.pk, deputy_id=made.deputies[1].deputy_id, by=made.small.clerk, at=wednesday
    )
    row.refresh_from_db()
    assert (row.until_date, new.from_date) == (date(2026, 11, 3), date(2026, 11, 4))
    assert duty_of([made.grid.pk], date(2026, 11, 3)) == {made.grid.pk: made.deputies[0].deputy_id}
    assert duty_of([made.grid.pk], date(2026, 11, 4)) == {made.grid.pk: made.deputies[1].deputy_id}
    with pytest.raises(duty.TurnIsOver):
        duty.release_turn(duty_id=row.pk, by=made.small.clerk, at=wednesday)


def test_only_a_bound_deputy_takes_a_turn_and_only_the_desk_gives_it(made):
    d.table(made)
    row = GridDuty.objects.order_by("from_date")[1]
    stranger = d.station(made, "外人")
    with pytest.raises(duty.NotBound):
        duty.set_turn(
            duty_id=row.pk, deputy_id=stranger.deputy_id, by=made.small.clerk, at=f.MONDAY
        )
    for by in (made.worker, made.small.other_clerk, made.small.deputy, made.small.supervisor):
        with pytest.raises(NotYourVenue):
            duty.set_turn(duty_id=row.pk, deputy_id=row.deputy_id, by=by, at=f.MONDAY)


def test_leave_and_a_lost_mandate_change_who_is_on_duty(made):
    d.table(made)
    first = made.deputies[0]
    Away.objects.create(
        deputy_id=first.deputy_id,
        kind="leave",
        from_date=date(2026, 11, 3),
        until_date=date(2026, 11, 3),
        division_code="530112",
    )
    assert made.grid.pk in duty_of([made.grid.pk], d.TODAY)
    assert duty_of([made.grid.pk], date(2026, 11, 3)) == {}
    mandate = made.small.deputy_row().mandates.get()
    suspend_mandate(mandate_id=mandate.pk, ground=SuspendGround.values[0], by=None, at=f.MONDAY)
    assert duty_of([made.grid.pk], d.TODAY) == {}
    glance = grids_today([made.grid], d.TODAY)[0]
    assert glance.on_duty is None
    assert glance.cannot.pk == first.deputy_id
    again = d.table(made, since=d.TODAY + DAY, at=f.MONDAY)
    assert first.deputy_id not in {row[0] for row in turns(made)[1:]}
    assert again.changed
    assert turns(made)[0][2] == d.TODAY


def test_a_period_of_the_past_or_too_long_is_refused(made):
    for since, weeks in ((d.TODAY - DAY, 1), (d.TODAY, 60), (d.TODAY, 0)):
        with pytest.raises(duty.PeriodRefused):
            d.table(made, since=since, weeks=weeks)


def test_the_table_costs_the_same_for_one_grid_and_for_thirty(made, django_assert_num_queries):
    d.table(made)
    grids_today([made.grid], d.TODAY)
    with django_assert_num_queries(3):
        grids_today([made.grid], d.TODAY)
    many = [made.grid, *(d.grid(n) for n in range(2, 31))]
    for one in many[1:]:
        d.bind(made.small, one, made.deputies[0])
        d.bind(made.small, one, made.deputies[1])
    d.table(made)
    with django_assert_num_queries(3):
        assert len(grids_today(many, d.TODAY)) == 30
    with django_assert_num_queries(1):
        assert len(table_of(many, Span(d.TODAY, d.TODAY + 27 * DAY), d.TODAY)) == 4
    with django_assert_num_queries(1):
        assert len(duty_of([one.pk for one in many], d.TODAY)) == 30

"""Rules that repeat: taken apart, put together, said, and what days off do to their dates."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianxin.places.queries import WorkCalendar
from lianxin.reception.enums import HolidayRule
from lianxin.reception.models import Pattern
from lianxin.reception.rules.planning import DaysOff, plan
from lianxin.reception.rules.recurrence import (
    LAST,
    Repetition,
    announce_on,
    dates_of,
    moved,
    understood,
)
from lianxin.reception.rules.rule_words import hours_words, rule_words
from lianxin.venues.models import ClosedDay

CALENDAR = WorkCalendar.default()
YEAR = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}


def days(rule: str, *, start=date(2026, 1, 1), first=date(2026, 1, 1), last=date(2026, 12, 31)):
    return dates_of(rule, start=start, first=first, last=last)


def pattern(rule="FREQ=WEEKLY;BYDAY=WE", how=HolidayRule.LATER, **more) -> Pattern:
    terms = {"starts": time(9), "ends": time(11), "from_date": date(2026, 1, 1), **more}
    return Pattern(rule=rule, holiday_rule=how, **terms)


def planned(*patterns: Pattern, closed=(), year=2026):
    off = DaysOff(CALENDAR, tuple(closed))
    return plan(patterns, off, first=date(year, 1, 1), last=date(year, 12, 31))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=WEEKLY;BYDAY=WE", "每周三"),
        ("FREQ=WEEKLY;BYDAY=MO,WE", "每周一、周三"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "每2周的周五"),
        ("FREQ=WEEKLY;BYMONTH=3,4;BYDAY=FR", "3、4月每周五"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "每月15日"),
        ("FREQ=MONTHLY;BYMONTHDAY=9,19", "每月9日、19日"),
        ("FREQ=MONTHLY;BYMONTH=1,3,5,7,9,11;BYMONTHDAY=15", "单月15日"),
        ("FREQ=YEARLY;BYMONTH=1,3,5,7,9,11;BYMONTHDAY=15", "单月15日"),
        ("FREQ=MONTHLY;BYMONTH=2,4,6,8,10,12;BYDAY=2WE", "双月第二个周三"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "每月最后一个周五"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "每月最后一天"),
        ("FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1", "每月30日（小月为最后一天）"),
        ("FREQ=DAILY", "FREQ=DAILY"),
    ],
)
def test_a_rule_is_said_as_people_say_it(rule, words):
    assert rule_words(rule) == words


def test_hours_are_said_without_leading_zeros():
    assert hours_words(time(9), time(11, 30)) == "9:00—11:30"


repetitions = st.one_of(
    st.builds(
        Repetition,
        st.just("weekly"),
        weekdays=st.sets(st.integers(0, 6), min_size=1).map(lambda s: tuple(sorted(s))),
        interval=st.integers(1, 4),
        months=st.sets(st.integers(1, 12)).map(lambda s: tuple(sorted(s))),
    ),
    st.builds(
        Repetition,
        st.just("by_date"),
        month_days=st.one_of(
            st.sets(st.integers(1, 28), min_size=1, max_size=4).map(lambda s: tuple(sorted(s))),
            st.sampled_from([(29,), (30,), (31,), (LAST,)]),
        ),
        months=st.sets(st.integers(1, 12)).map(lambda s: tuple(sorted(s))),
    ),
    st.builds(
        Repetition,
        st.just("by_weekday"),
        weekdays=st.sets(st.integers(0, 6), min_size=1, max_size=2).map(lambda s: tuple(sorted(s))),
        nth=st.sampled_from([1, 2, 3, 4, LAST]),
        months=st.sets(st.integers(1, 12)).map(lambda s: tuple(sorted(s))),
    ),
)


@given(repetitions)
def test_a_rule_taken_apart_is_the_repetition_it_was_made_of(one):
    assert understood(one.rule) == one


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=DAILY",
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;BYDAY=WE;COUNT=3",
        "FREQ=WEEKLY;INTERVAL=0;BYDAY=WE",
        "FREQ=MONTHLY",
        "FREQ=MONTHLY;BYDAY=WE",
        "FREQ=MONTHLY;BYDAY=5WE",
        "FREQ=MONTHLY;BYDAY=1MO,2TU",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=9,30",
        "FREQ=MONTHLY;BYMONTH=13;BYMONTHDAY=1",
        "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1",
        "words",
    ],
)
def test_other_rules_are_not_understood(rule):
    assert understood(rule) is None


def test_the_31st_is_the_last_day_of_shorter_months():
    rule = Repetition("by_date", month_days=(31,)).rule
    assert [one.day for one in days(rule)] == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    leap = days(rule, start=date(2028, 1, 1), first=date(2028, 2, 1), last=date(2028, 2, 29))
    assert leap == [date(2028, 2, 29)]


def test_the_29th_of_february_falls_on_the_28th_but_in_leap_years():
    rule = Repetition("by_date", month_days=(29,), months=(2,)).rule
    found = days(rule, first=date(2026, 1, 1), last=date(2029, 12, 31))
    assert [str(one) for one in found] == ["2026-02-28", "2027-02-28", "2028-02-29", "2029-02-28"]


def test_every_second_week_is_counted_from_the_first_day_of_the_pattern():
    rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE"
    first = days(rule, start=date(2026, 1, 7), last=date(2026, 2, 10))
    assert [one.day for one in first] == [7, 21, 4]
    later = days(rule, start=date(2026, 1, 14), last=date(2026, 2, 12))
    assert [one.day for one in later] == [14, 28, 11]
    # The next year goes on in the same rhythm.
    assert (
        days(rule, start=first[0], first=date(2027, 1, 1), last=date(2027, 12, 31))[0] - first[0]
    ).days % 14 == 0


def test_national_day_moves_a_wednesday_and_make_up_days_are_worked():
    plan_ = planned(pattern())
    by_origin = {one.origin: one for one in plan_.wanted}
    national = by_origin[date(2026, 10, 7)]
    assert national.date == date(2026, 10, 8)
    assert national.note == "因国庆节顺延"
    assert by_origin[date(2026, 11, 11)].note == ""
    # Spring festival 2026: off from 15 to 23 February; 28 February is a make-up Saturday.
    assert by_origin[date(2026, 2, 18)].date == date(2026, 2, 24)
    saturdays = planned(pattern("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=28"))
    assert [one.date for one in saturdays.wanted] == [date(2026, 2, 28)]


def test_the_four_rules_for_a_day_off():
    first = "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=1"
    dates = {
        how: [one.date for one in planned(pattern(first, how)).wanted] for how in HolidayRule.values
    }
    assert dates == {
        "later": [date(2026, 10, 8)],
        "earlier": [date(2026, 9, 30)],
        "skip": [],
        "keep": [date(2026, 10, 1)],
    }
    left = planned(pattern(first, HolidayRule.SKIP)).left_out
    assert [(one.origin, one.why) for one in left] == [(date(2026, 10, 1), "国庆节")]
    assert planned(pattern(first, HolidayRule.EARLIER)).wanted[0].note == "因国庆节提前"


def test_a_closed_venue_receives_nobody_whatever_the_rule():
    closed = ClosedDay(from_date=date(2026, 11, 9), until_date=date(2026, 11, 12), reason="装修")
    later = {one.origin: one for one in planned(pattern(), closed=[closed]).wanted}
    assert later[date(2026, 11, 11)].date == date(2026, 11, 13)
    assert later[date(2026, 11, 11)].note == "因阵地闭馆（装修）顺延"
    kept = planned(pattern(how=HolidayRule.KEEP), closed=[closed])
    assert date(2026, 11, 11) in {one.origin for one in kept.left_out}


def test_saturdays_that_a_pattern_names_are_meant():
    """Every Saturday: held on Saturdays, but not on those of a public holiday."""
    wanted = {one.origin: one.date for one in planned(pattern("FREQ=WEEKLY;BYDAY=SA")).wanted}
    assert wanted[date(2026, 11, 7)] == date(2026, 11, 7)
    assert wanted[date(2026, 10, 3)] == date(2026, 10, 8)
    # The 15th names no weekday: a Sunday is a day off for it.
    fifteenth = {one.origin: one for one in planned(pattern("FREQ=MONTHLY;BYMONTHDAY=15")).wanted}
    assert fifteenth[date(2026, 11, 15)].date == date(2026, 11, 16)
    assert fifteenth[date(2026, 11, 15)].note == "因周末顺延"


def test_two_days_that_fall_together_are_one():
    plan_ = planned(pattern("FREQ=WEEKLY;BYDAY=WE,TH"))
    national = [one for one in plan_.wanted if one.date == date(2026, 10, 8)]
    assert [one.origin for one in national] == [date(2026, 10, 8)]
    left = {one.origin: one.instead for one in plan_.left_out}
    assert left[date(2026, 10, 7)] == date(2026, 10, 8)


def test_a_year_nobody_announced_is_planned_by_weekends():
    wanted = {one.origin: one for one in planned(pattern(), year=2027).wanted}
    assert wanted[date(2027, 10, 6)].date == date(2027, 10, 6)
    assert CALENDAR.assumed(date(2027, 10, 6))
    monthly = planned(pattern("FREQ=MONTHLY;BYMONTHDAY=15"), year=2027)
    assert all(one.date.weekday() < 5 for one in monthly.wanted)


def test_nothing_falls_outside_the_time_of_a_pattern():
    bounded = pattern(from_date=date(2026, 3, 4), until_date=date(2026, 3, 18))
    assert [one.origin.day for one in planned(bounded).wanted] == [4, 11, 18]
    assert planned(bounded, year=2027).wanted == ()


def test_a_day_off_without_end_leaves_the_day_out():
    assert moved(date(2026, 1, 7), HolidayRule.LATER, is_off=lambda day: True) is None


@pytest.mark.parametrize(
    ("day", "ahead", "notice"),
    [
        (date(2026, 11, 11), 3, date(2026, 11, 6)),  # Sunday 8 is off: on the Friday before
        (date(2026, 11, 12), 3, date(2026, 11, 9)),
        (date(2026, 10, 8), 3, date(2026, 9, 30)),  # before the seven days of National Day
        (date(2026, 11, 11), 10, date(2026, 10, 30)),
    ],
)
def test_a_notice_goes_out_on_a_working_day_early_enough(day, ahead, notice):
    assert announce_on(day, ahead, CALENDAR.is_working_day) == notice


@settings(max_examples=150, deadline=None)
@given(
    one=repetitions,
    how=st.sampled_from(HolidayRule.values),
    year=st.sampled_from([2024, 2025, 2026, 2027]),
    begins=st.integers(0, 400),
    shut=st.one_of(st.none(), st.tuples(st.integers(0, 360), st.integers(0, 20))),
)
def test_no_day_falls_on_a_day_off_unless_it_is_kept(one, how, year, begins, shut):
    closed = []
    if shut:
        start = date(year, 1, 1) + timedelta(days=shut[0])
        end = start + timedelta(days=shut[1])
        closed = [ClosedDay(from_date=start, until_date=end, reason="x")]
    begin = date(year - 1, 12, 1) + timedelta(days=begins)
    row = pattern(one.rule, how, from_date=begin)
    result = planned(row, closed=closed, year=year)
    named = set() if one.kind == "by_date" else set(one.weekdays)
    for day in result.wanted:
        is_shut = any(c.from_date <= day.date <= c.until_date for c in closed)
        assert not is_shut
        means_weekend = (
            day.date.weekday() >= 5
            and day.date.weekday() in named
            and not CALENDAR.day_name(day.date)
        )
        assert CALENDAR.is_working_day(day.date) or how == HolidayRule.KEEP or means_weekend
    assert len({day.starts_at for day in result.wanted}) == len(result.wanted)
    origins = [day.origin for day in result.wanted] + [day.origin for day in result.left_out]
    expected = dates_of(one.rule, start=begin, first=date(year, 1, 1), last=date(year, 12, 31))
    assert sorted(origins) == expected
    assert result == planned(row, closed=closed, year=year)

"""Working time: the rules by example, and what must hold for every moment."""

from datetime import UTC, date, datetime, time, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.kernel.clock import LOCAL
from lianxin.places.queries import WorkCalendar, add_months
from lianxin.places.queries.day_table import DayTable, NamedDay, packaged_days, packaged_years

CALENDAR = WorkCalendar.default()
SUMMER = ((time(8, 30), time(12)), (time(14, 30), time(18)))
SWITCHING = WorkCalendar(CALENDAR.days, ((date(2026, 5, 11), SUMMER),))

moments = st.datetimes(
    datetime(2004, 1, 1),  # noqa: DTZ001  (hypothesis wants naive bounds)
    datetime(2027, 12, 31),  # noqa: DTZ001
).map(lambda at: at.replace(tzinfo=LOCAL))
days = st.dates(date(2004, 1, 1), date(2027, 12, 31))
calendars = st.sampled_from((CALENDAR, SWITCHING))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


# --- days ----------------------------------------------------------------------------------


def test_every_day_of_the_package():
    day, last = date(2004, 1, 1), date(2026, 12, 31)
    while day <= last:
        assert CALENDAR.is_working_day(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


def test_make_up_days_of_national_day_2026():
    assert CALENDAR.is_working_day(date(2026, 9, 20))  # a Sunday
    assert CALENDAR.is_working_day(date(2026, 10, 10))  # a Saturday
    assert not CALENDAR.is_working_day(date(2026, 10, 5))  # a Monday
    assert CALENDAR.day_name(date(2026, 10, 10)) == "国庆节"
    assert CALENDAR.day_name(date(2026, 11, 23)) == ""


def test_a_year_nobody_knows_is_marked():
    assert CALENDAR.assumed(date(2027, 1, 1))
    assert CALENDAR.assumed(date(2026, 1, 1), at("2027-01-01T00:00"))
    assert not CALENDAR.assumed(date(2026, 12, 31))
    assert CALENDAR.is_working_day(date(2027, 1, 1))  # a Friday, for the time being


def test_the_last_second_of_a_year_in_utc_is_next_year_here():
    assert CALENDAR.assumed(datetime(2026, 12, 31, 16, tzinfo=UTC))
    assert not CALENDAR.assumed(datetime(2026, 12, 31, 15, 59, tzinfo=UTC))


@given(days, st.integers(1, 60))
def test_nth_after_and_before_are_inverse(day, n):
    after = CALENDAR.working_day(day, n)
    assert CALENDAR.is_working_day(after)
    assert after > day
    assert CALENDAR.working_days_between(day, after) == n
    before = CALENDAR.working_day(after, -n)
    assert before <= day
    assert CALENDAR.working_days_between(before, after) == n


def test_the_zeroth_working_day_is_none():
    with pytest.raises(ValueError, match="0th"):
        CALENDAR.working_day(date(2026, 11, 23), 0)


@given(days, days, days)
def test_days_between_add_up_and_have_a_sign(a, b, c):
    between = CALENDAR.working_days_between
    assert between(a, b) + between(b, c) == between(a, c)
    assert between(a, b) == -between(b, a)


@given(days, st.integers(0, 40))
def test_days_between_is_what_one_counts(a, length):
    b = a + timedelta(days=length)
    counted = sum(CALENDAR.is_working_day(a + timedelta(days=n + 1)) for n in range(length))
    assert CALENDAR.working_days_between(a, b) == counted


def test_a_long_closure_is_jumped_over():
    closed = {date(2026, 1, 1) + timedelta(days=n): NamedDay(False, "停") for n in range(364)}
    table = DayTable.build({**packaged_days(), **closed}, packaged_years())
    assert table.nth(date(2026, 1, 1), 1) == date(2026, 12, 31)


# --- clocks in working days ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2026-11-23T09:30", 2, "2026-11-25T17:00"),  # the day of the start does not count
        ("2026-11-23T00:00", 2, "2026-11-25T17:00"),
        ("2026-11-23T23:59", 2, "2026-11-25T17:00"),  # after closing is still that day
        ("2026-11-21T10:00", 2, "2026-11-25T17:00"),  # Saturday counts as Monday's opening
        ("2026-11-20T10:00", 1, "2026-11-23T17:00"),  # Friday
        ("2026-11-23T10:00", 0, "2026-11-23T17:00"),
        ("2026-11-22T10:00", 0, "2026-11-23T17:00"),
        ("2026-09-30T15:00", 2, "2026-10-09T17:00"),  # National Day lies between
        ("2026-10-09T15:00", 1, "2026-10-10T17:00"),  # a make-up Saturday counts
        ("2026-10-10T15:00", 1, "2026-10-12T17:00"),  # and starts a clock as itself
        ("2026-12-31T15:00", 1, "2027-01-01T17:00"),  # assumed
    ],
)
def test_working_days(start, n, due):
    assert CALENDAR.add_working_days(at(start), n) == at(due)


def test_the_start_is_read_in_shanghai():
    late = datetime(2026, 11, 22, 17, tzinfo=UTC)  # 1:00 on Monday in Shanghai
    assert CALENDAR.add_working_days(late, 1) == at("2026-11-24T17:00")
    assert CALENDAR.add_working_days(late, 1).tzinfo is LOCAL


def test_summer_hours_switch_in_mid_clock():
    start = at("2026-05-08T10:00")  # the last Friday of winter hours; Saturday is a make-up day
    assert SWITCHING.add_working_days(start, 1) == at("2026-05-09T17:00")
    assert SWITCHING.add_working_days(start, 2) == at("2026-05-11T18:00")
    # 6 h on the 8th, 7 h on the 9th, the rest after 8:30 on the 11th
    assert SWITCHING.add_working_hours(start, 14) == at("2026-05-11T09:30")


def test_no_clock_runs_backwards():
    with pytest.raises(ValueError, match="backwards"):
        CALENDAR.add_working_days(at("2026-11-23T10:00"), -1)
    with pytest.raises(ValueError, match="backwards"):
        CALENDAR.add_working_hours(at("2026-11-23T10:00"), -0.5)


def test_a_moment_without_time_zone_is_refused():
    naive = datetime(2026, 11, 23, 10)  # noqa: DTZ001
    for ask in (
        lambda: CALENDAR.add_working_days(naive, 1),
        lambda: CALENDAR.is_service_time(naive),
        lambda: CALENDAR.working_days_between(naive, naive),
    ):
        with pytest.raises(ValueError, match="time zone"):
            ask()


@given(calendars, moments, moments, st.integers(0, 30))
def test_an_earlier_start_is_never_due_later(calendar, a, b, n):
    a, b = sorted((a, b))
    assert calendar.add_working_days(a, n) <= calendar.add_working_days(b, n)


@given(calendars, moments, st.integers(0, 30))
def test_more_days_are_due_later(calendar, start, n):
    assert calendar.add_working_days(start, n) < calendar.add_working_days(start, n + 1)


@given(moments, st.integers(0, 30))
def test_days_and_their_count_are_inverse(start, n):
    if CALENDAR.is_working_day(start.date()):
        assert CALENDAR.working_days_between(start, CALENDAR.add_working_days(start, n)) == n


# --- clocks in working hours -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-23T10:00", 2, "2026-11-23T12:00"),  # ends at noon, not at one
        ("2026-11-23T10:00", 2.5, "2026-11-23T13:30"),
        ("2026-11-23T16:00", 2, "2026-11-24T10:00"),
        ("2026-11-23T20:00", 1, "2026-11-24T10:00"),
        ("2026-11-21T11:00", 7, "2026-11-23T17:00"),
        ("2026-11-23T12:30", 0, "2026-11-23T13:00"),
        ("2026-11-23T17:00", 0, "2026-11-23T17:00"),
        ("2026-09-30T16:00", 2, "2026-10-08T10:00"),
    ],
)
def test_working_hours(start, hours, due):
    assert CALENDAR.add_working_hours(at(start), hours) == at(due)


spans = st.timedeltas(timedelta(0), timedelta(hours=120))


@given(calendars, moments, spans)
def test_hours_and_elapsed_are_inverse(calendar, start, span):
    assert calendar.elapsed_working(start, calendar.add_working_hours(start, span)) == span


@given(calendars, moments, moments, spans)
def test_hours_keep_the_order_of_starts(calendar, a, b, span):
    a, b = sorted((a, b))
    assert calendar.add_working_hours(a, span) <= calendar.add_working_hours(b, span)


@given(
    calendars,
    moments,
    st.timedeltas(timedelta(0), timedelta(days=40)),
    st.timedeltas(timedelta(0), timedelta(days=40)),
)
def test_elapsed_adds_up_and_has_a_sign(calendar, a, first, second):
    b, c = a + first, a + first + second
    elapsed = calendar.elapsed_working
    assert elapsed(a, b) + elapsed(b, c) == elapsed(a, c)
    assert elapsed(a, b) == -elapsed(b, a)
    assert timedelta(0) <= elapsed(a, b) <= first


def test_share_of_a_clock():
    start, due = at("2026-11-23T09:00"), at("2026-11-27T17:00")  # 35 hours
    assert CALENDAR.at_share(start, due, 0.8) == at("2026-11-26T17:00")
    assert CALENDAR.at_share(start, due, 1) == due
    weekend = (at("2026-11-21T10:00"), at("2026-11-22T10:00"))
    assert CALENDAR.at_share(*weekend, 0.8) == weekend[1]


# --- months -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 3, 31), 0, date(2026, 3, 31)),
    ],
)
def test_months_are_calendar_months(day, n, expected):
    assert add_months(day, n) == expected


@given(days, st.integers(0, 24))
def test_months_keep_day_or_take_the_last(day, n):
    then = add_months(day, n)
    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == n
    assert then.day == day.day or (then + timedelta(days=1)).day == 1
    assert add_months(day, n) <= add_months(day + timedelta(days=1), n)


def test_a_clock_of_months_ends_at_closing_even_on_a_day_off():
    assert CALENDAR.due_in_months(at("2026-07-04T10:00"), 3) == at("2026-10-04T17:00")
    assert CALENDAR.due_in_months(at("2026-11-30T23:00"), 3) == at("2027-02-28T17:00")


# --- service time -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "serving", "following"),
    [
        ("2026-11-23T09:00", True, "2026-11-23T09:00"),
        ("2026-11-23T08:59", False, "2026-11-23T09:00"),
        ("2026-11-23T12:00", False, "2026-11-23T13:00"),
        ("2026-11-23T17:00", False, "2026-11-24T09:00"),
        ("2026-11-21T10:00", False, "2026-11-23T09:00"),
        ("2026-10-10T10:00", True, "2026-10-10T10:00"),
        ("2026-09-30T18:00", False, "2026-10-08T09:00"),
    ],
)
def test_service_time(moment, serving, following):
    assert CALENDAR.is_service_time(at(moment)) is serving
    assert CALENDAR.next_service_moment(at(moment)) == at(following)


@given(calendars, moments)
def test_the_next_service_moment_is_in_service(calendar, moment):
    then = calendar.next_service_moment(moment)
    assert then >= moment
    assert calendar.is_service_time(then)
    assert calendar.elapsed_working(moment, then) == timedelta(0)


# --- pauses -----------------------------------------------------------------------------------

DUE = "2026-11-27T17:00"


def test_paused_days_move_the_due_moment():
    due = at(DUE)
    pause = (at("2026-11-23T15:00"), at("2026-11-25T10:00"))
    assert CALENDAR.shift_days(due, [pause]) == at("2026-12-01T17:00")
    assert CALENDAR.shift_days(due, []) == due
    within_a_day = (at("2026-11-23T09:00"), at("2026-11-23T16:00"))
    assert CALENDAR.shift_days(due, [within_a_day]) == due
    too_late = (at("2026-11-28T09:00"), at("2026-12-05T16:00"))
    assert CALENDAR.shift_days(due, [too_late]) == due


def test_overlapping_pauses_count_once():
    due = at(DUE)
    whole = (at("2026-11-23T10:00"), at("2026-11-26T10:00"))
    parts = [
        (at("2026-11-23T10:00"), at("2026-11-25T10:00")),
        (at("2026-11-24T10:00"), at("2026-11-26T10:00")),
    ]
    assert CALENDAR.shift_days(due, parts) == CALENDAR.shift_days(due, [whole])
    assert CALENDAR.shift_hours(due, parts) == CALENDAR.shift_hours(due, [whole])
    assert CALENDAR.shift_months(due, parts) == at("2026-11-30T17:00")


def test_a_pause_cannot_end_before_it_starts():
    with pytest.raises(ValueError, match="ends before"):
        CALENDAR.shift_days(at(DUE), [(at("2026-11-25T10:00"), at("2026-11-24T10:00"))])


@given(
    calendars,
    moments,
    st.integers(1, 20),
    st.floats(0, 1),
    st.timedeltas(timedelta(0), timedelta(days=30)),
)
def test_days_left_after_a_pause_are_those_before(calendar, start, n, share, length):
    due = calendar.add_working_days(start, n)
    paused = start + (due - start) * share
    resumed = paused + length
    if paused >= due:
        return
    shifted = calendar.shift_days(due, [(paused, resumed)])
    left = calendar.working_days_between
    assert left(resumed, shifted) == left(paused, due)
    assert shifted >= due


@given(
    calendars, moments, spans, st.floats(0, 0.99), st.timedeltas(timedelta(0), timedelta(days=30))
)
def test_hours_left_after_a_pause_are_those_before(calendar, start, span, share, length):
    due = calendar.add_working_hours(start, span)
    paused = start + (due - start) * share
    if paused >= due:
        return
    resumed = paused + length
    shifted = calendar.shift_hours(due, [(paused, resumed)])
    assert calendar.elapsed_working(resumed, shifted) == calendar.elapsed_working(paused, due)


# --- words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2026-11-25T10:00", "还剩 2 个工作日"),
        ("2026-11-27T10:00", "今天到期"),
        ("2026-11-27T18:00", "今天到期，已超时"),
        ("2026-11-28T10:00", "刚超期"),
        ("2026-11-30T10:00", "超 1 个工作日"),
    ],
)
def test_what_a_page_says(now, words):
    left = CALENDAR.left(at(now), at(DUE))
    assert str(left) == words
    assert left.overdue is (at(now) > at(DUE))
    assert not left.assumed

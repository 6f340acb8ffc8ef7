from datetime import date, datetime, time

import pytest

from lianxin.kernel.clock import LOCAL
from lianxin.places import queries
from lianxin.places.enums import DaySource, YearSource
from lianxin.places.models import CalendarDay, ServiceHours

pytestmark = pytest.mark.django_db


def day(code, on, is_working, source=DaySource.DECIDED):
    return CalendarDay.objects.create(
        division_code=code, date=on, is_working=is_working, name="节", source=source
    )


def hours(code, since, *times):
    names = ("morning_open", "morning_close", "afternoon_open", "afternoon_close")
    return ServiceHours.objects.create(
        division_code=code,
        from_date=since,
        **dict(zip(names, map(time.fromisoformat, times), strict=True)),
    )


SUMMER = ("08:30", "12:00", "14:30", "18:00")
WINTER = ("08:30", "12:00", "14:00", "17:30")


@pytest.mark.parametrize("count", [1, 30])
def test_two_queries_whatever_is_in_there_and_one_until_it_changes(
    count, django_assert_num_queries
):
    for n in range(count):
        day("", date(2026, 3, n + 1), False)
        hours("5301", date(2026, 3, n + 1), *SUMMER)
    for number in (3, 1):  # the stamps; and at first the rows
        with django_assert_num_queries(number):
            known = queries.calendars()
            for code in ("53", "5301", "530112005001"):
                known.of(code).is_working_day(date(2026, 3, 2))


def test_a_place_has_its_own_holiday_and_wins():
    festival = date(2026, 4, 14)  # a Tuesday
    day("5328", festival, False)
    day("532801", festival, True)
    known = queries.calendars()
    assert known.of("5301").is_working_day(festival)
    assert not known.of("5328").is_working_day(festival)
    assert not known.of("532802").is_working_day(festival)
    assert known.of("532801401").is_working_day(festival)
    assert known.of("5328").day_name(festival) == "节"


def test_a_row_wins_over_the_package():
    day("", date(2026, 10, 10), False)
    assert not queries.work_calendar("53").is_working_day(date(2026, 10, 10))


def test_an_announced_year_is_no_longer_assumed():
    assert queries.year_source(2027) == YearSource.ASSUMED
    assert queries.work_calendar().assumed(date(2027, 5, 1))
    day("", date(2027, 5, 3), False)
    assert queries.work_calendar().assumed(date(2027, 5, 1))  # one local decision is no notice
    day("", date(2027, 5, 4), False, DaySource.ANNOUNCED)
    assert not queries.work_calendar("5301").assumed(date(2027, 5, 1))
    assert queries.year_source(2027) == YearSource.ANNOUNCED
    assert queries.year_source(2026) == YearSource.PACKAGE


def test_hours_by_date_and_place():
    hours("", date(2026, 5, 1), *SUMMER)
    hours("", date(2026, 10, 1), *WINTER)
    hours("5301", date(2026, 6, 1), "09:00", "12:00", "13:30", "17:00")
    known = queries.calendars()
    closes = {
        ("5309", date(2026, 4, 30)): time(17),
        ("5309", date(2026, 5, 6)): time(18),
        ("5309", date(2026, 10, 8)): time(17, 30),
        ("5301", date(2026, 5, 6)): time(18),
        ("530112", date(2026, 6, 1)): time(17),
        ("530112", date(2026, 10, 8)): time(17),  # its own row still holds
    }
    for (code, on), expected in closes.items():
        assert known.of(code).closing(on).timetz() == expected.replace(tzinfo=LOCAL)
    start = datetime(2026, 4, 29, 10, tzinfo=LOCAL)
    due = known.of("5309").add_working_days(start, 2)
    assert due == datetime(2026, 5, 6, 18, tzinfo=LOCAL)


def test_places_with_the_same_rows_share_a_calendar():
    day("5328", date(2026, 4, 14), False)
    known = queries.calendars()
    assert known.of("530112") is known.of("5309")
    assert known.of("5328") is not known.of("5309")

from datetime import date

import pytest

from lianxin.places.rules import YearUnlikely, check_year, notice_line, parse_notice


def test_lines_of_a_notice():
    days = parse_notice(
        """
        # 国务院办公厅通知
        2027-10-01 ~ 2027-10-03 休 国庆节
        2027-10-09, 班, 国庆节
        2027-1-1 off New Year's Day
        """
    )
    assert days == {
        date(2027, 10, 1): (False, "国庆节"),
        date(2027, 10, 2): (False, "国庆节"),
        date(2027, 10, 3): (False, "国庆节"),
        date(2027, 10, 9): (True, "国庆节"),
        date(2027, 1, 1): (False, "New Year's Day"),
    }
    again = [notice_line(d, is_working=w, name=n) for d, (w, n) in days.items()]
    assert parse_notice("\n".join(again)) == days


@pytest.mark.parametrize(
    "line",
    [
        "2027-10-01 国庆节",
        "2027-02-30 休 春节",
        "2027-10-07~2027-10-01 休 国庆节",
        "2027-10-01~2028-10-01 休 国庆节",
        "2027-10-01 休",
        "2027-10-01 休 国庆节\n2027-10-01 班 国庆节",
    ],
)
def test_what_cannot_be_read(line):
    with pytest.raises(YearUnlikely):
        parse_notice(line)


def test_a_year_is_whole_and_its_own():
    whole = {date(2027, 10, n): (False, "节") for n in range(1, 12)}
    check_year(year=2027, days=whole)
    with pytest.raises(YearUnlikely):
        check_year(year=2028, days=whole)
    del whole[date(2027, 10, 1)]
    with pytest.raises(YearUnlikely):
        check_year(year=2027, days=whole)

from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from lianxin.places import queries
from lianxin.places.models import CalendarDay, Division

pytestmark = pytest.mark.django_db


def run(*words, **more):
    out = StringIO()
    call_command(*words, stdout=out, stderr=StringIO(), **more)
    return out.getvalue()


def test_the_whole_list_of_yunnan_twice():
    said = run("load_divisions")
    assert said == "16495 divisions: 16495 added, 0 renamed, 0 moved, 0 retired, 0 restored.\n"
    assert Counter(Division.objects.values_list("level", flat=True)) == {
        "province": 1,
        "prefecture": 16,
        "county": 129,
        "township": 1461,
        "village": 14888,
    }
    assert Division.objects.filter(is_street=True).count() == 223
    assert " 0 added" in run("load_divisions")
    assert [row.code for row in queries.resolve("建水县临安镇")] == ["532524101"]
    assert [row.code for row in queries.resolve("临翔区玉龙社区")] == ["530902002005"]
    assert queries.search("老姆登")[0].path.startswith("云南省 › 怒江傈僳族自治州 › 福贡县")


def test_a_broken_list_is_told(tmp_path):
    wrong = tmp_path / "x.csv"
    wrong.write_text("a,b\n1,2\n")
    with pytest.raises(CommandError, match="cannot be read"):
        run("load_divisions", file=wrong)
    wrong.write_text("code,name,parent_code\n5301,昆明市,53\n")
    with pytest.raises(CommandError, match="53"):
        run("load_divisions", file=wrong)


def test_a_year_of_the_package():
    assert run("load_calendar", year=2026).startswith("2026: ")
    before = CalendarDay.objects.count()
    run("load_calendar", year=2026)
    assert CalendarDay.objects.count() == before > 30


def test_a_later_year_needs_its_notice(tmp_path):
    with pytest.raises(CommandError, match="2027"):
        run("load_calendar", year=2027)
    notice = tmp_path / "2027.txt"
    notice.write_text("2027-10-01~2027-10-11 休 国庆节\n", encoding="utf-8")
    assert run("load_calendar", year=2027, file=notice) == "2027: 11 announced days.\n"
    assert not queries.work_calendar().assumed(notice_day := queries.day_rows(2027)[0].date)
    assert notice_day.month == 10

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.template import Context, Template
from django.utils import translation

from lianxin.web import dates

# 16:52 of 22 November 2026 (a Sunday) in Shanghai
NOW = datetime(2026, 11, 22, 8, 52, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize(
    ("name", "chinese", "english"),
    [
        ("cn_date", "2026年11月22日 星期日", "Sunday 22 November 2026"),
        ("cn_datetime", "2026年11月22日 星期日 16:52", "Sunday 22 November 2026 16:52"),
        ("cn_day", "11月22日 周日", "Sun 22 Nov"),
        ("cn_short", "11月22日 周日 16:52", "Sun 22 Nov 16:52"),
    ],
)
def test_forms_in_both_languages(name, chinese, english):
    assert getattr(dates, name)(NOW) == chinese
    with translation.override("en"):
        assert getattr(dates, name)(NOW) == english


def test_another_year_is_said():
    assert dates.cn_short(datetime(2025, 3, 1, 1, 5, tzinfo=UTC)) == "2025年3月1日 09:05"
    assert dates.cn_day(date(2027, 1, 4)) == "2027年1月4日"


def test_the_day_is_the_one_of_shanghai():
    late = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # 01:00 of the 23rd
    assert dates.cn_date(late) == "2026年11月23日 星期一"


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(seconds=-20), "刚刚"),
        (timedelta(minutes=-5), "5 分钟前"),
        (timedelta(hours=-3), "今天 13:52"),
        (timedelta(hours=2), "今天 18:52"),
        (timedelta(days=-1), "昨天 16:52"),
        (timedelta(hours=8), "明天 00:52"),
        (timedelta(days=-6), "11月16日 周一 16:52"),
        (timedelta(days=-400), "2025年10月18日 16:52"),
    ],
)
def test_near(away, words):
    assert dates.near(NOW + away) == words


def test_near_of_a_plain_day():
    assert dates.near(date(2026, 11, 23)) == "明天"
    assert dates.near(date(2026, 11, 26)) == "11月26日 周四"


@pytest.mark.parametrize(
    ("days", "words", "english", "tone"),
    [
        (2, "还剩 2 个工作日", "2 working days left", "warn"),
        (3, "还剩 3 个工作日", "3 working days left", "neutral"),
        (1, "还剩 1 个工作日", "1 working day left", "warn"),
        (0, "今天到期", "due today", "warn"),
        (-1, "超 1 个工作日", "1 working day over", "bad"),
    ],
)
def test_due(days, words, english, tone):
    assert dates.due_words(days) == words
    assert dates.due_tone(days) == tone
    with translation.override("en"):
        assert dates.due_words(days) == english


def test_filters_say_nothing_of_nothing():
    page = Template("{% load lx %}[{{ x|cn_date }}{{ x|near }}{{ x|due_words }}]")
    assert page.render(Context({"x": None})) == "[]"

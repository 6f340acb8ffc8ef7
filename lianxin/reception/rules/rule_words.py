"""A pattern in everyday words: every Wednesday 9:00—11:00, odd months on the 15th. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianxin.kernel.clock import local
from lianxin.reception.rules.recurrence import LAST, SAFE_DAY, Repetition, understood
from lianxin.web.dates import short_weekday

_SOME_MONDAY = date(2024, 1, 1)
ODD, EVEN = (1, 3, 5, 7, 9, 11), (2, 4, 6, 8, 10, 12)


def weekday_word(number: int) -> str:
    """The short name of a weekday, 0 Monday … 6 Sunday."""
    return short_weekday(_SOME_MONDAY + timedelta(days=number))


def hours_words(starts: time | datetime, ends: time | datetime) -> str:
    """9:00—11:00, a moment by the clocks in Shanghai."""
    return f"{_clock(starts)}—{_clock(ends)}"


def _clock(at: time | datetime) -> str:
    here = local(at) if isinstance(at, datetime) else at
    return f"{here.hour}:{here.minute:02}"


def rule_words(rule: str) -> str:
    """The rule in words; the rule itself where it was not made by the form."""
    one = understood(rule)
    if one is None:
        return rule
    if one.kind == "weekly":
        return _weekly(one)
    form = pgettext("days of reception in a month", "{months}: {days}")
    return form.format(months=_months(one.months), days=_days(one))


def _weekly(one: Repetition) -> str:
    days = listed(weekday_word(day) for day in one.weekdays)
    if one.interval > 1:
        words = _("every %(n)s weeks on %(days)s") % {"n": one.interval, "days": days}
    else:
        words = _("every %(days)s") % {"days": days}
    if not one.months:
        return words
    form = pgettext("weekdays of reception in some months", "{months}: {days}")
    return form.format(months=_months(one.months), days=words)


def _days(one: Repetition) -> str:
    if one.kind == "by_weekday":
        names = listed(weekday_word(day) for day in one.weekdays)
        return _nth(one.nth) % {"days": names}
    words = listed(_date(day) for day in one.month_days)
    if one.month_days[0] > SAFE_DAY:
        words += _(" (the last day of shorter months)")
    return words


def _nth(nth: int) -> str:
    return {
        1: _("the first %(days)s"),
        2: _("the second %(days)s"),
        3: _("the third %(days)s"),
        4: _("the fourth %(days)s"),
        LAST: _("the last %(days)s"),
    }[nth]


def _date(day: int) -> str:
    if day == LAST:
        return _("the last day")
    return pgettext("a day of the month", "day {n}").format(n=day)


def _months(months: tuple[int, ...]) -> str:
    said = tuple(sorted(months))
    if not said or len(said) == 12:
        return _("every month")
    if said == ODD:
        return _("odd months")
    if said == EVEN:
        return _("even months")
    return pgettext("chosen months", "months {list}").format(list=listed(map(str, said)))


def listed(words: Iterable[str]) -> str:
    """Words one after the other: Wed, Fri."""
    return pgettext("between the words of a list", ", ").join(words)

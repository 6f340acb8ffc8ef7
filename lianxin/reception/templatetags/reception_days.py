"""Words of reception days in templates."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.utils.dates import MONTHS
from django.utils.translation import pgettext

from lianxin.reception.rules.rule_words import hours_words
from lianxin.web.dates import short_weekday

register = template.Library()


@register.filter
def hours(starts: datetime, ends: datetime) -> str:
    """9:00—11:00: {{ sitting.starts_at|hours:sitting.ends_at }}"""
    return hours_words(starts, ends)


@register.filter
def month_title(first: date) -> str:
    """2026年11月 · November 2026"""
    form = pgettext("a month as a heading", "{month} {year}")
    return form.format(month=MONTHS[first.month], number=first.month, year=first.year)


@register.filter
def month_day(day: date) -> str:
    """11月4日 周三 · Wed 4 November: a day in a table of one year."""
    form = pgettext("a day in the table of a year", "{weekday} {day} {month}")
    words = {"month": MONTHS[day.month], "number": day.month, "day": day.day}
    return form.format(weekday=short_weekday(day), **words)

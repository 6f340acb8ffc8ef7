"""The yearly notice of holidays as lines of text, the way an operator types it."""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from lianxin.places.rules.permissions import YearUnlikely

DAY = r"\d{4}-\d{1,2}-\d{1,2}"
LINE = re.compile(
    rf"^(?P<first>{DAY})(?:\s*(?:~|～|至|\.\.)\s*(?P<last>{DAY}))?"
    r"[\s,，]+(?P<kind>休|班|off|work)[\s,，]+(?P<name>.+)$"
)
OFF = ("休", "off")
LONGEST_HOLIDAY = 31


def parse_notice(text: str) -> dict[date, tuple[bool, str]]:
    """Lines such as 「2027-02-05~2027-02-11 休 春节」 or 「2027-02-14 班 春节」, day by day.

    Returns {day: (is it worked, name)}. Empty lines and lines with # in front are left out.
    Raises YearUnlikely with the line that cannot be read, or a day said twice.
    """
    days: dict[date, tuple[bool, str]] = {}
    for line in (raw.strip() for raw in text.splitlines()):
        if not line or line.startswith("#"):
            continue
        match = LINE.match(line)
        if not match:
            raise YearUnlikely(_("This line cannot be read: %(line)s") % {"line": line})
        for day in _span(line, match["first"], match["last"]):
            if day in days:
                raise YearUnlikely(_("%(day)s is named twice.") % {"day": day})
            days[day] = (match["kind"] not in OFF, match["name"].strip())
    return days


def notice_line(day: date, *, is_working: bool, name: str) -> str:
    """One day as `parse_notice` reads it."""
    return f"{day} {'班' if is_working else '休'} {name}"


def _span(line: str, first: str, last: str | None) -> list[date]:
    try:
        start = _date(first)
        length = (_date(last) - start).days + 1 if last else 1
    except ValueError:
        raise YearUnlikely(_("This line has no such day: %(line)s") % {"line": line}) from None
    if not 1 <= length <= LONGEST_HOLIDAY:
        raise YearUnlikely(_("This line ends before it starts: %(line)s") % {"line": line})
    return [start + timedelta(days=n) for n in range(length)]


def _date(text: str) -> date:
    year, month, day = (int(part) for part in text.split("-"))
    return date(year, month, day)

"""Times in words, always in Asia/Shanghai: Chinese form first, English through gettext."""

from datetime import date, datetime, timedelta

from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS
from django.utils.translation import gettext, ngettext, pgettext

from lianxin.kernel import clock

Moment = date | datetime


def local(moment: Moment) -> Moment:
    """A datetime on the clock of Asia/Shanghai; a plain date stays as it is."""
    return clock.local(moment) if isinstance(moment, datetime) else moment


def _short_weekday(number: int) -> str:
    return (
        pgettext("weekday", "Mon"),
        pgettext("weekday", "Tue"),
        pgettext("weekday", "Wed"),
        pgettext("weekday", "Thu"),
        pgettext("weekday", "Fri"),
        pgettext("weekday", "Sat"),
        pgettext("weekday", "Sun"),
    )[number]


def short_weekday(moment: Moment) -> str:
    """周四 · Thu"""
    return _short_weekday(local(moment).weekday())


def month_name(moment: Moment) -> str:
    """11月 · Nov"""
    return pgettext("month on a calendar leaf", "{month_short}").format(**_words(moment))


def _words(moment: Moment) -> dict[str, object]:
    here = local(moment)
    return {
        "year": here.year,
        "number": here.month,
        "month": MONTHS[here.month],
        "month_short": str(MONTHS_3[here.month]).capitalize(),
        "day": here.day,
        "weekday": WEEKDAYS[here.weekday()],
        "weekday_short": _short_weekday(here.weekday()),
        "time": f"{here:%H:%M}" if isinstance(here, datetime) else "",
    }


def cn_date(moment: Moment) -> str:
    """2026年11月22日 星期日 · Sunday 22 November 2026"""
    form = pgettext("long date", "{weekday} {day} {month} {year}")
    return form.format(**_words(moment))


def cn_day(moment: Moment) -> str:
    """11月22日 周日 · Sun 22 Nov; with the year where it is not this one."""
    if local(moment).year != _today().year:
        return pgettext("short date", "{day} {month_short} {year}").format(**_words(moment))
    return pgettext("day", "{weekday_short} {day} {month_short}").format(**_words(moment))


def cn_datetime(moment: datetime) -> str:
    """2026年11月22日 星期日 16:52"""
    return f"{cn_date(moment)} {_words(moment)['time']}".rstrip()


def cn_short(moment: Moment) -> str:
    """11月16日 周一 16:52; with the year where it is not this one."""
    return f"{cn_day(moment)} {_words(moment)['time']}".rstrip()


def near(moment: Moment, now: datetime | None = None) -> str:
    """刚刚, 5 分钟前, 今天 17:00, 昨天 17:10, 明天 9:00; farther away as `cn_short`."""
    now = now or clock.now()
    today = clock.local_date(now)
    if isinstance(moment, datetime):
        ago = now - moment
        if timedelta(0) <= ago < timedelta(minutes=1):
            return gettext("just now")
        if timedelta(0) <= ago < timedelta(hours=1):
            minutes = int(ago.total_seconds() // 60)
            return ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes}
        here = clock.local(moment)
        time, day = f" {here:%H:%M}", here.date()
    else:
        time, day = "", moment
    distance = (day - today).days
    names = {-1: gettext("yesterday"), 0: gettext("today"), 1: gettext("tomorrow")}
    if distance in names:
        return names[distance] + time
    return cn_short(moment)


def due_words(days: int) -> str:
    """From working days left: 还剩 2 个工作日, 今天到期, 超 1 个工作日."""
    if days > 0:
        return ngettext("%(n)s working day left", "%(n)s working days left", days) % {"n": days}
    if days == 0:
        return gettext("due today")
    over = -days
    return ngettext("%(n)s working day over", "%(n)s working days over", over) % {"n": over}


def due_tone(days: int) -> str:
    """bad when over, warn on the last two working days, neutral before."""
    return "bad" if days < 0 else "warn" if days <= 2 else "neutral"


def _today() -> date:
    return clock.local_date(clock.now())

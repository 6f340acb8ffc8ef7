"""What may become of a reception day or a pattern: checks with their sentences."""

from __future__ import annotations

from datetime import datetime, time

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lianxin.kernel.moves import possible
from lianxin.reception.enums import DAY_MOVES
from lianxin.reception.models import ReceptionDay
from lianxin.reception.rules.permissions import ReceptionRefused
from lianxin.reception.rules.recurrence import understood


class DayBegun(ReceptionRefused):
    message = _("This reception day has begun, is over or was cancelled.")
    code = "day_begun"
    status = 409


class TimeTaken(ReceptionRefused):
    message = _("The venue receives at this time already. Please choose another time.")
    code = "time_taken"
    status = 409


class TimePassed(ReceptionRefused):
    message = _("This time has passed already. Please choose a later one.")
    code = "time_passed"


class HoursWrong(ReceptionRefused):
    message = _("The end must come after the beginning.")
    code = "hours_wrong"


class NoRoomForVisitors(ReceptionRefused):
    message = _("The hours are shorter than the minutes for one visitor.")
    code = "no_room"


class ReasonMissing(ReceptionRefused):
    message = _("Please say why: residents and deputies read it.")
    code = "reason_missing"


class RuleUnknown(ReceptionRefused):
    message = _("This repetition is not understood.")
    code = "rule_unknown"


class BookedBeyond(ReceptionRefused):
    code = "booked_beyond"
    status = 409

    def __init__(self, number: int) -> None:
        words = ngettext_lazy(
            "%(n)s visitor has booked a time after this end. Please keep the hours as long.",
            "%(n)s visitors have booked times after this end. Please keep the hours as long.",
            number,
        )
        super().__init__(words % {"n": number})


def may_change(day: ReceptionDay) -> bool:
    """Whether the day is still to come: what cannot be cancelled cannot be moved either."""
    return possible(DAY_MOVES, day.state, "cancel")


def check_may_change(day: ReceptionDay) -> None:
    if not may_change(day):
        raise DayBegun


def check_hours(starts: time, ends: time, *, minutes: int) -> None:
    """`minutes` for one visitor; at least one must fit in."""
    if starts >= ends:
        raise HoursWrong
    if (ends.hour - starts.hour) * 60 + ends.minute - starts.minute < minutes:
        raise NoRoomForVisitors


def check_to_come(starts_at: datetime, at: datetime) -> None:
    if starts_at <= at:
        raise TimePassed


def check_reason(words: str) -> None:
    if not words.strip():
        raise ReasonMissing


def check_rule(rule: str) -> None:
    if understood(rule) is None:
        raise RuleUnknown

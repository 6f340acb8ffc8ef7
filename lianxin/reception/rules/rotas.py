"""When a rota may be kept and published, and what the wishes of a venue may be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from lianxin.reception.enums import DayState
from lianxin.reception.models import ReceptionDay
from lianxin.reception.rules.permissions import ReceptionRefused


class NothingToPlan(ReceptionRefused):
    message = _("There are no reception days to come in this year.")
    hint = _("Plan the reception days first.")
    code = "nothing_to_plan"


class NobodyStationed(ReceptionRefused):
    message = _("No deputy is stationed in this venue.")
    code = "nobody_stationed"


class RotaStale(ReceptionRefused):
    message = _("Days or seats have changed since this draft was made.")
    hint = _("Make a new draft: it takes the changes in.")
    code = "rota_stale"
    status = 409


class WishesAtOdds(ReceptionRefused):
    message = _("“At least” cannot be more than “at most”.")
    code = "wishes_at_odds"


class NotStationedHere(ReceptionRefused):
    message = _("This deputy is not stationed in this venue.")
    code = "not_stationed_here"


class DayIsOver(ReceptionRefused):
    message = _("The deputies of this day can no longer be changed.")
    code = "day_is_over"


class SameTwice(ReceptionRefused):
    message = _("One deputy cannot hold two seats of a day.")
    code = "same_twice"


def check_can_plan(days: int, members: int) -> None:
    if not days:
        raise NothingToPlan
    if not members:
        raise NobodyStationed


def check_is_current(drafted: str, now: str) -> None:
    if drafted != now:
        raise RotaStale


def check_wishes(least: int | None, most: int | None) -> None:
    if least is not None and most is not None and least > most:
        raise WishesAtOdds


def may_seat(day: ReceptionDay, on: date) -> bool:
    """Whether the deputies of the day can still be changed by hand; `on` is today."""
    return day.state in (DayState.PLANNED, DayState.ANNOUNCED) and day.date >= on


def check_may_seat(day: ReceptionDay, on: date) -> None:
    if not may_seat(day, on):
        raise DayIsOver


def check_each_once(deputies: Sequence[object]) -> None:
    if len(set(deputies)) < len(deputies):
        raise SameTwice

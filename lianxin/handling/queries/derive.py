"""A matter derived afresh from its events, with the rules and the calendar of its division."""

from __future__ import annotations

from datetime import datetime

from lianxin.handling.models import ClockRule, Matter
from lianxin.handling.rules.clocks import Due, RuleBook
from lianxin.handling.rules.fold import MatterView, fold
from lianxin.kernel.reference import remembered
from lianxin.places.queries import Calendars, ancestors, calendars


class Deriver:
    """Derives many matters: rules and calendars are read once."""

    def __init__(self) -> None:
        self.rules = list(ClockRule.objects.all())
        self.calendars: Calendars = calendars()

    def view(self, matter: Matter) -> MatterView:
        """One query: the events of the matter."""
        return fold(
            matter.events.order_by("number"),
            RuleBook(self.rules, division_code=matter.division_code, kind=matter.kind),
            self.calendars.of(matter.division_code),
        )


def derive(matter: Matter) -> MatterView:
    """One query, the events; rules and calendar are remembered."""
    return fold(
        matter.events.order_by("number"),
        rule_book(matter.division_code, matter.kind),
        calendars().of(matter.division_code),
    )


@remembered(ClockRule)
def rule_book(division_code: str, kind: str, *, purpose: str = "") -> RuleBook:
    """The rules for a division and kind of matter, all or those of one purpose; remembered."""
    rows = ClockRule.objects.filter(
        division_code__in=["", *ancestors(division_code)], matter_kind__in=["", kind]
    ).order_by()
    if purpose:
        rows = rows.filter(purpose=purpose)
    return RuleBook(rows, division_code=division_code, kind=kind)


def due(
    *, purpose: str, urgency: str, start: datetime, division_code: str, kind: str
) -> Due | None:
    """A clock that belongs to no matter yet."""
    rules = rule_book(division_code, kind, purpose=purpose)
    return rules.due(purpose, urgency, start, calendars().of(division_code))


def end(
    *, purpose: str, urgency: str, start: datetime, division_code: str, kind: str
) -> datetime | None:
    """When such a clock runs out; nobody is reminded before (the screening of a case, say)."""
    rules = rule_book(division_code, kind, purpose=purpose)
    return rules.end(purpose, urgency, start, calendars().of(division_code))

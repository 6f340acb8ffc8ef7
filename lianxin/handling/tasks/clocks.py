"""Jobs of the clocks, and what changes them from outside: one call each, repeatable."""

from __future__ import annotations

from datetime import datetime

from lianxin.handling.events import ClockRulesChanged
from lianxin.handling.services import sweep
from lianxin.places.events import CalendarChanged


def sweep_clocks(at: datetime) -> None:
    """Every minute: remind, mark overdue, raise, close what the asker left unjudged for long."""
    sweep.sweep(at=at)


def settle_after_rules(event: ClockRulesChanged) -> None:
    sweep.resettle(division_code=event.division_code)


def settle_after_calendar(event: CalendarChanged) -> None:
    sweep.resettle(division_code=event.division_code)


def check_derivation(at: datetime) -> None:
    """Nightly: what is stored must equal what the events say; a difference is an error to see."""
    found = sweep.recheck()
    if found:
        raise RuntimeError(f"{len(found)} matters differ from their events, first {found[0]}")

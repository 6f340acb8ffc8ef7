"""Messages and jobs into the engine: one call each, repeatable."""

from __future__ import annotations

from lianxin.handling.events import ClockRulesChanged
from lianxin.handling.services import sweep
from lianxin.kernel import clock
from lianxin.places.events import CalendarChanged


def sweep_clocks() -> None:
    """Every minute: remind, mark overdue, close what the asker left unjudged for long."""
    sweep.sweep(at=clock.now())


def settle_after_rules(event: ClockRulesChanged) -> None:
    sweep.resettle(division_code=event.division_code)


def settle_after_calendar(event: CalendarChanged) -> None:
    sweep.resettle(division_code=event.division_code)


def check_derivation() -> None:
    """Nightly: what is stored must equal what the events say; a difference is an error to see."""
    found = sweep.recheck()
    if found:
        raise RuntimeError(f"{len(found)} matters differ from their events, first {found[0]}")

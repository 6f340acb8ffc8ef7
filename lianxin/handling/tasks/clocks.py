"""Jobs of the clocks, and what changes them from outside: one call each, repeatable."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lianxin.congress.events import MandateEnded, MandateSuspended
from lianxin.congress.queries import deputy_in_force
from lianxin.handling.events import ClockRulesChanged
from lianxin.handling.queries.matters import inbox_of_deputy
from lianxin.handling.services import dispatches, sweep
from lianxin.kernel import clock
from lianxin.places.events import CalendarChanged


def sweep_clocks(at: datetime) -> None:
    """Every minute: remind, mark overdue, raise, close what the asker left unjudged for long."""
    sweep.sweep(at=at)


def release_after_end(event: MandateEnded) -> None:
    """A deputy without any seat left keeps nothing: it goes back to the desks that own it."""
    if event.last:
        _release(event.deputy_id)


def release_after_suspension(event: MandateSuspended) -> None:
    """While no other seat is in force, what the deputy had goes back to the desks."""
    if not deputy_in_force(event.deputy_id):
        _release(event.deputy_id)


def _release(deputy_id: UUID) -> None:
    for pk in inbox_of_deputy(deputy_id).values_list("pk", flat=True):
        dispatches.release(dispatch_id=pk, at=clock.now())


def settle_after_rules(event: ClockRulesChanged) -> None:
    sweep.resettle(division_code=event.division_code)


def settle_after_calendar(event: CalendarChanged) -> None:
    sweep.resettle(division_code=event.division_code)


def check_derivation(at: datetime) -> None:
    """Nightly: what is stored must equal what the events say; a difference is an error to see."""
    found = sweep.recheck()
    if found:
        raise RuntimeError(f"{len(found)} matters differ from their events, first {found[0]}")

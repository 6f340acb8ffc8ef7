"""Messages and jobs into the engine: the clocks, and who is told what."""

from lianxin.handling.tasks.clocks import (
    check_derivation,
    release_after_end,
    release_after_suspension,
    settle_after_calendar,
    settle_after_rules,
    sweep_clocks,
)
from lianxin.handling.tasks.notices import (
    dispatch_is_told,
    matter_is_told,
    tell_delivered,
    tell_dispatch,
    tell_matter,
)

__all__ = [
    "check_derivation",
    "dispatch_is_told",
    "matter_is_told",
    "release_after_end",
    "release_after_suspension",
    "settle_after_calendar",
    "settle_after_rules",
    "sweep_clocks",
    "tell_delivered",
    "tell_dispatch",
    "tell_matter",
]

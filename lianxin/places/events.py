"""What places announces."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CalendarChanged:
    """Days or hours of a place changed: due moments after `since` (ISO date) must be derived anew.

    An empty `division_code` means every place.
    """

    division_code: str
    since: str

"""What is in force on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from lianxin.kernel import clock


def today() -> date:
    """The day it is at the venues."""
    return clock.local_date(clock.now())


def in_force(on: date, prefix: str = "") -> Q:
    """Rows whose `from_date`..`until_date` (both inclusive, open end allowed) hold the day."""
    return Q(**{f"{prefix}from_date__lte": on}) & (
        Q(**{f"{prefix}until_date__isnull": True}) | Q(**{f"{prefix}until_date__gte": on})
    )

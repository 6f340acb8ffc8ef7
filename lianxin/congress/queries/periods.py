"""What is in force on a day, and what lies in any of several places."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Q

from lianxin.kernel import clock
from lianxin.places.queries import within_q


def today() -> date:
    """The day it is at the venues."""
    return clock.local_date(clock.now())


def in_force(on: date, prefix: str = "") -> Q:
    """Rows whose `from_date`..`until_date` (both inclusive, open end allowed) hold the day."""
    return Q(**{f"{prefix}from_date__lte": on}) & (
        Q(**{f"{prefix}until_date__isnull": True}) | Q(**{f"{prefix}until_date__gte": on})
    )


def within_any(codes: Collection[str], field: str = "division_code") -> Q:
    """Rows of these divisions and all below; of none when there are no codes."""
    if "" in codes:
        return Q()
    return reduce(or_, (within_q(code, field) for code in sorted(codes)), Q(pk__in=[]))

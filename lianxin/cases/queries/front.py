"""The figures of the home page: cheap reads with their basis said, never a count over all matters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from django.db.models import Sum

from lianxin.cases.models import CaseCounter, Publication
from lianxin.cases.queries.cases import published
from lianxin.handling.enums import Satisfaction
from lianxin.handling.models import Verdict
from lianxin.kernel.clock import local
from lianxin.kernel.together import together

#: Results and verdicts that the figures are drawn from: the latest ones.
LATEST_RESULTS = 50
LATEST_VERDICTS = 200
#: Below so many a share says nothing.
LEAST = 5


@dataclass(frozen=True, slots=True)
class Front:
    """`reported` counts numbers given out this year, from one row per county."""

    year: int
    reported: int
    results: list[Publication]
    days: int | None
    days_basis: int
    satisfied: int | None
    satisfied_basis: int


def front(*, at: datetime) -> Front:
    """Counters, latest results, latest verdicts: each bounded, in one query."""
    year = local(at).year
    counters = CaseCounter.objects.filter(year=year).values("year").annotate(n=Sum("last"))
    # Keys rise with time, so that the latest verdicts need no index of their own.
    verdicts = Verdict.objects.order_by("-id").values_list("result", flat=True)
    given_out, rows, judged = together(
        counters.order_by().values_list("n", flat=True),
        published().order_by("-published_at", "-id")[:LATEST_RESULTS],
        verdicts[:LATEST_VERDICTS],
    )
    reported = sum(given_out)
    taken = [row.days_taken for row in rows if row.days_taken is not None]
    good = sum(result != Satisfaction.DISSATISFIED for result in judged)
    return Front(
        year=year,
        reported=reported,
        results=rows[:6],
        days=round(median(taken)) if len(taken) >= LEAST else None,
        days_basis=len(taken),
        satisfied=round(100 * good / len(judged)) if len(judged) >= LEAST else None,
        satisfied_basis=len(judged),
    )

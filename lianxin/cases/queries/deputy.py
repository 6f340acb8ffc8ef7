"""A deputy's day: what to answer, what is followed, what came to an end. Never a handling unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.cases.queries.unit import Line, lines, with_case
from lianxin.congress.models import Organ
from lianxin.congress.queries import units_for
from lianxin.handling.enums import DispatchKind, DispatchState
from lianxin.handling.models import Dispatch
from lianxin.handling.queries.matters import followed_by_deputy, inbox_of_deputy
from lianxin.kernel.clock import local
from lianxin.kernel.paging import Page, keyset
from lianxin.venues.models import Venue
from lianxin.venues.queries import venues_of_deputy
from lianxin.venues.queries.timetable import Sitting, sittings
from lianxin.web.dates import cn_day, near

#: A day's list is short; what does not fit is one tap away.
MOST_TODAY = 20

LISTS: dict[str, Any] = {
    "answer": gettext_lazy("To answer"),
    "follow": gettext_lazy("Followed"),
    "done": gettext_lazy("Done"),
}


@dataclass(frozen=True, slots=True)
class Day:
    """`more`: something to answer did not fit on the page."""

    answer: list[Line]
    follow: list[Line]
    venues: list[Venue]
    sittings: list[Sitting]
    more: bool

    @property
    def number(self) -> int:
        """What asks for an act: to answer, and what is followed and late."""
        return len(self.answer) + sum(1 for line in self.follow if is_late(line))


def is_late(line: Line) -> bool:
    return line.due is not None and line.due.left.overdue


def to_answer(deputy_id: UUID) -> QuerySet[Dispatch]:
    return with_case(inbox_of_deputy(deputy_id))


def followed(deputy_id: UUID) -> QuerySet[Dispatch]:
    return with_case(followed_by_deputy(deputy_id))


def day_of(deputy_id: UUID, *, on: date, at: datetime) -> Day:
    """The day's list. A fixed number of queries, whatever the number of rows."""
    waiting = list(to_answer(deputy_id).order_by("due_at", "id")[: MOST_TODAY + 1])
    pressed = list(followed(deputy_id).order_by("due_at", "id")[:MOST_TODAY])
    both = lines([*waiting[:MOST_TODAY], *pressed], at=at)
    cut = len(waiting[:MOST_TODAY])
    return Day(
        answer=both[:cut],
        follow=both[cut:],
        venues=list(venues_of_deputy(deputy_id, on=on)[:5]),
        sittings=sittings(deputy_id=deputy_id, since=at, most=3),
        more=len(waiting) > MOST_TODAY,
    )


def listed(deputy_id: UUID, where: str) -> QuerySet[Dispatch]:
    """One list of a deputy; unknown names give what is to be answered."""
    if where == "follow":
        return followed(deputy_id)
    if where == "done":
        mine = Q(to_deputy_id=deputy_id) | Q(from_deputy_id=deputy_id)
        ended = (DispatchState.ACCEPTED, DispatchState.RETURNED, DispatchState.WITHDRAWN)
        rows = Dispatch.objects.filter(mine, state__in=ended).select_related(
            "matter__owner", "to_organ", "from_organ", "to_deputy__person",
            "from_deputy__person", "extension",
        )  # fmt: skip
        return with_case(rows)
    return to_answer(deputy_id)


def page_of(
    rows: QuerySet[Dispatch], where: str, *, after: str | None, at: datetime, size: int = 20
) -> tuple[Page[Dispatch], list[Line]]:
    order = ("-sent_at", "-id") if where == "done" else ("due_at", "id")
    page = keyset(rows, order=order, after=after, size=size)
    return page, lines(page.items, at=at)


def answer_by(line: Line, at: datetime) -> str:
    """今天 17:00 前回应 — near deadlines by the clock, far ones by the day, late ones by how much."""
    if line.due is None:
        return ""
    if line.due.left.overdue:
        return line.due.words
    days = (local(line.due.at).date() - local(at).date()).days
    when = near(line.due.at, at) if days <= 1 else cn_day(line.due.at)
    return _("answer before %(when)s") % {"when": when}


def came_by(line: Line) -> str:
    """How it came to the deputy, or to whom the deputy passed it."""
    row = line.dispatch
    if row.from_deputy_id:
        return _("passed on to %(unit)s") % {"unit": row.to_organ.label if row.to_organ else ""}
    if row.kind == DispatchKind.TRIAGE:
        return _("shared out to you")
    return ""


def units(division_code: str, text: str, *, most: int = 20) -> list[Organ]:
    """Units to which a matter of this place can be passed on, the nearest first."""
    return list(units_for(division_code, search=text)[:most])


def unit_named(division_code: str, organ_id: str) -> list[Organ]:
    """The one unit of this id among those possible here: for a form sent after another search."""
    plain = organ_id.replace("-", "")
    if len(plain) != 32 or not all(c in "0123456789abcdef" for c in plain):
        return []
    return list(units_for(division_code).filter(pk=organ_id))

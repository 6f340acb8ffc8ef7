"""The lists of a venue's desk: what it owes today, and every other pile, nearest deadline first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import DESK_CHANNELS
from lianxin.cases.models import Case, Category
from lianxin.cases.queries.cases import WHERE, Filters, listed, narrowed
from lianxin.congress.models import Actor
from lianxin.handling.enums import (
    RUNNING,
    CommitmentState,
    DispatchKind,
    DispatchState,
    ExtensionState,
    MatterState,
    Satisfaction,
)
from lianxin.handling.models import AnswerClass, Commitment, Dispatch, FollowUp, Verdict
from lianxin.kernel.clock import local_date
from lianxin.kernel.paging import Page, capped_counts, in_words, keyset
from lianxin.kernel.reference import remembered
from lianxin.people.models import SavedView
from lianxin.places.queries import Calendars, ancestors, calendars
from lianxin.venues.models import Venue

#: Counts beside the menu stop here: "99+" says enough, and costs no more than a hundred rows.
CAP = 99
PAGE = 30
#: Follow-ups are shown a week ahead, so that calls can be planned.
AHEAD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DeskList:
    """A pile of the desk: its name, what it says when empty, and its order."""

    where: str
    label: Promise | str
    empty: Promise | str
    order: tuple[str, ...] = ("due_at", "id")
    #: Whether a number beside the menu helps.
    counts: bool = True


LISTS: dict[str, DeskList] = {
    one.where: one
    for one in (
        DeskList("today", _("Today"), _("Nothing is owed today. Register whoever comes in.")),
        DeskList("new", _("To accept"), _("No new matter waits to be accepted.")),
        DeskList("asked_back", _("Waiting for the resident"), _("Nobody was asked for more.")),
        DeskList("undispatched", _("To hand on"), _("Everything accepted is in somebody's hands.")),
        DeskList("handled", _("Being handled"), _("Nothing is being handled at the moment.")),
        DeskList("late", _("Overdue"), _("Nothing is overdue.")),
        DeskList("soon", _("Due soon"), _("Nothing is due within two working days.")),
        DeskList("answers", _("Answers to judge"), _("No answer waits for you.")),
        DeskList("extensions", _("More time asked for"), _("Nobody asks for more time.")),
        DeskList("again", _("Again and second look"), _("Nobody was dissatisfied.")),
        DeskList("answered", _("Answered, not closed"), _("No answered matter waits to be closed.")),
        DeskList("follow_ups", _("To follow up"), _("No follow-up is due this week."), ("follow_on", "id")),
        DeskList("commitments", _("Promises to check"), _("No promise is open."), ("promise_on", "id")),
        DeskList("closed", _("Closed"), _("Nothing was closed yet."), ("-filed_at", "-id"), counts=False),
        DeskList("all", _("All matters"), _("No matter was filed yet."), ("-filed_at", "-id"), counts=False),
    )
}  # fmt: skip
#: The menu at the side, in this order; the others are reached by tiles and chips.
MENU = ("new", "undispatched", "handled", "soon", "answers", "extensions", "again", "answered", "follow_ups", "commitments", "closed")  # fmt: skip


def desks_of(actor: Actor) -> tuple[UUID, ...]:
    """The desks whose work the actor does."""
    return actor.organs_with("case.screen")


def venues_of(actor: Actor) -> list[Venue]:
    """The open venues at whose desks the actor may register; one query."""
    desks = actor.organs_with("case.register")
    return list(Venue.objects.filter(desk_id__in=desks, is_active=True).order_by("name"))


def desk_cases(actor: Actor) -> QuerySet[Case]:
    """The cases of the actor's desks: a part of `visible_to`, by one index."""
    return Case.objects.filter(desk_id__in=desks_of(actor))


def _dispatches(*conditions: Q, **more: object) -> QuerySet[Dispatch]:
    return Dispatch.objects.filter(*conditions, matter_id=OuterRef("matter_id"), **more)


def _answered() -> Q:
    return Q(state=DispatchState.ANSWERED) & ~Q(kind=DispatchKind.SUPERVISE)


def _asking() -> Q:
    return Q(extension__state=ExtensionState.ASKED, state__in=RUNNING)


def _to_judge() -> QuerySet[Dispatch]:
    return _dispatches(_answered())


def _wants_time() -> QuerySet[Dispatch]:
    return _dispatches(_asking())


def _follow_ups(before: datetime) -> QuerySet[FollowUp]:
    rows = FollowUp.objects.filter(_due(before), matter_id=OuterRef("matter_id"))
    return rows.order_by("due_on")


def _due(before: datetime) -> Q:
    return Q(done_at__isnull=True, due_on__lte=local_date(before + AHEAD))


_OPEN = Q(state=CommitmentState.OPEN)


def _promises() -> QuerySet[Commitment]:
    rows = Commitment.objects.filter(_OPEN, matter_id=OuterRef("matter_id"))
    return rows.order_by("until_date")


def _matters(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by().values("matter")


@dataclass(slots=True)
class Desk:
    """One look at the actor's desks at one moment; the calendar is read once (two queries)."""

    actor: Actor
    at: datetime
    days: Calendars
    horizon: datetime

    @staticmethod
    def of(actor: Actor, at: datetime) -> Desk:
        days = calendars()
        place = next((p.division_code for p in actor.posts if "case.screen" in p.abilities), "")
        return Desk(actor, at, days, days.of(place).add_working_days(at, 2))

    def rows(self, where: str) -> QuerySet[Case]:
        """The cases of one list, not yet ordered."""
        rows = desk_cases(self.actor)
        match where:
            case "today":
                return rows.filter(self._owed_today())
            case "late":
                return rows.filter(is_open=True, due_at__lt=self.at)
            case "soon":
                return rows.filter(is_open=True, due_at__gte=self.at, due_at__lt=self.horizon)
            case "answers":
                return rows.filter(matter__in=self._holding(_answered()), is_open=True)
            case "extensions":
                return rows.filter(matter__in=self._holding(_asking()), is_open=True)
            case "follow_ups":
                days = _follow_ups(self.at).values("due_on")[:1]
                due = FollowUp.objects.filter(_due(self.at), owner_id__in=desks_of(self.actor))
                return rows.filter(matter__in=_matters(due)).annotate(follow_on=Subquery(days))
            case "commitments":
                until = _promises().values("until_date")[:1]
                made = Commitment.objects.filter(_OPEN, owner_id__in=desks_of(self.actor))
                return rows.filter(matter__in=_matters(made)).annotate(promise_on=Subquery(until))
        return rows.filter(WHERE.get(where, WHERE["open"]))

    def _holding(self, dispatch: Q) -> QuerySet[Any]:
        """Open matters of the desks with such a dispatch: found from the few, not from the many."""
        found = Dispatch.objects.filter(
            dispatch, matter__owner_id__in=desks_of(self.actor), matter__state=MatterState.OPEN
        )
        return found.order_by().values("matter")

    def _owed_today(self) -> Q:
        """Open, and the desk has something to do about it: late, due, new, unheld or answered."""
        near = Q(due_at__lt=self.horizon)
        mine = WHERE["new"] | WHERE["undispatched"] | Exists(_to_judge()) | Exists(_wants_time())
        return Q(is_open=True) & (near | mine)

    def page(self, where: str, filters: Filters, *, after: str | None) -> Page[Case]:
        """One page with all that its rows show; the same number of queries at 1 and 30 rows."""
        rows = narrowed(self.rows(where), filters, at=self.at)
        rows = (
            listed(rows)
            .select_related("publication")
            .annotate(
                judge_id=Subquery(_to_judge().values("pk")[:1]),
                extension_id=Subquery(_wants_time().values("pk")[:1]),
                running_id=Subquery(_running().values("pk")[:1]),
                running_kind=Subquery(_running().values("kind")[:1]),
                follow_id=Subquery(_follow_ups(self.at).values("pk")[:1]),
                promise_id=Subquery(_promises().values("pk")[:1]),
                unhappy=Exists(_unhappy()),
            )
        )
        return keyset(rows, order=LISTS[where].order, after=after, size=PAGE)

    def counts(self, extra: Iterable[str] = ()) -> dict[str, str]:
        """For the menu: "12" or "99+", empty where there is nothing. One query for all lists."""
        wanted = ["today", *(one for one in MENU if LISTS[one].counts), *extra]
        found = capped_counts({where: self.rows(where) for where in wanted}, CAP)
        return {where: in_words(one) if one[0] else "" for where, one in found.items()}


def _running() -> QuerySet[Dispatch]:
    """What runs, the nearest deadline first."""
    return (
        _dispatches(state__in=RUNNING, owes_answer=True)
        .exclude(kind=DispatchKind.SUPERVISE)
        .order_by(F("due_at").asc(nulls_last=True), "id")
    )


def _unhappy() -> QuerySet[Verdict]:
    return Verdict.objects.filter(matter_id=OuterRef("matter_id"), result=Satisfaction.DISSATISFIED)


@remembered(Category)
def category_tree() -> tuple[Category, ...]:
    """Active categories, each with its parent at hand; remembered, not to be changed."""
    rows = Category.objects.filter(is_active=True).select_related("parent")
    return tuple(rows.order_by("sort", "code"))


def category_groups(rows: Iterable[Category]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The first level, each with itself and its children as (key, name)."""
    rows = list(rows)
    children: dict[UUID, list[tuple[str, str]]] = {}
    for row in rows:
        if row.parent_id:
            children.setdefault(row.parent_id, []).append((str(row.pk), str(row)))
    return [
        (str(top), [(str(top.pk), str(top)), *children.get(top.pk, [])])
        for top in rows
        if top.parent_id is None
    ]


def category_choices(rows: Iterable[Category]) -> list[tuple[str, object]]:
    """For a select: nothing chosen, then the groups."""
    return [("", _("not chosen yet")), *category_groups(rows)]


def saved_views(actor: Actor) -> list[SavedView]:
    """Every saved view of the desk's lists; one query."""
    return list(SavedView.objects.filter(person_id=actor.person_id, list_name__startswith="desk-"))


def answer_classes(division_code: str) -> list[AnswerClass]:
    """The classes of answer a place uses: its own rows, else those of everywhere. One query."""
    codes = ["", *ancestors(division_code)]
    rows = list(AnswerClass.objects.filter(division_code__in=codes, is_active=True))
    nearest = max((len(row.division_code) for row in rows), default=0)
    return [row for row in rows if len(row.division_code) == nearest]


def desk_channels() -> tuple[tuple[str, str], ...]:
    return tuple((one.value, str(one.label)) for one in DESK_CHANNELS)


def key_in(text: str) -> UUID | None:
    """The key in an address; nothing where somebody typed something else."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None

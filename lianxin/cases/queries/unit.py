"""What a handling unit has on its table: lists with clocks, and one dispatch with all it needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.cases.models import Case
from lianxin.congress.models import Actor
from lianxin.handling.enums import (
    AnswerState,
    DispatchKind,
    DispatchState,
    ExtensionState,
    Part,
    Urgency,
)
from lianxin.handling.models import Answer, Dispatch
from lianxin.handling.queries.matters import inbox_of_organs, settled_of_organs
from lianxin.kernel import search
from lianxin.kernel.clock import local_date, now
from lianxin.kernel.paging import Page, capped_count, capped_counts, in_words, keyset
from lianxin.places.queries import Calendars, TimeLeft, calendars, names_for
from lianxin.web.dates import cn_day, near

HEAVY = ("words", "search_text", "address", "position", "details")
#: Counts beside the filters stop here: the list itself is read, not counted.
MOST_COUNTED = 99

#: The lists of the inbox in the order of the chips, with the word on the chip.
LISTS: dict[str, Any] = {
    "open": gettext_lazy("All to do"),
    "late": gettext_lazy("Overdue"),
    "sign": gettext_lazy("To sign for"),
    "work": gettext_lazy("In work"),
    "back": gettext_lazy("Sent back"),
    "approve": gettext_lazy("Waiting for approval"),
    "given": gettext_lazy("Answered, not yet taken"),
    "done": gettext_lazy("Done"),
}
_TONES = {
    DispatchState.SENT: "warn",
    DispatchState.SIGNED: "info",
    DispatchState.SUBMITTED: "warn",
    DispatchState.ANSWERED: "info",
    DispatchState.ACCEPTED: "good",
}


@dataclass(frozen=True, slots=True)
class Due:
    """A due moment in words and a tone; `left` counts working days."""

    at: datetime
    left: TimeLeft

    @property
    def words(self) -> str:
        return str(self.left)

    @property
    def tone(self) -> str:
        return self.left.tone

    @property
    def day(self) -> str:
        """今天 17:00, 昨天 9:00; the day alone where it is farther away."""
        away = abs((local_date(self.at) - local_date(now())).days)
        return near(self.at) if away <= 1 else cn_day(self.at)


@dataclass(frozen=True, slots=True)
class Line:
    """One dispatch in a list, ready to be shown. Names and phones of residents are not in it."""

    dispatch: Dispatch
    case: Case
    place: str
    due: Due | None
    state: str
    tone: str
    is_sent_back: bool = False

    @property
    def sender(self) -> str:
        return sender_of(self.dispatch)

    @property
    def is_urgent(self) -> bool:
        return self.dispatch.matter.urgency == Urgency.URGENT

    @property
    def part(self) -> str:
        """Assisting and answering on one's own are said; the lead is the usual part."""
        if self.dispatch.kind == DispatchKind.SUPERVISE or self.dispatch.to_deputy_id:
            return ""
        if self.dispatch.part == Part.LEAD:
            return ""
        return str(Part(self.dispatch.part).label)

    @property
    def asks_time(self) -> bool:
        """More time was asked for and not yet decided."""
        return more_time(self.dispatch) == ExtensionState.ASKED

    @property
    def may_ask_time(self) -> bool:
        return self.dispatch.state == DispatchState.SIGNED and not more_time(self.dispatch)


def more_time(dispatch: Dispatch) -> str:
    """The state of the request for more time; empty without one. It was read by the list."""
    asked = getattr(dispatch, "extension", None)
    return asked.state if asked else ""


def sender_of(dispatch: Dispatch) -> str:
    """Who handed it over: a deputy is named as deputy, an organ by its short name."""
    if dispatch.from_deputy:
        return _("Deputy %(name)s") % {"name": dispatch.from_deputy.name}
    return dispatch.from_organ.label if dispatch.from_organ else ""


def state_of(dispatch: Dispatch, *, is_sent_back: bool) -> tuple[str, str]:
    """The word for the state of a dispatch, and its tone."""
    if is_sent_back and dispatch.state == DispatchState.SIGNED:
        return _("Sent back, to be done again"), "bad"
    words = {
        DispatchState.SENT: _("To sign for"),
        DispatchState.SIGNED: _("In work"),
        DispatchState.SUBMITTED: _("Waiting for approval"),
        DispatchState.ANSWERED: _("Answered, not yet taken"),
        DispatchState.ACCEPTED: _("Answer taken"),
        DispatchState.RETURNED: _("Returned"),
        DispatchState.WITHDRAWN: _("Called back"),
        DispatchState.SUPERSEDED: _("Passed on"),
    }
    state = DispatchState(dispatch.state)
    if dispatch.to_deputy_id and state in (DispatchState.SENT, DispatchState.SIGNED):
        return _("To answer"), "info"
    return words[state], _TONES.get(state, "neutral")


def with_case(rows: QuerySet[Dispatch]) -> QuerySet[Dispatch]:
    """Dispatches of residents' cases with what a list shows; whether an answer came back."""
    returned = Answer.objects.filter(dispatch=OuterRef("pk"), state=AnswerState.SENT_BACK)
    return (
        rows.filter(matter__case__isnull=False)
        .select_related("matter__case__grid")
        .defer(*(f"matter__case__{name}" for name in HEAVY))
        .annotate(is_sent_back=Exists(returned))
    )


def inbox(organ_ids: tuple[UUID, ...], where: str, *, at: datetime) -> QuerySet[Dispatch]:
    """One list of the inbox of these organs; unknown names give all that is to do."""
    if where == "done":
        done = settled_of_organs(organ_ids).exclude(state=DispatchState.ANSWERED)
        return with_case(done)
    if where == "given":
        return with_case(settled_of_organs(organ_ids).filter(state=DispatchState.ANSWERED))
    rows = with_case(inbox_of_organs(organ_ids))
    conditions = {
        "late": Q(due_at__lt=at),
        "sign": Q(state=DispatchState.SENT),
        "work": Q(state=DispatchState.SIGNED),
        "back": Q(state=DispatchState.SIGNED, is_sent_back=True),
        "approve": Q(state=DispatchState.SUBMITTED),
    }
    return rows.filter(conditions.get(where, Q()))


def narrowed(rows: QuerySet[Dispatch], text: str) -> QuerySet[Dispatch]:
    """Rows whose case holds the words searched for."""
    return search.matching(rows, text, field="matter__case__search_text")


def order_of(where: str) -> tuple[str, ...]:
    """Nearest deadline on top; what is done by its end, newest first."""
    return ("-sent_at", "-id") if where in ("done", "given") else ("due_at", "id")


def counts(organ_ids: tuple[UUID, ...], *, at: datetime) -> dict[str, str]:
    """How many are in each list that asks for an act, capped; as words for a chip. One query."""
    counted = ("open", "late", "sign", "work", "back", "approve", "given")
    return capped_of({where: inbox(organ_ids, where, at=at) for where in counted})


def capped(rows: QuerySet[Any], cap: int = MOST_COUNTED) -> str:
    """A count that never reads more than `cap` rows: "7", "99+"."""
    return in_words(capped_count(rows, cap))


def capped_of(lists: Mapping[str, QuerySet[Any]], cap: int = MOST_COUNTED) -> dict[str, str]:
    """`capped` of several lists in one query."""
    return {name: in_words(one) for name, one in capped_counts(lists, cap).items()}


def page_of(
    rows: QuerySet[Dispatch], where: str, *, after: str | None, at: datetime, size: int = 30
) -> tuple[Page[Dispatch], list[Line]]:
    """A page of the list, and its lines. Four queries: rows, two for calendars, names."""
    page = keyset(rows, order=order_of(where), after=after, size=size)
    return page, lines(page.items, at=at)


def lines(dispatches: Iterable[Dispatch], *, at: datetime) -> list[Line]:
    """Lines of dispatches read through `with_case`. Three queries, whatever the number of rows."""
    rows = list(dispatches)
    if not rows:
        return []
    days = calendars()
    names = names_for({row.matter.case.division_code for row in rows})
    return [_line(row, days, names, at) for row in rows]


def _line(row: Dispatch, days: Calendars, names: dict[str, Any], at: datetime) -> Line:
    case = row.matter.case
    name = names.get(case.division_code)
    returned = bool(getattr(row, "is_sent_back", False))
    state, tone = state_of(row, is_sent_back=returned)
    return Line(
        dispatch=row,
        case=case,
        place=case.grid.name if case.grid else (name.tail(1) if name else ""),
        due=due_of(row, days, at) if row.is_running else None,
        state=state,
        tone=tone,
        is_sent_back=returned,
    )


def due_of(row: Dispatch, days: Calendars, at: datetime) -> Due | None:
    """The time left of a dispatch in the working days of its place."""
    if row.due_at is None or row.matter.paused_at is not None:
        return None
    return Due(at=row.due_at, left=days.of(row.division_code).left(at, row.due_at))


def unit_organs(actor: Actor) -> tuple[UUID, ...]:
    """The handling units for which the actor signs."""
    return actor.organs_with("matter.sign")

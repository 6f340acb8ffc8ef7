"""What a congress office watches over: what is late, who holds it, how far it was pressed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.db.models.lookups import Exact
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.cases.enums import MATTER_KIND, CaseState
from lianxin.cases.models import Case
from lianxin.cases.queries.acts import href_of
from lianxin.cases.queries.unit import HEAVY, Due, capped
from lianxin.congress.models import Actor
from lianxin.congress.queries import within_any
from lianxin.handling.enums import (
    LIVE,
    RUNNING,
    UNSETTLED,
    DispatchKind,
    DispatchState,
    ExtensionState,
    MatterState,
    RoundKind,
    Step,
    SupervisionState,
    Urgency,
)
from lianxin.handling.models import Dispatch, Matter, Supervision
from lianxin.kernel import search
from lianxin.kernel.among import Among, Unindexed
from lianxin.kernel.paging import Page, keyset
from lianxin.places.queries import (
    Calendars,
    calendars,
    names_for,
    within,
    within_unindexed_q,
)

#: Codes of provinces and prefectures are so long.
WIDE = 4
#: Figures of the board stop here: "999+".
MOST_COUNTED = 999

LISTS: dict[str, Any] = {
    "late": gettext_lazy("Overdue"),
    "soon": gettext_lazy("Due within 48 hours"),
    "again": gettext_lazy("Dissatisfied, handled again"),
    "second": gettext_lazy("Second look"),
    "pressed": gettext_lazy("Under supervision"),
    "open": gettext_lazy("All that is open"),
}

#: What an office does next, by the step of the ladder reached so far.
NEXT_STEP: dict[str, tuple[str, Promise]] = {
    "": (Step.REMINDER, gettext_lazy("Remind")),
    Step.REMINDER: (Step.ORDER, gettext_lazy("Send an order")),
    Step.ORDER: (Step.INQUIRY, gettext_lazy("Inquire")),
    Step.INQUIRY: (Step.INSPECTION, gettext_lazy("Arrange an inspection")),
    Step.INSPECTION: (Step.SPECIAL_INQUIRY, gettext_lazy("Special inquiry")),
    Step.SPECIAL_INQUIRY: (Step.SPECIAL_INQUIRY, gettext_lazy("Inquire again")),
}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a list of the office is narrowed by; empty means all."""

    where: str = "late"
    text: str = ""
    division_code: str = ""
    unit_id: UUID | None = None
    step: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One matter on the board: who holds it, how far it is, what was done, what comes next."""

    matter: Matter
    case: Case
    place: str
    holder: str
    holder_note: str
    is_deputy: bool
    due: Due | None
    done: str
    next_words: str
    next_href: str
    leads: bool

    @property
    def is_urgent(self) -> bool:
        return self.matter.urgency == Urgency.URGENT


def scopes_of(actor: Actor) -> tuple[str, ...]:
    """The divisions over which the actor supervises; a whole country is ("",)."""
    return actor.scopes_with("matter.supervise")


def narrowed_scopes(scopes: tuple[str, ...], code: str) -> tuple[str, ...]:
    """The part of the scopes that lies in a division asked for; all of them without one."""
    if not code:
        return scopes
    return (code,) if any(within(code, scope) for scope in scopes) else ()


def _in_any(scopes: Collection[str]) -> Q:
    """`within_any` for lists in the order of what is owed first: of a province or a prefecture that
    is read from the index `handling_live_due`, of anything smaller from that of its place."""
    if "" in scopes:
        return Q()
    wide = [scope for scope in scopes if len(scope) <= WIDE]
    area = within_any([scope for scope in scopes if len(scope) > WIDE])
    for scope in wide:
        area |= within_unindexed_q(scope)
    return area


def matters(scopes: tuple[str, ...], by: Narrowing, *, at: datetime) -> QuerySet[Matter]:
    """Matters of residents' cases in the area, as narrowed; the caller orders and pages."""
    rows = Matter.objects.filter(
        _in_any(narrowed_scopes(scopes, by.division_code)), _where(by.where, at), kind=MATTER_KIND
    )
    if by.unit_id:
        rows = rows.filter(holder_organ_id=by.unit_id, holder_deputy__isnull=True)
    if by.step:
        rows = rows.filter(step=by.step)
    return search.matching(rows, by.text, field="case__search_text")


def is_live(prefix: str = "") -> Q:
    """Matters that somebody still waits for: see the index `handling_live_of`."""
    return Q(Among(f"{prefix}state", words=LIVE))


def _where(where: str, at: datetime) -> Q:
    live, is_open = is_live(), Q(Exact(Unindexed(F("state")), MatterState.OPEN))
    open_step = Supervision.objects.filter(matter=OuterRef("pk"), state=SupervisionState.OPEN)
    return {
        "late": live & Q(next_due_at__lt=at),
        "soon": live & Q(next_due_at__gte=at, next_due_at__lt=at + timedelta(hours=48)),
        "again": live & is_open & Q(round__gt=1),
        "second": live & is_open & Q(Among("round_kind", words=(RoundKind.SECOND_LOOK,))),
        "pressed": live & Q(Exists(open_step)),
    }.get(where, live)


def page_of(
    rows: QuerySet[Matter], actor: Actor, *, after: str | None, at: datetime, size: int = 30
) -> tuple[Page[Matter], list[Row]]:
    """A page, longest owed first, and its rows. Six queries, whatever the number of rows."""
    page = keyset(_listed(rows), order=("next_due_at", "id"), after=after, size=size)
    return page, rows_of(page.items, actor, at=at)


def _listed(rows: QuerySet[Matter]) -> QuerySet[Matter]:
    unsettled = Dispatch.objects.filter(state__in=UNSETTLED).select_related("extension")
    return (
        rows.select_related("owner", "holder_organ", "holder_deputy__person", "case__grid")
        .defer(*(f"case__{name}" for name in HEAVY))
        .prefetch_related(
            Prefetch("dispatches", unsettled.order_by("sent_at", "id"), to_attr="unsettled"),
            Prefetch(
                "supervisions",
                Supervision.objects.select_related("dispatch").order_by("opened_at", "id"),
                to_attr="ladder",
            ),
        )
    )


def rows_of(found: Iterable[Matter], actor: Actor, *, at: datetime) -> list[Row]:
    listed = list(found)
    if not listed:
        return []
    days, names = calendars(), names_for({m.case.division_code for m in listed})
    return [_row(one, days, names, at) for one in listed]


def _row(matter: Matter, days: Calendars, names: dict[str, Any], at: datetime) -> Row:
    case, name = matter.case, names.get(matter.case.division_code)
    next_words, href, leads = _next(matter, at)
    return Row(
        matter=matter,
        case=case,
        place=case.grid.name if case.grid else (name.tail(2) if name else ""),
        holder=_holder(matter),
        holder_note=_holder_note(matter),
        is_deputy=matter.holder_deputy_id is not None,
        due=_due(matter, days, at),
        done=_done(matter),
        next_words=next_words,
        next_href=href,
        leads=leads,
    )


def _due(matter: Matter, days: Calendars, at: datetime) -> Due | None:
    if matter.next_due_at is None:
        return None
    left = days.of(matter.division_code).left(at, matter.next_due_at)
    return Due(at=matter.next_due_at, left=left)


def _holder(matter: Matter) -> str:
    if matter.holder_deputy:
        return _("Deputy %(name)s") % {"name": matter.holder_deputy.name}
    return (matter.holder_organ or matter.owner).label


def _holder_note(matter: Matter) -> str:
    owed: list[Dispatch] = getattr(matter, "unsettled", [])
    handed = [d for d in owed if d.kind != DispatchKind.SUPERVISE]
    others = sum(1 for d in handed if d.is_running) - 1
    if matter.state == MatterState.ANSWERED:
        return _("answered, a supervision still owes")
    if not handed:
        return _("not handed on yet")
    if others < 0:
        return _("answered, waits for the desk")
    return _("and %(n)s more") % {"n": others} if others > 0 else ""


def _done(matter: Matter) -> str:
    """What was done so far: 督办单 2 次."""
    ladder: list[Supervision] = getattr(matter, "ladder", [])
    if ladder:
        last = ladder[-1].step
        times = sum(1 for one in ladder if one.step == last)
        return _("%(step)s, %(n)s times") % {"step": Step(last).label, "n": times}
    reminded = sum(d.reminded for d in getattr(matter, "unsettled", []))
    if reminded:
        return _("reminded %(n)s times") % {"n": reminded}
    return _("reminded by the clock") if matter.step else _("nothing yet")


def _next(matter: Matter, at: datetime) -> tuple[str, str, bool]:
    """The office's next act: words, address, whether it is pressing."""
    for one in getattr(matter, "ladder", []):
        if one.state == SupervisionState.OPEN and one.dispatch.state == DispatchState.ANSWERED:
            return _("Look at the answer"), href_of("cases:conclude", one.pk), True
    for dispatch in getattr(matter, "unsettled", []):
        asked = getattr(dispatch, "extension", None)
        if asked and asked.state == ExtensionState.ASKED:
            return _("Decide on more time"), href_of("cases:case-decide", dispatch.pk), True
    for one in getattr(matter, "ladder", []):
        if one.state == SupervisionState.OPEN and not _is_past(one.dispatch.due_at, at):
            return _("Waits for the answer"), href_of("cases:conclude", one.pk), False
    if not _is_past(matter.next_due_at, at) and matter.round == 1:
        return "", "", False
    step, words = NEXT_STEP.get(matter.step, NEXT_STEP[""])
    return str(words), f"{href_of('cases:supervise', matter.case.pk)}?step={step}", False


def _is_past(due_at: datetime | None, at: datetime) -> bool:
    return due_at is not None and due_at < at


def unscreened_late(scopes: tuple[str, ...], *, at: datetime) -> QuerySet[Case]:
    """Cases that nobody accepted or refused in time: they have no matter yet."""
    return Case.objects.filter(
        within_any(scopes), state=CaseState.FILED, is_open=True, due_at__lt=at
    )


def count(scopes: tuple[str, ...], where: str, *, at: datetime) -> str:
    """How many matters a list holds, counted up to a cap."""
    return capped(matters(scopes, Narrowing(where=where), at=at), MOST_COUNTED)


def to_remind(scopes: tuple[str, ...], matter_ids: list[UUID]) -> list[UUID]:
    """Running dispatches that owe an answer, of these matters as far as they lie in the area."""
    rows = Dispatch.objects.filter(
        within_any(scopes), matter_id__in=matter_ids, state__in=RUNNING, owes_answer=True
    )
    return list(rows.order_by("sent_at", "id").values_list("pk", flat=True))

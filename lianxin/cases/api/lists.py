"""Lists of staff: the desk's, the unit's inbox, the deputy's; the nearest deadline first."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from lianxin.cases.api.doors import staff_doors
from lianxin.cases.enums import CaseState, Channel
from lianxin.cases.models import Case
from lianxin.cases.queries import deputy as deputies
from lianxin.cases.queries import unit as units
from lianxin.cases.queries.acts import next_act
from lianxin.cases.queries.cases import Filters
from lianxin.cases.queries.catalogue import category_by_code
from lianxin.cases.queries.desk import LISTS, Desk, desks_of
from lianxin.cases.queries.unit import Line
from lianxin.cases.rules.permissions import NotADeputy, NotAUnit, NotYourDesk
from lianxin.handling.enums import DispatchKind, DispatchState, MatterState, Part, Urgency
from lianxin.kernel.clock import now
from lianxin.web.rest.fields import After, Key, Moment, OneOf, Sought, one_of
from lianxin.web.rest.schemas import PageOf, Said, Shown


class CaseShown(Shown):
    """Names and phones of residents are not in it."""

    id: Key
    number: str
    title: str
    state: str = Field(json_schema_extra=one_of(CaseState))
    matter_state: str | None = Field(json_schema_extra={"enum": [*MatterState.values, None]})
    urgency: str = Field(json_schema_extra=one_of(Urgency))
    channel: str = Field(json_schema_extra=one_of(Channel))
    category: str | None = Field(description="code of the category")
    division: str
    filed_at: Moment
    due_at: Moment | None
    is_open: bool
    is_sensitive: bool
    voices: int
    next_act: str | None = Field(None, description="the one act that a list offers")


class DispatchShown(Shown):
    """Something handed over. Names and phones of residents are not in it."""

    id: Key
    case: str = Field(description="number of the case")
    title: str
    kind: str = Field(json_schema_extra=one_of(DispatchKind))
    part: str = Field(json_schema_extra=one_of(Part))
    state: str = Field(json_schema_extra=one_of(DispatchState))
    sender: str
    target: str
    instruction: str
    place: str
    sent_at: Moment
    due_at: Moment | None
    owes_answer: bool
    is_sent_back: bool


class DeskAsked(Said):
    where: Annotated[str, OneOf(LISTS)] = "today"
    q: Sought = ""
    category: str = Field("", max_length=40, description="code of the category")
    channel: Annotated[str, OneOf(["", *Channel.values])] = ""
    mine: Annotated[str, OneOf(["", "yes"])] = ""
    after: After = ""


class UnitAsked(Said):
    where: Annotated[str, OneOf(units.LISTS)] = "open"
    q: Sought = ""
    after: After = ""


class DeputyAsked(Said):
    where: Annotated[str, OneOf(deputies.LISTS)] = "answer"
    q: Sought = ""
    after: After = ""


@staff_doors.read("/desk", PageOf[CaseShown], _("A list of the desk"))
def desk(request: HttpRequest, asked: Query[DeskAsked]) -> PageOf[CaseShown]:
    actor = request.actor
    if not desks_of(actor):
        raise NotYourDesk
    filters = Filters(
        where="all",
        text=asked.q,
        category_id=category_by_code(asked.category).pk if asked.category else None,
        channel=asked.channel,
        mine=actor.person_id if asked.mine else None,
    )
    page = Desk.of(actor, now()).page(asked.where, filters, after=asked.after)
    items = []
    for row in page:
        link = next_act(actor, row)
        items.append(CaseShown(**case_facts(row), next_act=link.code if link else None))
    return PageOf[CaseShown](items=items, next=page.next_cursor)


@staff_doors.read("/unit", PageOf[DispatchShown], _("The inbox of a handling unit"))
def unit(request: HttpRequest, asked: Query[UnitAsked]) -> PageOf[DispatchShown]:
    organs, at = units.unit_organs(request.actor), now()
    if not organs:
        raise NotAUnit
    rows = units.narrowed(units.inbox(organs, asked.where, at=at), asked.q)
    page, lines = units.page_of(rows, asked.where, after=asked.after, at=at)
    return PageOf[DispatchShown](items=list(map(line_shown, lines)), next=page.next_cursor)


@staff_doors.read("/deputy", PageOf[DispatchShown], _("The matters of a deputy"))
def deputy_matters(request: HttpRequest, asked: Query[DeputyAsked]) -> PageOf[DispatchShown]:
    deputy_id, at = request.actor.deputy_id, now()
    if deputy_id is None:
        raise NotADeputy
    rows = units.narrowed(deputies.listed(deputy_id, asked.where), asked.q)
    page, lines = deputies.page_of(rows, asked.where, after=asked.after, at=at)
    return PageOf[DispatchShown](items=list(map(line_shown, lines)), next=page.next_cursor)


def case_facts(row: Case) -> dict[str, Any]:
    names = ("number", "title", "state", "urgency", "channel", "filed_at", "due_at", "is_open")
    return {
        "id": row.pk,
        "matter_state": row.matter.state if row.matter else None,
        "category": row.category.code if row.category else None,
        "division": row.division_code,
        "is_sensitive": row.is_sensitive,
        "voices": row.voices_count,
        **{name: getattr(row, name) for name in names},
    }


def line_shown(line: Line) -> DispatchShown:
    return DispatchShown(**line_facts(line))


def line_facts(line: Line) -> dict[str, Any]:
    row = line.dispatch
    names = ("kind", "part", "state", "instruction", "sent_at", "due_at", "owes_answer")
    return {
        "id": row.pk,
        "case": line.case.number,
        "title": line.case.title,
        "sender": line.sender,
        "target": str(row.target.name),
        "place": line.place,
        "is_sent_back": line.is_sent_back,
        **{name: getattr(row, name) for name in names},
    }

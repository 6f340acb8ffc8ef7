"""How an act on a case is carried: fetch what is visible, ask the rule, one service call, the state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from pydantic import BaseModel, Field

from lianxin.cases.enums import CaseState
from lianxin.cases.forms.desk_parts import CaseForm
from lianxin.cases.models import Case
from lianxin.cases.queries import acts
from lianxin.cases.queries.desk_case import case_for, case_of_dispatch
from lianxin.cases.services.projections import refresh_due
from lianxin.congress.models import Actor
from lianxin.handling.enums import DispatchState, MatterState
from lianxin.handling.models import Dispatch
from lianxin.kernel.clock import now
from lianxin.web.rest.fields import Key, one_of
from lianxin.web.rest.problems import of_form
from lianxin.web.rest.schemas import Said, Shown

F = TypeVar("F", bound=CaseForm)


class CaseDone(Shown):
    """How the case stands after the act."""

    id: Key
    state: str = Field(json_schema_extra=one_of(CaseState))
    matter_state: str | None = Field(json_schema_extra={"enum": [*MatterState.values, None]})


class DispatchDone(Shown):
    """How what was handed over stands after the act."""

    id: Key
    state: str = Field(json_schema_extra=one_of(DispatchState))


class ReasonSaid(Said):
    reason: str = Field(min_length=1, max_length=5000)


class RemarkSaid(Said):
    reason: str = Field("", max_length=5000)


@dataclass(frozen=True, slots=True)
class OnCase:
    """What an act on a case is done with."""

    case: Case
    by: Actor
    at: datetime

    @property
    def matter_id(self) -> UUID:
        assert self.case.matter_id, "the rule of the act asked for a matter"
        return self.case.matter_id

    def form(self, kind: type[F], said: BaseModel, **renamed: str) -> F:
        """The form of the pages with what the body says; raises Invalid. `renamed`: body=form."""
        return _valid(kind, said, renamed, case=self.case, actor=self.by)

    def done(self) -> CaseDone:
        """The state now. Lists must show it at once; the outbox would be late."""
        if self.case.matter_id:
            refresh_due(matter_id=self.case.matter_id)
        row = Case.objects.select_related("matter").get(pk=self.case.pk)
        return CaseDone(
            id=row.pk, state=row.state, matter_state=row.matter.state if row.matter else None
        )


@dataclass(frozen=True, slots=True)
class OnDispatch:
    """The same for one dispatch of a case."""

    case: Case
    dispatch: Dispatch
    by: Actor
    at: datetime

    def form(self, kind: type[F], said: BaseModel, **renamed: str) -> F:
        return _valid(kind, said, renamed, case=self.case, actor=self.by, thing=self.dispatch)

    def done(self) -> DispatchDone:
        refresh_due(matter_id=self.dispatch.matter_id)
        row = Dispatch.objects.get(pk=self.dispatch.pk)
        return DispatchDone(id=row.pk, state=row.state)


def on_case(request: HttpRequest, case_id: UUID, code: str) -> OnCase:
    """The case for an act of the table of acts. Raises Absent, Forbidden."""
    case = case_for(request.actor, case_id)
    acts.check_may(request.actor, case, code)
    return OnCase(case, request.actor, now())


def on_dispatch(request: HttpRequest, dispatch_id: UUID, code: str) -> OnDispatch:
    """The dispatch for an act of the table of acts. Raises Absent, Forbidden."""
    case, dispatch = case_of_dispatch(request.actor, dispatch_id)
    acts.check_may_on(request.actor, dispatch, code)
    return OnDispatch(case, dispatch, request.actor, now())


def _valid(kind: type[F], said: BaseModel, renamed: Mapping[str, str], **given: Any) -> F:
    values = {renamed.get(name, name): _typed(value) for name, value in said}
    form = kind(MultiValueDict(values), None, **given)
    if not form.is_valid():
        raise of_form(form, {field: name for name, field in renamed.items()})
    return form


def _typed(value: Any) -> list[str]:
    """A value as a form sends it: yes and no for a truth, nothing for nothing."""
    match value:
        case None | "":
            return []
        case bool():
            return ["yes" if value else "no"]
        case list():
            return [one for each in value for one in _typed(each)]
        case date():
            return [value.isoformat()]
    return [str(value)]

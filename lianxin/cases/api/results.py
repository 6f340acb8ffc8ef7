"""Categories, published results, and joining one of them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from lianxin.cases.api.doors import open_doors
from lianxin.cases.api.filing import ReceiptShown, contact_of, receipt_shown
from lianxin.cases.enums import Channel, QuestionKind
from lianxin.cases.forms.resident_says import JoinForm, fresh_key
from lianxin.cases.models import Publication, Question
from lianxin.cases.queries import catalogue, results
from lianxin.cases.services import residents
from lianxin.cases.services.filing import Draft
from lianxin.handling.enums import Outcome
from lianxin.kernel.clock import now
from lianxin.kernel.paging import keyset
from lianxin.web.rest.fields import (
    After,
    AnyPlace,
    IdempotencyKey,
    Key,
    Moment,
    OneOf,
    Puzzle,
    Sought,
    one_of,
)
from lianxin.web.rest.problems import of_form
from lianxin.web.rest.schemas import PageOf, Said, Shown
from lianxin.web.visitors import sender_of

PAGE = 30


class QuestionShown(Shown):
    code: str
    label: str
    kind: str = Field(json_schema_extra=one_of(QuestionKind))
    is_required: bool
    choices: list[str]


class CategoryShown(Shown):
    id: Key
    code: str
    name: str
    under: str | None = Field(description="code of the category above")


class CategoryPageShown(CategoryShown):
    questions: list[QuestionShown]


class ResultShown(Shown):
    id: Key
    title: str
    words: str
    answer: str
    outcome: str = Field(json_schema_extra=one_of(Outcome))
    category: str | None = Field(description="code of the category")
    venue: str = Field(description="code of the venue")
    division: str
    published_at: Moment
    days_taken: int | None


class ResultPageShown(ResultShown):
    voices: int


class Wanted(Said):
    q: Sought = ""
    category: str = Field("", max_length=40)
    place: AnyPlace = ""
    outcome: Annotated[str, OneOf(["", *Outcome.values])] = ""
    after: After = ""


class JoinSaid(Said):
    name: str = Field("", max_length=60)
    phone: str = Field("", max_length=40)
    consents: bool = Field(False, description="that name and phone are kept for this matter")
    altcha: Puzzle = ""


@open_doors.read("/categories", list[CategoryShown], _("What matters can be about"), kept=300)
def categories(request: HttpRequest) -> list[CategoryShown]:
    found = []
    for branch in catalogue.tree():
        for row in (branch.category, *branch.children):
            under = branch.category.code if row.parent_id else None
            found.append(CategoryShown(id=row.pk, code=row.code, name=str(row), under=under))
    return found


@open_doors.read(
    "/categories/{code}",
    CategoryPageShown,
    _("One category with the questions of its own"),
    kept=300,
)
def category(request: HttpRequest, code: str) -> CategoryPageShown:
    row = catalogue.category_by_code(code)
    return CategoryPageShown(
        id=row.pk,
        code=row.code,
        name=str(row),
        under=row.parent.code if row.parent else None,
        questions=[_question(one) for one in catalogue.questions_of(row.pk)],
    )


@open_doors.read("/results", PageOf[ResultShown], _("Published results, newest first"), kept=60)
def published(request: HttpRequest, asked: Query[Wanted]) -> PageOf[ResultShown]:
    wanted = results.ResultFilters(
        text=asked.q, category=asked.category, place=asked.place, outcome=asked.outcome
    )
    page = keyset(results.results(wanted), order=results.ORDER, after=asked.after, size=PAGE)
    return PageOf[ResultShown](items=[_result(row) for row in page], next=page.next_cursor)


@open_doors.read("/results/{uuid:result_id}", ResultPageShown, _("One published result"), kept=60)
def result(request: HttpRequest, result_id: UUID) -> ResultPageShown:
    row = results.result(result_id)
    voices: int = row.voices  # type: ignore[attr-defined]
    return ResultPageShown(**_result(row).model_dump(), voices=voices)


@open_doors.act(
    "/results/{uuid:result_id}/me-too",
    ReceiptShown,
    _("“Me too”: an own receipt and an own verdict in a matter others reported"),
    status=201,
)
def join(
    request: HttpRequest, result_id: UUID, said: JoinSaid, key: IdempotencyKey
) -> ReceiptShown:
    row, at = results.result(result_id), now()
    form = JoinForm({"key": fresh_key(), **contact_of(said)})
    if not form.is_valid():
        raise of_form(form)
    draft = Draft(
        words="",
        division_code=row.division_code,
        channel=Channel.WEB,
        name=form.cleaned_data["name"],
        phone=form.cleaned_data["phone"],
        consents=said.consents,
    )
    receipt = residents.join_case(
        case_id=row.case_id,
        draft=draft,
        key=key,
        sender=sender_of(request),
        at=at,
        answer=said.altcha,
    )
    return receipt_shown(receipt)


def _question(row: Question) -> QuestionShown:
    return QuestionShown(
        code=row.code,
        label=str(row),
        kind=row.kind,
        is_required=row.is_required,
        choices=[one[0] for one in row.choices],
    )


def _result(row: Publication) -> ResultShown:
    return ResultShown(
        id=row.pk,
        title=row.title,
        words=row.words,
        answer=row.answer,
        outcome=row.outcome,
        category=row.category.code if row.category else None,
        venue=row.venue.code,
        division=row.division_code,
        published_at=row.published_at,
        days_taken=row.days_taken,
    )

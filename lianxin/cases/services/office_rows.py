"""Rows that a place keeps itself: classes of answers, reasons for refusing, categories."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.cases.models import Category, RefusalReason
from lianxin.congress.models import Actor
from lianxin.handling.models import AnswerClass
from lianxin.kernel.ids import uuid7
from lianxin.kernel.refused import Absent, Forbidden, Refused
from lianxin.record import services as record

#: What may be changed of each kind of row; codes stay, for old cases name them.
_FIELDS: dict[type[Any], tuple[str, ...]] = {
    AnswerClass: ("label", "outcome", "sort", "is_active"),
    RefusalReason: ("label", "label_en", "door", "door_en", "phone", "sort", "is_active"),
    Category: ("name", "name_en", "words", "urgency", "sort", "is_active"),
}


class CodeTaken(Refused):
    message = _("There is a row with this code already.")
    code = "code_taken"
    status = 422


def _check(by: Actor, division_code: str | None = None) -> None:
    may = (
        by.can("rule.manage") if division_code is None else by.can_in("rule.manage", division_code)
    )
    if not may:
        raise Forbidden


@transaction.atomic
def save_answer_class(
    *, row_id: UUID | None, division_code: str, code: str, by: Actor, at: datetime, **said: Any
) -> AnswerClass:
    """A class of answer of a place, new (`row_id` None) or changed. Journal entry.

    Given answers keep the label they were given with. Raises Forbidden, CodeTaken.
    """
    _check(by, division_code)
    if row_id is None:
        if AnswerClass.objects.filter(division_code=division_code, code=code).exists():
            raise CodeTaken
        row = AnswerClass(division_code=division_code, code=code)
    else:
        row = _locked(AnswerClass, row_id)
        _check(by, row.division_code)
    return _saved(row, said, by=by, at=at, division_code=division_code, action="answer_class")


@transaction.atomic
def save_reason(*, row_id: UUID | None, by: Actor, at: datetime, **said: Any) -> RefusalReason:
    """A reason for refusing with its right door, new or changed. Journal entry."""
    _check(by)
    row = _locked(RefusalReason, row_id) if row_id else RefusalReason(code=_own_code())
    return _saved(row, said, by=by, at=at, division_code="", action="reason")


@transaction.atomic
def save_category(
    *, row_id: UUID | None, parent_id: UUID | None = None, by: Actor, at: datetime, **said: Any
) -> Category:
    """A category, new below `parent_id` or changed. Journal entry."""
    _check(by)
    row = (
        _locked(Category, row_id)
        if row_id
        else Category(code=_own_code(), parent_id=parent_id, words=[])
    )
    return _saved(row, said, by=by, at=at, division_code="", action="category")


def _own_code() -> str:
    """A code that no file of the product will ever use."""
    return f"own-{uuid7().hex}"


def _locked(model: type[Any], row_id: UUID) -> Any:
    row = model.objects.select_for_update().filter(pk=row_id).first()
    if row is None:
        raise Absent
    return row


def _saved(
    row: Any, said: dict[str, Any], *, by: Actor, at: datetime, division_code: str, action: str
) -> Any:
    for name in _FIELDS[type(row)]:
        if name in said:
            setattr(row, name, said[name])
    row.save()
    record.write(
        action=f"cases.rows.{action}",
        by=by,
        at=at,
        division_code=division_code,
        subject=row,
        data={"code": row.code, "row": str(row), "active": row.is_active},
    )
    return row

"""Reads of the tree of categories: the whole of it in two queries, suggestions, answers given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lianxin.cases.models import Category, Question
from lianxin.cases.rules import suggesting
from lianxin.kernel.reference import remembered
from lianxin.kernel.refused import Absent


@dataclass(frozen=True, slots=True)
class Branch:
    """A top category with what lies below it, in their order."""

    category: Category
    children: tuple[Category, ...]


@remembered(Category)
def tree() -> list[Branch]:
    """The active tree; remembered, not to be changed."""
    rows = list(Category.objects.filter(is_active=True).order_by("sort", "code"))
    below: dict[UUID | None, list[Category]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    return [Branch(top, tuple(below.get(top.pk, ()))) for top in below.get(None, ())]


def suggested(text: str, branches: list[Branch], *, most: int = 3) -> list[Category]:
    """The categories that the words of a text call for, the likeliest first. No query."""
    pairs = [(child, branch.category) for branch in branches for child in branch.children]
    return suggesting.best(text, pairs, most=most)  # type: ignore[return-value]


def questions_of(category_id: UUID | None) -> list[Question]:
    """The category's own questions. One query, none without a category."""
    if category_id is None:
        return []
    return list(Question.objects.filter(category_id=category_id, is_active=True))


def answers_given(category_id: UUID | None, details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(question, answer) of a case's `details`: answers by the question's code; `_…` are notes."""
    if not details or category_id is None:
        return []
    labels = {row.code: str(row) for row in Question.objects.filter(category_id=category_id)}
    return [
        (labels.get(code, code), str(answer))
        for code, answer in details.items()
        if not code.startswith("_")
    ]


def category_by_code(code: str) -> Category:
    """An active category; raises Absent. One query."""
    row = Category.objects.filter(code=code, is_active=True).select_related("parent").first()
    if row is None:
        raise Absent
    return row

"""Smaller parts of a case's page: answers to the category's questions, own answers, other cases."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from lianxin.cases.enums import LinkKind
from lianxin.cases.models import Case, Question
from lianxin.cases.queries.cases import visible_to
from lianxin.congress.models import Actor
from lianxin.handling.models import Answer


@dataclass(frozen=True, slots=True)
class OtherCase:
    """A case that belongs to this one, and how; `is_visible`: whether a link makes sense."""

    id: UUID
    words: str
    kind: str
    is_visible: bool


def details_of(case: Case) -> list[tuple[str, str]]:
    """The category's own questions with what was answered; one query where there is any."""
    given = {str(k): v for k, v in (case.details or {}).items() if v not in ("", None)}
    if not given or case.category_id is None:
        return []
    rows = Question.objects.filter(category_id=case.category_id, code__in=given)
    labels = {row.code: str(row) for row in rows}
    return [(labels.get(code, code), str(value)) for code, value in given.items()]


def answers_given(case: Case) -> list[Answer]:
    """Answers of the desk itself; those of dispatches stand in the tree."""
    rows = case.matter.answers.all() if case.matter else ()
    return [answer for answer in rows if answer.dispatch_id is None]


def other_cases(actor: Actor, case: Case) -> list[OtherCase]:
    """Linked, split off, merged into and merged from; two queries."""
    found: list[tuple[Case, str]] = []
    found += [(link.other, str(LinkKind(link.kind).label)) for link in case.links.all()]
    found += [(link.case, str(LinkKind(link.kind).label)) for link in case.linked_from.all()]
    if case.merged_into:
        found.append((case.merged_into, str(case.get_state_display())))
    merged = Case.objects.filter(merged_into=case).only("number", "title", "state")
    found += [(one, str(one.get_state_display())) for one in merged[:50]]
    keys = [one.pk for one, _kind in found]
    seen = (
        set(visible_to(actor).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
    )
    return [OtherCase(one.pk, str(one), kind, one.pk in seen) for one, kind in found]

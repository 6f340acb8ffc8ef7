"""Columns of a case that mirror its matter for the lists; rebuilt from the matter at any time."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from lianxin.cases.models import Case
from lianxin.handling.enums import MatterState


@transaction.atomic
def refresh_due(*, matter_id: UUID) -> bool:
    """Take `due_at` and `is_open` over from the matter; returns whether something changed."""
    case = (
        Case.objects.select_for_update(of=("self",))
        .select_related("matter")
        .filter(matter_id=matter_id)
        .first()
    )
    if case is None or case.matter is None:
        return False
    due_at = case.matter.next_due_at
    is_open = case.matter.state in (MatterState.OPEN, MatterState.ANSWERED)
    if (case.due_at, case.is_open) == (due_at, is_open):
        return False
    case.due_at, case.is_open = due_at, is_open
    case.save(update_fields=("due_at", "is_open"))
    return True

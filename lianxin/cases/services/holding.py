"""Legal holds: what a court or an inspection still needs is not erased meanwhile."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from lianxin.cases.models import LegalHold
from lianxin.cases.rules import permissions
from lianxin.cases.services.screening import lock_case, note
from lianxin.congress.models import Actor
from lianxin.handling.services.matters import ReasonMissing


@transaction.atomic
def hold(*, case_id: UUID, reason: str, by: Actor, at: datetime) -> LegalHold:
    """Nothing of the case may be erased until the hold is lifted. Effects: hold, journal.

    A case that is held stays so; the first reason counts. Raises MayNotHold, ReasonMissing.
    """
    case = lock_case(case_id)
    permissions.check_hold(by, case)
    if not reason.strip():
        raise ReasonMissing
    held, fresh = LegalHold.objects.get_or_create(
        case=case,
        lifted_at=None,
        defaults={
            "division_code": case.division_code,
            "reason": reason.strip(),
            "set_at": at,
            "set_by_id": by.person_id,
        },
    )
    if fresh:
        note(case, "held", by=by, at=at)
    return held


@transaction.atomic
def lift(*, case_id: UUID, by: Actor, at: datetime) -> None:
    """The hold ends. Effects: hold dated, journal. Raises MayNotHold."""
    case = lock_case(case_id)
    permissions.check_hold(by, case)
    open_holds = LegalHold.objects.filter(case=case, lifted_at__isnull=True)
    if open_holds.update(lifted_at=at, lifted_by_id=by.person_id):
        note(case, "hold_lifted", by=by, at=at)

"""Merging, splitting and linking: every voice keeps its own answer and its own verdict."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import CASE_MOVES, CaseState, LinkKind
from lianxin.cases.models import Case, CaseLink
from lianxin.cases.rules import permissions
from lianxin.cases.services.filing import Draft, Receipt, count_voices, file_case, root_of
from lianxin.cases.services.screening import lock_case, note
from lianxin.congress.models import Actor
from lianxin.handling.services import matters
from lianxin.kernel.moves import move
from lianxin.kernel.refused import Refused


@transaction.atomic
def merge(*, case_id: UUID, into_id: UUID, by: Actor, at: datetime, reason: str) -> Case:
    """Merge a case into another of the same desk. Its voices are answered with the other's.

    Effects: matter merged (its clocks settled) where there is one; case MERGED; voices counted;
    journal on both.
    """
    first, second = sorted((case_id, into_id))
    lock_case(first), lock_case(second)
    case, target = lock_case(case_id), root_of(lock_case(into_id))
    permissions.check_screen(by, case)
    permissions.check_screen(by, target)
    if target.pk == case.pk or target.state in (CaseState.REFUSED, CaseState.WITHDRAWN):
        raise Refused(_("The other case cannot take this one in."), "bad_target", status=422)
    case.state = move(CASE_MOVES, case.state, "merge")
    if case.matter_id and target.matter_id:
        matters.merge(
            matter_id=case.matter_id, into_id=target.matter_id, by=by, at=at, reason=reason
        )
    elif case.matter_id:
        raise Refused(
            _("Accept the other case first: this one is being handled already."), "accept_first"
        )
    case.merged_into, case.due_at, case.is_open = target, None, False
    case.save(update_fields=("state", "merged_into", "due_at", "is_open"))
    count_voices(target)
    note(case, "merged", by=by, at=at, into=target.number)
    note(target, "took_in", by=by, at=at, other=case.number)
    return target


@transaction.atomic
def split(*, case_id: UUID, words: str, title: str, key: str, by: Actor, at: datetime) -> Receipt:
    """Split another matter off a case that names two (一事一议). The origin stays linked.

    The new case starts at the desk anew, without personal data and with a receipt of its own,
    which the clerk is shown once and hands to the resident.
    """
    origin = lock_case(case_id)
    permissions.check_screen(by, origin)
    receipt = file_case(
        draft=Draft(
            words=words,
            title=title,
            division_code=origin.division_code,
            channel=origin.channel,
            category_id=origin.category_id,
            venue_id=origin.venue_id,
            may_publish=origin.may_publish,
        ),
        key=key,
        actor=str(by.person_id),
        route="split",
        by=by,
        at=at,
    )
    CaseLink.objects.get_or_create(
        case=origin,
        other_id=receipt.case_id,
        defaults={"kind": LinkKind.SPLIT, "linked_at": at, "linked_by_id": by.person_id},
    )
    note(origin, "split", by=by, at=at, other=receipt.number)
    return receipt


@transaction.atomic
def link(*, case_id: UUID, other_id: UUID, by: Actor, at: datetime) -> CaseLink:
    """Note that two cases belong together; nothing moves."""
    case, other = lock_case(case_id), lock_case(other_id)
    permissions.check_screen(by, case)
    if case.pk == other.pk:
        raise Refused(_("A case cannot be linked to itself."), "same_case", status=422)
    made, _fresh = CaseLink.objects.get_or_create(
        case=case,
        other=other,
        defaults={"kind": LinkKind.RELATED, "linked_at": at, "linked_by_id": by.person_id},
    )
    note(case, "linked", by=by, at=at, other=other.number)
    return made

"""What the desk does in one go: registering somebody, answering on the spot, and acts in bulk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import CaseState
from lianxin.cases.models import Case
from lianxin.cases.queries.cases import visible_to
from lianxin.cases.services import screening
from lianxin.cases.services.filing import Draft, Receipt, file_case
from lianxin.congress.models import Actor
from lianxin.handling.enums import RUNNING, DispatchKind
from lianxin.handling.models import Dispatch
from lianxin.handling.services.answers import Reply, answer_asker
from lianxin.handling.services.dispatches import remind
from lianxin.kernel.refused import Refused


class NobodyOwes(Refused):
    message = _("Nobody owes an answer in this matter, so nobody can be reminded.")
    code = "nobody_owes"


@transaction.atomic
def register(*, draft: Draft, key: str, by: Actor, at: datetime, reply: Reply | None) -> Receipt:
    """Register somebody at the desk, once per key; with `reply`, answered on the spot (当场答复).

    Effects: as filing.file_case; with a reply also acceptance and the answer, in the same
    transaction. A second send of the same form gets the same receipt and does nothing more.
    Raises what filing, accepting and answering raise.
    """
    receipt = file_case(
        draft=draft, key=key, actor=str(by.person_id), route="desk.register", by=by, at=at
    )
    if reply is not None:
        case = screening.lock_case(receipt.case_id)
        if case.state == CaseState.FILED:
            accepted = screening.accept(case_id=case.pk, by=by, at=at)
            assert accepted.matter_id
            answer_asker(matter_id=accepted.matter_id, reply=reply, by=by, at=at)
    return receipt


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row of a bulk act; `refusal` is empty where it worked."""

    case: Case
    refusal: str | Promise = ""
    hint: str | Promise = ""


def accept_several(*, case_ids: Iterable[UUID], by: Actor, at: datetime) -> list[Outcome]:
    """Accept each; a refusal of one leaves the others done."""
    return _each(by, case_ids, lambda case: screening.accept(case_id=case.pk, by=by, at=at))


def categorise_several(
    *, case_ids: Iterable[UUID], category_id: UUID, by: Actor, at: datetime
) -> list[Outcome]:
    """Set the category of each; everything else stays."""
    return _each(
        by,
        case_ids,
        lambda case: screening.describe(
            case_id=case.pk,
            title=case.title,
            category_id=category_id,
            urgency=case.urgency,
            is_sensitive=case.is_sensitive,
            by=by,
            at=at,
        ),
    )


def remind_several(*, case_ids: Iterable[UUID], by: Actor, at: datetime) -> list[Outcome]:
    """Remind whoever owes an answer in each case (催办); nobody owing is a refusal of that row."""
    return _each(by, case_ids, lambda case: _remind(case, by, at))


def _remind(case: Case, by: Actor, at: datetime) -> None:
    owing = Dispatch.objects.filter(matter__case=case, owes_answer=True, state__in=RUNNING).exclude(
        kind=DispatchKind.SUPERVISE
    )
    keys = list(owing.values_list("pk", flat=True))
    if not keys:
        raise NobodyOwes
    for key in keys:
        remind(dispatch_id=key, by=by, at=at)


def _each(by: Actor, case_ids: Iterable[UUID], act: Callable[[Case], object]) -> list[Outcome]:
    """One savepoint a row, in the order given; what the actor may not see is not even refused."""
    keys = list(dict.fromkeys(case_ids))
    cases = visible_to(by).in_bulk(keys)
    found = []
    for key in keys:
        if key not in cases:
            continue
        try:
            with transaction.atomic():
                act(cases[key])
        except Refused as refused:
            found.append(Outcome(cases[key], refused.message, refused.hint))
        else:
            found.append(Outcome(cases[key]))
    return found

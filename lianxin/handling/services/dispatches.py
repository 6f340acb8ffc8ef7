"""Handing on: the four dispatches, signing for, returning, passing on, calling back, reminding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.congress.enums import MandateState, OrganKind
from lianxin.congress.models import Actor, Deputy, Organ
from lianxin.handling.enums import (
    DISPATCH_MOVES,
    MATTER_MOVES,
    UNSETTLED,
    Act,
    ClockPurpose,
    DispatchKind,
    DispatchState,
    MatterState,
    Part,
    RoundKind,
)
from lianxin.handling.models import Dispatch, Matter
from lianxin.handling.queries.derive import due
from lianxin.handling.rules import permissions
from lianxin.handling.services.matters import ReasonMissing
from lianxin.handling.services.settle import append, lock_dispatch, lock_matter, settle
from lianxin.kernel.moves import move
from lianxin.kernel.refused import Refused
from lianxin.places.queries import within


class NotInThisJurisdiction(Refused):
    message = _("Assigning is for units of the same jurisdiction; use a transfer instead.")
    code = "other_jurisdiction"
    status = 422


class DeputyCannotHandle(Refused):
    message = _("A deputy answers, passes on and presses; the handling unit is always an organ.")
    code = "deputy_cannot_handle"
    status = 422


class AlreadyHasLead(Refused):
    message = _("This matter already has a lead unit in this round.")
    code = "already_has_lead"
    hint = _("Call the first one back, or add the other as an assisting unit.")


class HandledBefore(Refused):
    message = _("Whoever handled this matter before may not take the second look.")
    code = "handled_before"


class TooLateToReturn(Refused):
    message = _("The time for returning this assignment is over.")
    code = "too_late_to_return"
    hint = _("Ask for more time, or answer what is within your duty.")


@dataclass(frozen=True, slots=True)
class Target:
    """To whom, in which part. Exactly one of the two ids."""

    organ_id: UUID | None = None
    deputy_id: UUID | None = None
    part: str = Part.LEAD


@transaction.atomic
def send(
    *,
    matter_id: UUID,
    kind: str,
    targets: Sequence[Target],
    instruction: str,
    by: Actor,
    at: datetime,
    owes_answer: bool = True,
    from_organ_id: UUID | None = None,
    due_at: datetime | None = None,
) -> list[Dispatch]:
    """Hand a matter on (分办, 交办 or 转办) to one or several at once.

    TRIAGE: to deputies of the venue, or to several units that each answer (the part is EACH). ASSIGN: to units of the
    same jurisdiction, one lead and its assistants. TRANSFER: elsewhere or to an outside platform;
    the owner goes on owing the asker an answer. `due_at` replaces the time of the rule.
    Effects: dispatch rows; events SEND (start the clocks); journal; announcements.
    """
    matter = lock_matter(matter_id)
    permissions.check_own(by, matter)
    sender = from_organ_id or matter.owner_id
    made = [
        _send_one(
            matter,
            kind=kind,
            target=replace(target, part=Part.EACH) if kind == DispatchKind.TRIAGE else target,
            from_organ_id=sender,
            instruction=instruction,
            owes_answer=owes_answer,
            due_at=due_at,
            by=by,
            at=at,
        )
        for target in targets
    ]
    settle(matter)
    return [Dispatch.objects.get(pk=d.pk) for d in made]


def _send_one(
    matter: Matter,
    *,
    kind: str,
    target: Target,
    instruction: str,
    owes_answer: bool,
    by: Actor,
    at: datetime,
    from_organ_id: UUID | None = None,
    from_deputy_id: UUID | None = None,
    parent: Dispatch | None = None,
    presses: Dispatch | None = None,
    due_at: datetime | None = None,
) -> Dispatch:
    """Check one target, write its row and its SEND event; the caller settles."""
    move(MATTER_MOVES, matter.state, Act.WITHDRAW)
    _check_target(matter, kind, target)
    _check_second_look(matter, target)
    dispatch = Dispatch.objects.create(
        matter=matter,
        division_code=matter.division_code,
        round=matter.round,
        kind=kind,
        part=target.part,
        parent=parent,
        presses=presses,
        from_organ_id=from_organ_id,
        from_deputy_id=from_deputy_id,
        to_organ_id=target.organ_id,
        to_deputy_id=target.deputy_id,
        owes_answer=owes_answer,
        instruction=instruction,
        sent_at=max(at, matter.last_event_at or at),
    )
    data: dict[str, Any] = {
        "kind": kind,
        "part": target.part,
        "owes": owes_answer,
        "to_organ": str(target.organ_id or ""),
        "to_deputy": str(target.deputy_id or ""),
        "due": due_at.isoformat() if due_at else "",
    }
    append(matter, Act.SEND, by=by, at=at, dispatch=dispatch, data=data, public=True)
    return dispatch


def _check_target(matter: Matter, kind: str, target: Target) -> None:
    if target.deputy_id:
        if kind != DispatchKind.TRIAGE:
            raise DeputyCannotHandle
        deputy = Deputy.objects.get(pk=target.deputy_id)
        if not deputy.mandates.filter(state=MandateState.ACTIVE).exists():
            raise Refused(_("This deputy's mandate is not in force."), "no_mandate", status=422)
        return
    if target.organ_id is None:
        raise Refused(_("Please choose to whom."), "no_target", status=422)
    organ = Organ.objects.get(pk=target.organ_id)
    if not organ.is_active:
        raise Refused(_("This organ is no longer active."), "inactive_organ", status=422)
    if kind == DispatchKind.ASSIGN:
        same = within(matter.division_code, organ.division_code) or within(
            organ.division_code, matter.division_code[:6]
        )
        if organ.kind == OrganKind.PLATFORM or not same:
            raise NotInThisJurisdiction
    if kind != DispatchKind.SUPERVISE and target.part == Part.LEAD:
        leads = matter.dispatches.filter(
            round=matter.round, part=Part.LEAD, state__in=UNSETTLED
        ).exclude(kind=DispatchKind.SUPERVISE)
        if leads.exists():
            raise AlreadyHasLead


def handlers_before(matter: Matter) -> set[UUID]:
    """Persons who signed for or answered this matter in an earlier round."""
    acts = (Act.SIGN, Act.ANSWER, Act.SUBMIT)
    rows = matter.events.filter(
        act__in=acts, dispatch__round__lt=matter.round, person__isnull=False
    ).exclude(dispatch__kind=DispatchKind.SUPERVISE)
    return set(rows.values_list("person_id", flat=True))


def _check_second_look(matter: Matter, target: Target) -> None:
    """A deputy who had it before is refused at once; in an organ, the person is asked on signing."""
    if matter.round_kind != RoundKind.SECOND_LOOK or not target.deputy_id:
        return
    if Deputy.objects.get(pk=target.deputy_id).person_id in handlers_before(matter):
        raise HandledBefore


def check_fresh_eyes(dispatch: Dispatch, by: Actor) -> None:
    """Second look: its handler is nobody who handled an earlier round (spine, invariant 4)."""
    matter = dispatch.matter
    if matter.round_kind != RoundKind.SECOND_LOOK or dispatch.kind == DispatchKind.SUPERVISE:
        return
    if permissions.may_hold(by, dispatch) and by.person_id in handlers_before(matter):
        raise HandledBefore


@transaction.atomic
def sign(*, dispatch_id: UUID, by: Actor, at: datetime, note: str = "") -> Dispatch:
    """Sign for what was handed over (签收). The owner may write it down for an outside platform."""
    dispatch = lock_dispatch(dispatch_id)
    permissions.check_record(by, dispatch)
    check_fresh_eyes(dispatch, by)
    move(DISPATCH_MOVES, dispatch.state, Act.SIGN)
    append(dispatch.matter, Act.SIGN, by=by, at=at, dispatch=dispatch, note=note, public=True)
    settle(dispatch.matter)
    dispatch.refresh_from_db()
    return dispatch


@transaction.atomic
def return_(*, dispatch_id: UUID, by: Actor, at: datetime, reason: str) -> Dispatch:
    """Return a wrong assignment (退回) with its reason, within the RETURN time of its rule.

    The owner has it again and must hand it on anew. Raises TooLateToReturn, ReasonMissing.
    """
    dispatch = lock_dispatch(dispatch_id)
    matter = dispatch.matter
    permissions.check_hold(by, dispatch)
    move(DISPATCH_MOVES, dispatch.state, Act.RETURN)
    if not reason.strip():
        raise ReasonMissing
    limit = due(
        purpose=ClockPurpose.RETURN,
        urgency=matter.urgency,
        start=dispatch.sent_at,
        division_code=matter.division_code,
        kind=matter.kind,
    )
    if limit and at > limit.at:
        raise TooLateToReturn
    append(matter, Act.RETURN, by=by, at=at, dispatch=dispatch, note=reason, public=True)
    settle(matter)
    dispatch.refresh_from_db()
    return dispatch


@transaction.atomic
def recall(*, dispatch_id: UUID, by: Actor, at: datetime, reason: str) -> Dispatch:
    """Call a dispatch back (by its sender), with a reason; it owes nothing any more."""
    dispatch = lock_dispatch(dispatch_id)
    permissions.check_judge(by, dispatch)
    move(DISPATCH_MOVES, dispatch.state, Act.RECALL)
    if not reason.strip():
        raise ReasonMissing
    append(dispatch.matter, Act.RECALL, by=by, at=at, dispatch=dispatch, note=reason, public=True)
    settle(dispatch.matter)
    dispatch.refresh_from_db()
    return dispatch


@transaction.atomic
def release(*, dispatch_id: UUID, at: datetime) -> bool:
    """Call a deputy's dispatch back because the mandate ended or is suspended (代表法 61, 62).

    The owner's desk has the matter again, so that nothing is orphaned. Returns whether anything
    was called back; repeatable.
    """
    dispatch = lock_dispatch(dispatch_id)
    if not dispatch.to_deputy_id or not dispatch.is_running:
        return False
    why = {"why": "mandate"}
    append(dispatch.matter, Act.RECALL, by=None, at=at, dispatch=dispatch, data=why, public=True)
    settle(dispatch.matter)
    return True


@transaction.atomic
def pass_on(
    *, dispatch_id: UUID, organ_id: UUID, by: Actor, at: datetime, instruction: str
) -> Dispatch:
    """A deputy passes a matter on to a handling unit (转承办单位) and goes on following it.

    Effects: SIGN if it was not signed for; SUPERSEDE of the deputy's dispatch; a new ASSIGN (or
    TRANSFER beyond the jurisdiction) from the deputy, which owes an answer. Returns the new one.
    """
    dispatch = lock_dispatch(dispatch_id)
    matter = dispatch.matter
    permissions.check_hold(by, dispatch)
    if not dispatch.to_deputy_id:
        raise Refused(_("Only a deputy passes on; a unit returns."), "not_a_deputy", status=422)
    if dispatch.state == DispatchState.SENT:
        append(matter, Act.SIGN, by=by, at=at, dispatch=dispatch, public=True)
    append(
        matter,
        Act.SUPERSEDE,
        by=by,
        at=at,
        dispatch=dispatch,
        note=instruction,
        data={"why": "passed_on", "to_organ": str(organ_id)},
        public=True,
    )
    settle(matter)
    organ = Organ.objects.get(pk=organ_id)
    near = organ.kind != OrganKind.PLATFORM and (
        within(matter.division_code, organ.division_code)
        or within(organ.division_code, matter.division_code[:6])
    )
    child = _send_one(
        matter,
        kind=DispatchKind.ASSIGN if near else DispatchKind.TRANSFER,
        target=Target(organ_id=organ_id, part=Part.LEAD),
        from_deputy_id=dispatch.to_deputy_id,
        parent=dispatch,
        instruction=instruction,
        owes_answer=True,
        by=by,
        at=at,
    )
    settle(matter)
    child.refresh_from_db()
    return child


@transaction.atomic
def remind(*, dispatch_id: UUID, by: Actor | None, at: datetime, note: str = "") -> Dispatch:
    """Remind whoever owes (催办). `by` None: the clock did it. Not a step that stops anything."""
    dispatch = lock_dispatch(dispatch_id)
    if by is not None:
        permissions.check_press(by, dispatch)
    move(DISPATCH_MOVES, dispatch.state, Act.REMIND)
    append(
        dispatch.matter,
        Act.REMIND,
        by=by,
        at=at,
        dispatch=dispatch,
        note=note,
        data={} if by else {"why": "clock"},
        public=True,
    )
    settle(dispatch.matter)
    dispatch.refresh_from_db()
    return dispatch


def is_open(matter: Matter) -> bool:
    """Whether something can still be handed on."""
    return matter.state in (MatterState.OPEN, MatterState.ANSWERED)

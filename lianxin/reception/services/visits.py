"""The record of a visitor: what was said becomes a case at once, by the way that was agreed on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import Channel, VoiceKind
from lianxin.cases.services import desk, judging, screening
from lianxin.cases.services.filing import Draft, Receipt
from lianxin.congress.models import Actor
from lianxin.handling.enums import DispatchKind, Part
from lianxin.handling.services import dispatches
from lianxin.handling.services.answers import Reply, TextMissing
from lianxin.handling.services.dispatches import Target
from lianxin.kernel import bus, idempotency
from lianxin.kernel.db import retry_on_conflict
from lianxin.kernel.moves import move
from lianxin.kernel.refused import Absent
from lianxin.reception.enums import TICKET_MOVES, ShiftState, TicketState, VisitPath
from lianxin.reception.events import VisitRecorded
from lianxin.reception.models import ReceptionDay, Ticket, Visit
from lianxin.reception.rules import permissions
from lianxin.reception.rules.permissions import ReceptionRefused
from lianxin.reception.services import booking_moves
from lianxin.reception.services.room import lock_open, tell
from lianxin.record import services as record


class NotOnTheSeats(ReceptionRefused):
    message = _("Choose among the deputies on the seats of this day.")
    code = "not_on_the_seats"


class NobodyTakesIt(ReceptionRefused):
    message = _("Choose the deputy who takes it along.")
    code = "nobody_takes_it"


class NotThisDay(ReceptionRefused):
    message = _("This number is of another day.")
    code = "not_this_day"


@dataclass(frozen=True, slots=True)
class Agreed:
    """What becomes of it: `reply` for ON_THE_SPOT; `taker_ids` and `instruction` for DEPUTY."""

    path: str
    reply: Reply | None = None
    taker_ids: tuple[UUID, ...] = ()
    instruction: str = ""


@retry_on_conflict
def record_visit(
    *,
    day_id: UUID,
    ticket_id: UUID | None,
    draft: Draft,
    agreed: Agreed,
    uploads: Sequence[File[Any]] = (),
    key: str,
    by: Actor,
    at: datetime,
) -> Receipt:
    """Write down who was received, once per key; a second send gets the same receipt.

    `draft.receiver_ids` are the deputies who listened; the channel is RECEPTION whatever it says.
    Name and phone left empty are those of the booking or the number, where the resident agrees.
    Effects, in one transaction: case, voice, photos, receivers (as cases.desk.register); accepted;
    ON_THE_SPOT: answered; DEPUTY: shared out (分办) to the takers, whose list shows it at once;
    visit; ticket RECEIVED (called first where nobody called it); booking RECEIVED; journal;
    VisitRecorded. Raises Absent, NotGoingOn, NotOnTheSeats, NobodyTakesIt, TextMissing,
    IllegalMove, UploadRefused, and what filing, accepting and answering raise.
    """
    prepared = [record.prepare(upload) for upload in uploads]
    said = {name: str(getattr(draft, name)) for name in Draft.__dataclass_fields__}
    files = [one.sha256.hex() for one in prepared]

    def act() -> str:
        day = lock_open(day_id, by)
        ticket = _ticket(day, ticket_id)
        staged = [record.stage(one, at, by=by) for one in prepared]
        tokens = [one.token for one in staged]  # type: ignore[attr-defined]
        sent = replace(
            _with_known(draft, ticket),
            channel=Channel.RECEPTION,
            venue_id=day.venue_id,
            uploads=tokens,
        )
        receipt = _file(day, sent, agreed, key=key, by=by, at=at)
        _visit(day, ticket, receipt, agreed, draft.receiver_ids, by=by, at=at)
        return json.dumps([str(receipt.case_id), receipt.number, receipt.code])

    stored = idempotency.once(
        key=key,
        actor=str(by.person_id),
        route=f"reception.visit:{day_id}",
        body_hash=idempotency.hash_body({**said, "agreed": str(agreed), "files": files}),
        act=act,
    )
    case_id, number, code = json.loads(stored)
    return Receipt(case_id=UUID(case_id), number=number, code=code)


def _ticket(day: ReceptionDay, ticket_id: UUID | None) -> Ticket | None:
    if ticket_id is None:
        return None
    rows = Ticket.objects.select_for_update(of=("self",)).select_related("booking")
    ticket = rows.filter(pk=ticket_id, day=day).first()
    if ticket is None:
        raise NotThisDay
    return ticket


def _with_known(draft: Draft, ticket: Ticket | None) -> Draft:
    """Name and phone given before, where the resident agrees and nothing else was typed."""
    known = ticket and (ticket.booking or ticket)
    if not (known and draft.consents):
        return draft
    return replace(draft, name=draft.name or known.name, phone=draft.phone or known.phone)


def _file(
    day: ReceptionDay, draft: Draft, agreed: Agreed, *, key: str, by: Actor, at: datetime
) -> Receipt:
    """The case in the state that its way asks for. The lock of the day is held."""
    _check_seats(day, [*draft.receiver_ids, *agreed.taker_ids])
    on_the_spot = agreed.path == VisitPath.ON_THE_SPOT
    if on_the_spot and agreed.reply is None:
        raise TextMissing
    if agreed.path == VisitPath.DEPUTY and not agreed.taker_ids:
        raise NobodyTakesIt
    reply = agreed.reply if on_the_spot else None
    receipt = desk.register(draft=draft, key=f"visit:{key}", by=by, at=at, reply=reply)
    if on_the_spot:
        return receipt
    case = screening.accept(case_id=receipt.case_id, by=by, at=at)
    if agreed.path == VisitPath.DEPUTY:
        assert case.matter_id
        dispatches.send(
            matter_id=case.matter_id,
            kind=DispatchKind.TRIAGE,
            targets=[Target(deputy_id=one, part=Part.EACH) for one in agreed.taker_ids],
            instruction=agreed.instruction,
            by=by,
            at=at,
        )
        screening.note(case, "taken_along", by=by, at=at, day=day.pk)
    return receipt


def _check_seats(day: ReceptionDay, deputy_ids: Sequence[UUID]) -> None:
    here = day.shifts.filter(state__in=(ShiftState.EXPECTED, ShiftState.PRESENT))
    if set(deputy_ids) - set(here.values_list("deputy_id", flat=True)):
        raise NotOnTheSeats


def _visit(
    day: ReceptionDay,
    ticket: Ticket | None,
    receipt: Receipt,
    agreed: Agreed,
    deputy_ids: Sequence[UUID],
    *,
    by: Actor,
    at: datetime,
) -> None:
    if ticket:
        _receive(ticket, by=by, at=at)
    visit = Visit.objects.create(
        day=day,
        division_code=day.division_code,
        ticket=ticket,
        case_id=receipt.case_id,
        path=agreed.path,
        recorded_at=at,
        recorded_by_id=by.person_id,
    )
    record.write(
        action="reception.visit.record",
        by=by,
        at=at,
        division_code=day.division_code,
        subject=visit,
        data={"day": str(day.pk), "case": receipt.number, "path": agreed.path},
    )
    event = VisitRecorded(
        visit_id=visit.pk,
        day_id=day.pk,
        case_id=receipt.case_id,
        deputy_ids=tuple(deputy_ids),
        at=at,
    )
    bus.announce(event, key=day.pk, division_code=day.division_code)


def _receive(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    """The number and the booking behind it, received. Who was not called is called by it."""
    if ticket.state in (TicketState.WAITING, TicketState.MISSED):
        ticket.state = move(TICKET_MOVES, ticket.state, "call")
        ticket.called_at, ticket.called_by_id = at, by.person_id
    ticket.state = move(TICKET_MOVES, ticket.state, "receive")
    ticket.save(update_fields=("state", "called_at", "called_by"))
    tell(ticket, "receive", by=by, at=at)
    if ticket.booking_id:
        booking_moves.receive(booking_id=ticket.booking_id, by=by, at=at)


@transaction.atomic
def judge_on_the_spot(
    *, visit_id: UUID, result: str, reason: str, by: Actor, at: datetime
) -> Visit:
    """The resident's own tap on the clerk's screen: a verdict like one by link, on the result.

    Effects: as cases.judging.judge for the voice that spoke; journal says at whose desk. Raises
    Absent, and what judging raises (a second verdict, a reason missing).
    """
    visit = Visit.objects.select_related("day__venue").filter(pk=visit_id).first()
    if visit is None or not permissions.may_run(by, visit.day.venue):
        raise Absent
    voice = visit.case.voices.get(kind=VoiceKind.FILED)
    judging.judge(
        voice_id=voice.pk,
        result=result,
        attitude="",
        is_done=None,
        reason=reason,
        ask_second_look=False,
        at=at,
    )
    record.write(
        action="reception.visit.judged",
        by=by,
        at=at,
        division_code=visit.division_code,
        subject=visit,
        data={"result": result, "where": "desk"},
    )
    return visit

"""Calling a deputy out to a grid (按需): asked in turn, accepted, passed on, given back, ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import Channel
from lianxin.cases.services import filing
from lianxin.congress.models import Actor
from lianxin.kernel import bus, idempotency
from lianxin.kernel.clock import local_date
from lianxin.kernel.db import retry_on_conflict
from lianxin.kernel.moves import move
from lianxin.reception.enums import ASK_MOVES, CALL_MOVES, AskState, CallState
from lianxin.reception.events import CallMoved
from lianxin.reception.models import Ask, CallOut
from lianxin.reception.queries.calls import may_accept, to_ask
from lianxin.reception.queries.duty import bound_grids, setting_of
from lianxin.reception.rules import permissions
from lianxin.reception.rules.duty import answer_by
from lianxin.record.services import write
from lianxin.venues.models import Venue


class CallIncomplete(permissions.ReceptionRefused):
    message = _("Please say what it is about and who calls.")
    code = "call_incomplete"


class NotAGridHere(permissions.ReceptionRefused):
    message = _("No deputy is bound to this grid here. Deputies are bound on the venue's page.")
    code = "call_grid"


class CallIsTaken(permissions.ReceptionRefused):
    message = _("Another deputy is going already. Thank you all the same.")
    code = "call_taken"
    status = 409


class CallWentOn(permissions.ReceptionRefused):
    message = _("This call is not with you any more: it went on to somebody else, or it ended.")
    code = "call_went_on"
    status = 409


class WhyMissing(permissions.ReceptionRefused):
    message = _("Please say in a word why you cannot go.")
    code = "call_why"


class DeedMissing(permissions.ReceptionRefused):
    message = _("Please say in a word what was done.")
    code = "call_deed"


@retry_on_conflict
@transaction.atomic
def call_deputy(
    *,
    venue_id: UUID,
    grid_id: UUID,
    words: str,
    where: str,
    caller: str,
    phone: str,
    key: str,
    by: Actor,
    at: datetime,
) -> CallOut:
    """Call a deputy out to a grid of the venue, once per key.

    Rule → call, its words sealed → journal → CallMoved("call") → the first deputy is asked, see
    `_ask_next`. Raises NotYourVenue, NotAGridHere, CallIncomplete.
    """
    venue = Venue.objects.get(pk=venue_id)
    permissions.check_may_call(by, venue)
    if not words.strip() or not caller.strip():
        raise CallIncomplete
    grid = bound_grids(venue, local_date(at)).filter(pk=grid_id).first()
    if grid is None:
        raise NotAGridHere

    def make() -> str:
        call = CallOut(
            grid=grid,
            venue=venue,
            division_code=grid.division_code,
            caller=caller.strip()[:60],
            phone=phone.strip()[:30],
            called_at=at,
            called_by_id=by.person_id,
        )
        call.words, call.where = words.strip(), where.strip()
        call.save(force_insert=True)
        _note(call, "call", by=by, at=at)
        _ask_next(call, at=at)
        return str(call.pk)

    said = {"venue": str(venue_id), "grid": str(grid_id), "words": words, "where": where}
    done = idempotency.once(
        key=key,
        actor=str(by.person_id),
        route="reception.call",
        body_hash=idempotency.hash_body({**said, "caller": caller, "phone": phone}),
        act=make,
    )
    return CallOut.objects.get(pk=UUID(done))


def _ask_next(call: CallOut, *, at: datetime) -> Ask | None:
    """Ask the next deputy of a locked call and announce it; with nobody left the call is UNANSWERED.

    The time to answer counts between 8:00 and 20:00 only.
    """
    following = next(iter(to_ask(call, local_date(at))), None)
    if following is None:
        call.state = move(CALL_MOVES, call.state, "exhaust")
        call.save(update_fields=("state",))
        _note(call, "exhaust", by=None, at=at)
        return None
    ask = Ask.objects.create(
        call=call,
        deputy=following,
        order=_last_order(call) + 1,
        asked_at=at,
        answer_by=answer_by(at, setting_of(call.venue).answer_minutes),
        division_code=call.division_code,
    )
    _note(call, "ask", by=None, at=at, deputy=following.pk, order=ask.order)
    return ask


def _last_order(call: CallOut) -> int:
    return call.asks.order_by("-order").values_list("order", flat=True).first() or 0


def _lock(call_id: UUID) -> CallOut:
    """The call first, then its asks: in this order everywhere, so that nobody waits in a circle."""
    return (
        CallOut.objects.select_for_update(of=("self",))
        .select_related("venue", "grid")
        .get(pk=call_id)
    )


def _own_ask(call: CallOut, by: Actor) -> Ask:
    """The deputy's latest ask in a locked call. Raises NotADeputy, CallWentOn."""
    deputy_id = permissions.deputy_id_of(by)
    ask = (
        Ask.objects.select_for_update()
        .filter(call=call, deputy_id=deputy_id)
        .order_by("-order")
        .first()
    )
    if ask is None:
        raise CallWentOn
    return ask


def _settle(ask: Ask, act: str, at: datetime, words: str = "") -> None:
    ask.state = move(ASK_MOVES, ask.state, act)
    ask.words, ask.answered_at = words[:200], at
    ask.save(update_fields=("state", "words", "answered_at"))


def _drop_waiting(call: CallOut, at: datetime) -> None:
    for ask in Ask.objects.select_for_update().filter(call=call, state=AskState.WAITING):
        _settle(ask, "drop", at)


@retry_on_conflict
@transaction.atomic
def accept(*, call_id: UUID, by: Actor, at: datetime) -> CallOut:
    """The deputy goes (我去). Who answers too late may still go while nobody else does: then nobody
    is asked any further.

    Locks the call → the deputy's ask → others are no longer asked → journal → CallMoved("accept").
    Pressed twice, it does nothing more. Raises NotADeputy, CallIsTaken, CallWentOn.
    """
    call = _lock(call_id)
    ask = _own_ask(call, by)
    if call.state == CallState.ACCEPTED:
        if call.deputy_id == ask.deputy_id:
            return call
        raise CallIsTaken
    if not may_accept(call, ask):
        raise CallWentOn
    _settle(ask, "accept", at)
    _drop_waiting(call, at)
    call.state = move(CALL_MOVES, call.state, "accept")
    call.deputy_id = ask.deputy_id
    call.save(update_fields=("state", "deputy"))
    _note(call, "accept", by=by, at=at, deputy=ask.deputy_id)
    return call


@retry_on_conflict
@transaction.atomic
def pass_on(*, call_id: UUID, words: str, by: Actor, at: datetime) -> CallOut:
    """The deputy asked cannot go: the next one is asked. A reason is asked for.

    Locks the call → ask → journal → CallMoved("pass") → `_ask_next`. Raises NotADeputy, WhyMissing,
    CallWentOn.
    """
    call = _lock(call_id)
    ask = _own_ask(call, by)
    if ask.state != AskState.WAITING:
        raise CallWentOn
    if not words.strip():
        raise WhyMissing
    _settle(ask, "pass", at, words.strip())
    _note(call, "pass", by=by, at=at, deputy=ask.deputy_id)
    _ask_next(call, at=at)
    return call


@retry_on_conflict
@transaction.atomic
def give_back(*, call_id: UUID, words: str, by: Actor, at: datetime) -> CallOut:
    """A deputy who was going cannot any more: the next one is asked, the caller is told.

    Effects as `pass_on`, with CallMoved("give_back"). Raises NotADeputy, WhyMissing, CallWentOn.
    """
    call = _lock(call_id)
    ask = _own_ask(call, by)
    if call.state != CallState.ACCEPTED or call.deputy_id != ask.deputy_id:
        raise CallWentOn
    if not words.strip():
        raise WhyMissing
    _settle(ask, "pass", at, words.strip())
    call.state, call.deputy = move(CALL_MOVES, call.state, "give_back"), None
    call.save(update_fields=("state", "deputy"))
    _note(call, "give_back", by=by, at=at, deputy=ask.deputy_id)
    _ask_next(call, at=at)
    return call


@retry_on_conflict
@transaction.atomic
def lapse(*, ask_id: UUID, at: datetime) -> bool:
    """Nobody answered in time: the next deputy is asked. False where the deputy was faster.

    Locks the call → ask → journal → CallMoved("lapse") → `_ask_next`. For the scheduler; repeatable.
    """
    found = Ask.objects.filter(pk=ask_id).values_list("call_id", flat=True).first()
    if found is None:
        return False
    call = _lock(found)
    ask = Ask.objects.select_for_update().get(pk=ask_id)
    if ask.state != AskState.WAITING or ask.answer_by > at or call.state != CallState.CALLING:
        return False
    ask.state = move(ASK_MOVES, ask.state, "lapse")
    ask.save(update_fields=("state",))
    _note(call, "lapse", by=None, at=at, deputy=ask.deputy_id)
    _ask_next(call, at=at)
    return True


@retry_on_conflict
@transaction.atomic
def call_again(*, call_id: UUID, by: Actor, at: datetime) -> CallOut:
    """A call that nobody answered goes round once more: all are asked again, in turn.

    Locks the call → rule → new round → journal → CallMoved("call_again") → `_ask_next`. Raises
    NotYourVenue, IllegalMove.
    """
    call = _lock(call_id)
    permissions.check_may_call(by, call.venue)
    call.state = move(CALL_MOVES, call.state, "call_again")
    call.round_from = _last_order(call) + 1
    call.save(update_fields=("state", "round_from"))
    _note(call, "call_again", by=by, at=at)
    _ask_next(call, at=at)
    return call


@retry_on_conflict
@transaction.atomic
def withdraw(*, call_id: UUID, by: Actor, at: datetime) -> CallOut:
    """No deputy is needed any more; whoever is asked or going is told.

    Locks the call → rule → asks dropped → journal → CallMoved("withdraw"). Raises NotYourVenue,
    IllegalMove.
    """
    call = _lock(call_id)
    permissions.check_may_call(by, call.venue)
    call.state = move(CALL_MOVES, call.state, "withdraw")
    _drop_waiting(call, at)
    call.ended_at, call.ended_by_id = at, by.person_id
    call.save(update_fields=("state", "ended_at", "ended_by"))
    _note(call, "withdraw", by=by, at=at)
    return call


@retry_on_conflict
@transaction.atomic
def finish(*, call_id: UUID, outcome: str, by: Actor, at: datetime) -> CallOut:
    """What was done, in the words of the deputy who went, or of a clerk who heard it from them.

    Locks the call → rule → journal → CallMoved("finish"). Raises NotYourSeat, DeedMissing, IllegalMove.
    """
    call = _lock(call_id)
    permissions.check_may_finish(by, call.deputy_id, call.venue)
    if not outcome.strip():
        raise DeedMissing
    return _end(call, outcome, by, at)


@retry_on_conflict
@transaction.atomic
def make_case(*, call_id: UUID, outcome: str, by: Actor, at: datetime) -> CallOut:
    """The call becomes a case of the venue's desk in the caller's own words, and ends.

    Locks the call → rule → case by filing.file_case (channel grid; the grid; the deputy who went as
    receiver; no personal data) → the call ends as in `finish`, the deed may stay empty. Pressed
    twice, it does nothing more. Raises NotYourSeat, IllegalMove.
    """
    call = _lock(call_id)
    permissions.check_may_finish(by, call.deputy_id, call.venue)
    if call.case_id:
        return call
    move(CALL_MOVES, call.state, "finish")
    assert call.deputy_id
    draft = filing.Draft(
        words=call.words,
        division_code=call.division_code,
        channel=Channel.GRID,
        venue_id=call.venue_id,
        grid_id=call.grid_id,
        address=call.where,
        receiver_ids=(call.deputy_id,),
    )
    receipt = filing.file_case(
        draft=draft,
        key=f"reception.call:{call.pk}",
        actor=str(call.pk),
        route="reception.call.case",
        by=by,
        at=at,
    )
    call.case_id = receipt.case_id
    call.save(update_fields=("case",))
    return _end(call, outcome, by, at)


def _end(call: CallOut, outcome: str, by: Actor, at: datetime) -> CallOut:
    call.state = move(CALL_MOVES, call.state, "finish")
    call.outcome = outcome.strip()
    call.ended_at, call.ended_by_id = at, by.person_id
    call.save(update_fields=("state", "outcome", "ended_at", "ended_by"))
    _note(call, "finish", by=by, at=at, deputy=call.deputy_id, case=call.case_id)
    return call


def _note(call: CallOut, act: str, *, by: Actor | None, at: datetime, **data: Any) -> None:
    """The journal entry of a call and its announcement. Words and names stay in the call."""
    write(
        action=f"reception.call.{act}",
        by=by,
        at=at,
        division_code=call.division_code,
        subject=call,
        data={"venue": call.venue_id, "grid": call.grid_id, **data},
    )
    event = CallMoved(call_id=call.pk, act=act, at=at)
    bus.announce(event, key=call.pk, division_code=call.division_code)

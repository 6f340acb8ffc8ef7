"""Swaps and substitutes: asked for, agreed to, refused, withdrawn, confirmed, lapsed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from lianxin.congress.models import Actor, Deputy
from lianxin.kernel import bus
from lianxin.kernel.moves import move
from lianxin.kernel.refused import Absent
from lianxin.reception.enums import SWAP_MOVES, SwapState
from lianxin.reception.events import SwapMoved
from lianxin.reception.models import ReceptionDay, RotaSetting, Shift, Swap
from lianxin.reception.queries import swaps as queries
from lianxin.reception.rules import permissions
from lianxin.reception.rules import swaps as rules
from lianxin.reception.services.seats import take_seat
from lianxin.record.services import write


@transaction.atomic
def ask(
    *,
    shift_id: UUID,
    other_deputy_id: UUID,
    other_shift_id: UUID | None = None,
    words: str = "",
    by: Actor | None,
    at: datetime,
) -> Swap:
    """A deputy asks a colleague to take a turn: for the turn `other_shift_id` of theirs, or as a
    substitute. A clerk may ask in the deputy's name; then the venue need not confirm.

    Locks the days and deputies → rules → swap → journal → SwapMoved("ask"). Raises NotYourSeat,
    SeatGone, SwapTooLate, AlreadyAsked, SwapUnfit.
    """
    shift, other = _locked(shift_id, other_shift_id, other_deputy_id)
    rules.check_may_ask(by, shift, shift.day.venue)
    if Swap.objects.filter(shift=shift, state__in=rules.OPEN).exists():
        raise rules.AlreadyAsked
    _check_seats(shift, other, other_deputy_id, at)
    swap = Swap.objects.create(
        shift=shift,
        other_shift=other,
        deputy_id=shift.deputy_id,
        other_deputy_id=other_deputy_id,
        words=words.strip()[:200],
        asked_at=at,
        asked_by_id=by.person_id if by else None,
        division_code=shift.division_code,
    )
    _note(swap, "ask", by=by, at=at)
    return swap


@transaction.atomic
def agree(*, swap_id: UUID, by: Actor | None, at: datetime) -> Swap:
    """The deputy asked says yes. Where the venue confirms swaps it now waits for the clerk; else
    both seats change hands at once.

    Locks days, deputies, swap → rules, once more → AGREED → journal → SwapMoved("agree"), or
    straight on as in `confirm`. Raises NotYourSeat, SwapOver, SeatGone, SwapTooLate, SwapUnfit.
    """
    swap = _held(swap_id)
    rules.check_may_answer(by, swap)
    rules.check_still(swap, "agree")
    _check_seats(swap.shift, swap.other_shift, swap.other_deputy_id, at)
    _move(swap, "agree", by=by, at=at)
    if _venue_confirms(swap):
        _note(swap, "agree", by=by, at=at)
        return swap
    return _execute(swap, "confirm", by=by, at=at)


def _venue_confirms(swap: Swap) -> bool:
    """Not where a clerk asked: then the venue wants it already."""
    if swap.asked_by_id != swap.deputy.person_id:
        return False
    setting = RotaSetting.objects.filter(venue_id=swap.shift.day.venue_id).first()
    return (setting or RotaSetting()).swap_needs_venue


@transaction.atomic
def confirm(*, swap_id: UUID, by: Actor | None, at: datetime) -> Swap:
    """The venue says yes: both seats change hands.

    Locks days, deputies, swap → rules, once more → DONE → shifts (the old ones replaced, new ones
    naming them) → journal → RotaChanged per day, SwapMoved("confirm") → other requests for these
    seats are dropped. Raises NotYourVenue, SwapOver, SeatGone, SwapTooLate, SwapUnfit.
    """
    swap = _held(swap_id)
    permissions.check_may_plan(by, swap.shift.day.venue)
    rules.check_still(swap, "confirm")
    _check_seats(swap.shift, swap.other_shift, swap.other_deputy_id, at)
    return _execute(swap, "confirm", by=by, at=at)


@transaction.atomic
def refuse(*, swap_id: UUID, words: str = "", by: Actor | None, at: datetime) -> Swap:
    """The deputy asked says no, or, once they agreed, the venue. The turns stay where they are.

    Locks → rule → REFUSED with the answer → journal → SwapMoved("refuse"). Raises NotYourSeat,
    NotYourVenue, SwapOver.
    """
    swap = _held(swap_id)
    if swap.state == SwapState.ASKED:
        rules.check_may_answer(by, swap)
    elif not rules.may_answer(by, swap):
        permissions.check_may_plan(by, swap.shift.day.venue)
    rules.check_still(swap, "refuse")
    swap.answer = words.strip()[:200]
    _move(swap, "refuse", by=by, at=at)
    _note(swap, "refuse", by=by, at=at)
    return swap


@transaction.atomic
def withdraw(*, swap_id: UUID, by: Actor | None, at: datetime) -> Swap:
    """The asker takes the request back; until the seats have changed hands.

    Locks → rule → WITHDRAWN → journal → SwapMoved("withdraw"). Raises NotYourSeat, SwapOver.
    """
    swap = _held(swap_id)
    rules.check_may_withdraw(by, swap, swap.shift.day.venue)
    rules.check_still(swap, "withdraw")
    _move(swap, "withdraw", by=by, at=at)
    _note(swap, "withdraw", by=by, at=at)
    return swap


@transaction.atomic
def substitute(
    *, shift_id: UUID, deputy_id: UUID, words: str, by: Actor | None, at: datetime
) -> Swap:
    """The clerk gives a seat to a substitute at once, with the reason; for what was settled by
    telephone, up to the end of the day.

    Locks day and deputies → rules → a swap that is done → shifts → journal → RotaChanged,
    SwapMoved("set") → open requests for the seat are dropped. Raises NotYourVenue, SeatGone,
    SwapUnfit.
    """
    shift, _other = _locked(shift_id, None, deputy_id)
    permissions.check_may_plan(by, shift.day.venue)
    rules.check_can_hand_over(shift, shift.day)
    _check_fits(shift, None, deputy_id)
    drop_open([shift_id], at=at)
    swap = Swap.objects.create(
        shift=shift,
        deputy_id=shift.deputy_id,
        other_deputy_id=deputy_id,
        words=words.strip()[:200],
        state=move(SWAP_MOVES, SwapState.ASKED, "agree"),
        asked_at=at,
        asked_by_id=by.person_id if by else None,
        division_code=shift.division_code,
    )
    return _execute(swap, "set", by=by, at=at)


def lapse_due(*, at: datetime, day_ids: Collection[UUID] | None = None, limit: int = 200) -> int:
    """Requests nobody answered in time, or whose seat or day is gone, lapse; with `day_ids`, only
    those that concern these days. Returns how many. One transaction each.
    """
    rows = queries.lapsing(at)
    if day_ids is not None:
        rows = rows.filter(Q(shift__day__in=day_ids) | Q(other_shift__day__in=day_ids))
    due = list(rows.order_by("asked_at", "id").values_list("pk", flat=True)[:limit])
    return sum(_lapse(swap_id=pk, at=at) for pk in due)


@transaction.atomic
def _lapse(*, swap_id: UUID, at: datetime) -> int:
    swap = _held(swap_id)
    if not queries.lapsing(at).filter(pk=swap.pk).exists():
        return 0
    gone = any(
        not rules.can_swap(one, one.day)
        for one in (swap.shift, swap.other_shift)
        if one is not None
    )
    _move(swap, "lapse", by=None, at=at)
    _note(swap, "drop" if gone else "lapse", by=None, at=at)
    return 1


def drop_open(shift_ids: list[UUID], *, at: datetime, but: UUID | None = None) -> int:
    """Open requests for seats that changed hands lapse; inside the transaction of the change."""
    rows = Swap.objects.select_for_update().filter(state__in=rules.OPEN)
    if but is not None:
        rows = rows.exclude(pk=but)
    found = [
        *rows.filter(shift_id__in=shift_ids),
        *rows.filter(other_shift_id__in=shift_ids),
    ]
    for swap in found:
        _move(swap, "lapse", by=None, at=at)
        _note(swap, "drop", by=None, at=at)
    return len(found)


def _execute(swap: Swap, act: str, *, by: Actor | None, at: datetime) -> Swap:
    """Both seats change hands; the rules were asked."""
    shift, other = swap.shift, swap.other_shift
    _move(swap, "confirm", by=by, at=at)
    why = "swap" if other else "substitute"
    take_seat(shift=shift, deputy_id=swap.other_deputy_id, why=why, by=by, at=at)
    if other:
        take_seat(shift=other, deputy_id=swap.deputy_id, why=why, by=by, at=at)
    drop_open([shift.pk, *([other.pk] if other else [])], at=at, but=swap.pk)
    _note(swap, act, by=by, at=at)
    return swap


def _move(swap: Swap, act: str, *, by: Actor | None, at: datetime) -> None:
    swap.state = move(SWAP_MOVES, swap.state, act)
    swap.settled_at = at
    swap.settled_by_id = by.person_id if by else None
    swap.save(update_fields=("state", "answer", "settled_at", "settled_by"))


def _locked(
    shift_id: UUID, other_shift_id: UUID | None, other_deputy_id: UUID
) -> tuple[Shift, Shift | None]:
    """The shifts, with their days and both deputies locked, always in the same order: days, deputies,
    so that neither two swaps nor a swap and a new rota wait for each other. Raises Absent.
    """
    ids = [shift_id, *([other_shift_id] if other_shift_id else [])]
    pairs = list(Shift.objects.filter(pk__in=ids).values_list("day_id", "deputy_id"))
    days = [day_id for day_id, _deputy in pairs]
    list(ReceptionDay.objects.select_for_update().filter(pk__in=days).order_by("pk"))
    deputies = {*(deputy_id for _day, deputy_id in pairs), other_deputy_id}
    rows = Deputy.objects.select_for_update(no_key=True).filter(pk__in=deputies)
    if len(list(rows.order_by("pk"))) != len(deputies):
        raise Absent
    shifts = {
        one.pk: one
        for one in Shift.objects.select_for_update(of=("self",))
        .select_related("day__venue", "deputy")
        .filter(pk__in=ids)
    }
    if len(shifts) != len(set(ids)):
        raise Absent
    return shifts[shift_id], shifts[other_shift_id] if other_shift_id else None


def _held(swap_id: UUID) -> Swap:
    """The swap, locked after its days and deputies. Raises Absent."""
    seen = Swap.objects.filter(pk=swap_id).first()
    if seen is None:
        raise Absent
    shift, other = _locked(seen.shift_id, seen.other_shift_id, seen.other_deputy_id)
    swap = Swap.objects.select_for_update(of=("self",)).select_related("deputy").get(pk=swap_id)
    swap.shift, swap.other_shift = shift, other
    return swap


def _check_seats(shift: Shift, other: Shift | None, other_deputy_id: UUID, at: datetime) -> None:
    """Raises SeatGone, SwapTooLate, SwapUnfit."""
    rules.check_can_swap(shift, shift.day)
    if other:
        rules.check_can_swap(other, other.day)
        if (other.deputy_id, other.day.venue_id) != (other_deputy_id, shift.day.venue_id):
            raise rules.SeatGone
    rules.check_in_time(at, shift.day, *([other.day] if other else []))
    _check_fits(shift, other, other_deputy_id)


def _check_fits(shift: Shift, other: Shift | None, taker: UUID) -> None:
    facts = queries.facts_about(shift.day.venue_id, shift.day.date, [shift.deputy_id, taker])
    day = facts.day(shift.day_id)
    theirs = facts.day(other.day_id) if other else None
    if day is None or (other and theirs is None):
        raise rules.SeatGone
    gives_up = other.day_id if other else None
    rules.check_fits(facts, day, giver=shift.deputy_id, taker=taker, gives_up=gives_up)
    if theirs:
        asker = shift.deputy_id
        rules.check_fits(facts, theirs, giver=taker, taker=asker, gives_up=shift.day_id)


def _note(swap: Swap, act: str, *, by: Actor | None, at: datetime) -> None:
    write(
        action=f"reception.swap.{act}",
        by=by,
        at=at,
        division_code=swap.division_code,
        subject=swap,
        data={
            "shift": str(swap.shift_id),
            "other_shift": str(swap.other_shift_id or ""),
            "deputies": [str(swap.deputy_id), str(swap.other_deputy_id)],
        },
    )
    event = SwapMoved(swap_id=swap.pk, act=act, at=at)
    bus.announce(event, key=swap.pk, division_code=swap.division_code)

"""Who was there: checked in by the code on the screen, or marked by the clerk with a reason."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Actor
from lianxin.kernel import bus
from lianxin.kernel.moves import move
from lianxin.kernel.refused import Absent, Refused
from lianxin.reception.enums import COMING, SHIFT_MOVES, DayState, ShiftState
from lianxin.reception.events import ShiftAttended
from lianxin.reception.models import ReceptionDay, Screen, Shift
from lianxin.reception.queries.deputy import turns_open_now
from lianxin.reception.rules import checkin, permissions
from lianxin.reception.rules.permissions import ReceptionRefused
from lianxin.record.services import write

#: What a clerk may do by hand, and the state it leads to.
BY_HAND = ("check_in", "excuse", "miss", "take_back")


class AttendanceClosed(Refused):
    message = _("The record of this day is signed: attendance stands as it is.")
    code = "attendance_closed"


class NotYet(ReceptionRefused):
    message = _("This can be said only when the day has begun.")
    code = "not_yet"


class ReasonMissing(ReceptionRefused):
    message = _("Please write why it is marked by hand.")
    code = "reason_missing"


@transaction.atomic
def check_in(*, said: str, by: Actor, at: datetime) -> Shift:
    """A deputy at the venue types the digits, or opens the address, that its screen shows now.

    Finds the deputy's turn that is open at this moment and whose screen shows the code → locks it
    → PRESENT → journal → ShiftAttended. Whoever has checked in already gets the same turn again.
    Guesses are to be limited by the caller. Raises NotADeputy, NoTurnNow, CodeRefused.
    """
    shift = _turn(said, by, at)
    held = _locked(shift.pk)
    if held.state == ShiftState.PRESENT:
        return held
    if held.state not in (ShiftState.EXPECTED, ShiftState.EXCUSED, ShiftState.ABSENT):
        raise checkin.NoTurnNow
    return _move(held, "check_in", reason="", how="code", by=by, at=at)


def turn_for(*, said: str, by: Actor, at: datetime) -> Shift:
    """The turn that the code would check in, without doing so. Raises as `check_in`."""
    return _turn(said, by, at)


def _turn(said: str, by: Actor, at: datetime) -> Shift:
    deputy_id = permissions.deputy_id_of(by)
    mine = [one for one in turns_open_now(deputy_id, at) if checkin.is_open(one.day, at)]
    if not mine:
        raise checkin.NoTurnNow
    rows = Screen.objects.filter(venue__in={one.day.venue_id for one in mine}, is_active=True)
    screens = list(rows.values_list("venue_id", "pk"))
    for shift in mine:
        here = [pk for venue_id, pk in screens if venue_id == shift.day.venue_id]
        if checkin.fits(said, day_id=shift.day_id, screen_ids=here, at=at):
            return shift
    raise checkin.CodeRefused


@transaction.atomic
def mark(*, shift_id: UUID, act: str, reason: str, by: Actor | None, at: datetime) -> Shift:
    """The clerk says by hand who was there (`check_in`), was on approved leave (`excuse`), was
    absent without leave (`miss`), or that a mark was a mistake (`take_back`); with the reason.

    Leave may be approved before the day (代表法 13: it is no absence); the others need the day to
    have begun, presence from one hour before. Locks the day, then the seat → rule → state with the
    reason → journal → ShiftAttended. Raises Absent, AttendanceClosed, NotYet, ReasonMissing,
    IllegalMove.
    """
    held = _locked(shift_id)
    day = held.day
    if not permissions.may_run(by, day.venue):
        raise Absent
    if day.state not in COMING and day.state != DayState.ENDED:
        raise AttendanceClosed
    if act not in BY_HAND:
        raise Absent
    if not reason.strip():
        raise ReasonMissing
    begins = day.starts_at - checkin.OPENS if act == "check_in" else day.starts_at
    if act in ("check_in", "miss") and at < begins:
        raise NotYet
    return _move(held, act, reason=reason.strip()[:120], how="hand", by=by, at=at)


def _locked(shift_id: UUID) -> Shift:
    """The seat, locked after its day. Raises Absent."""
    day_id = Shift.objects.filter(pk=shift_id).values_list("day_id", flat=True).first()
    if day_id is None:
        raise Absent
    ReceptionDay.objects.select_for_update().get(pk=day_id)
    return (
        Shift.objects.select_for_update(of=("self",)).select_related("day__venue").get(pk=shift_id)
    )


def _move(
    shift: Shift, act: str, *, reason: str, how: str, by: Actor | None, at: datetime
) -> Shift:
    shift.state = move(SHIFT_MOVES, shift.state, act)
    decided = shift.state != ShiftState.EXPECTED
    shift.attended_at = at if decided else None
    shift.attended_by_id = by.person_id if by and decided else None
    shift.excuse = reason
    shift.save(update_fields=("state", "attended_at", "attended_by", "excuse"))
    write(
        action=f"reception.shift.{act}",
        by=by,
        at=at,
        division_code=shift.division_code,
        subject=shift,
        data={"day": str(shift.day_id), "deputy": str(shift.deputy_id), "how": how},
    )
    event = ShiftAttended(shift_id=shift.pk, deputy_id=shift.deputy_id, state=shift.state, at=at)
    bus.announce(event, key=shift.deputy_id, division_code=shift.division_code)
    return shift

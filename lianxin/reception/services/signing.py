"""The pair signs the record of its day; then the day counts in the deputies' records."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Actor
from lianxin.kernel import bus
from lianxin.kernel.db import retry_on_conflict
from lianxin.kernel.moves import move
from lianxin.kernel.refused import Absent
from lianxin.reception.enums import DAY_MOVES, SEATED, ShiftState
from lianxin.reception.events import ReceptionSigned
from lianxin.reception.models import ReceptionDay, Shift, SignOff
from lianxin.reception.queries.record import signing
from lianxin.reception.rules import permissions
from lianxin.reception.rules.permissions import NotYourSeat, ReceptionRefused
from lianxin.reception.services.room import lock_day, shift_state
from lianxin.record.services import write


class SeatsUndecided(ReceptionRefused):
    message = _("It is not settled yet who was present.")
    code = "seats_undecided"
    status = 409
    hint = _("The venue settles it in the attendance of the day; then the record can be signed.")


class SomebodyWasThere(ReceptionRefused):
    message = _("Deputies were present: they sign, nobody signs for them.")
    code = "somebody_was_there"
    status = 409


@retry_on_conflict
@transaction.atomic
def sign_day(*, day_id: UUID, remark: str, by: Actor, at: datetime) -> SignOff:
    """A deputy who was present stands by the record; the last one signs the day off.

    Locks the day → who (present on a seat) → when (ended, every seat decided) → signature →
    journal; with the last: state SIGNED → DayChanged("sign") → ReceptionSigned. A second tap finds
    the first signature. Raises NotADeputy, Absent (no seat that day), NotYourSeat (not present),
    SeatsUndecided, IllegalMove.
    """
    deputy_id = permissions.deputy_id_of(by)
    days = ReceptionDay.objects.select_for_update(of=("self",)).select_related("venue")
    day = days.filter(pk=day_id).first()
    shift = Shift.objects.filter(day_id=day_id, deputy_id=deputy_id, state__in=SEATED).first()
    if day is None or shift is None:
        raise Absent
    given = SignOff.objects.filter(day=day, deputy_id=deputy_id).first()
    if given:
        return given
    move(DAY_MOVES, day.state, "sign")
    if shift.state not in (ShiftState.PRESENT, ShiftState.EXPECTED):
        raise NotYourSeat
    if signing(day).undecided:
        raise SeatsUndecided
    made = SignOff.objects.create(
        day=day,
        division_code=day.division_code,
        deputy_id=deputy_id,
        remark=remark.strip()[:200],
        signed_at=at,
        signed_by_id=by.person_id,
    )
    write(
        action="reception.signoff.given",
        by=by,
        at=at,
        division_code=day.division_code,
        subject=day,
        data={"deputy": str(deputy_id), "remarked": bool(made.remark)},
    )
    now = signing(day)
    if now.is_complete:
        _signed(day, tuple(one.deputy_id for one in now.signed), by=by, at=at)
    return made


@transaction.atomic
def close_unattended(*, day_id: UUID, by: Actor, at: datetime) -> ReceptionDay:
    """A day on which no deputy was present is signed off by the venue: there is nobody who could.

    Raises Absent, SeatsUndecided, SomebodyWasThere, IllegalMove.
    """
    day = lock_day(day_id, by)
    stands = signing(day)
    if stands.undecided:
        raise SeatsUndecided
    if not stands.nobody_came:
        raise SomebodyWasThere
    return _signed(day, (), by=by, at=at)


def _signed(
    day: ReceptionDay, deputy_ids: tuple[UUID, ...], *, by: Actor, at: datetime
) -> ReceptionDay:
    shift_state(day, "sign", by=by, at=at)
    event = ReceptionSigned(
        day_id=day.pk,
        venue_id=day.venue_id,
        deputy_ids=deputy_ids,
        visits=day.visits.count(),
        at=at,
    )
    bus.announce(event, key=day.pk, division_code=day.division_code)
    return day

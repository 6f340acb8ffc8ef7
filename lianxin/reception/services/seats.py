"""Who sits on which day: seats given by hand, and the one way in which a seat changes hands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from lianxin.congress.models import Actor
from lianxin.kernel import bus
from lianxin.kernel.moves import move
from lianxin.reception.enums import SEATED, SHIFT_MOVES
from lianxin.reception.events import RotaChanged
from lianxin.reception.models import ReceptionDay, Shift
from lianxin.reception.rules import permissions
from lianxin.record.services import write


@transaction.atomic
def seat_deputies(
    *, day_id: UUID, deputy_ids: Sequence[UUID], by: Actor | None, at: datetime
) -> list[Shift]:
    """The deputies of a day, in the order of their seats; whoever sat there otherwise is replaced.

    Locks the day → rule → shifts → journal → RotaChanged. Seats that stay the same are left alone.
    Raises NotYourVenue.
    """
    day = (
        ReceptionDay.objects.select_for_update(of=("self",)).select_related("venue").get(pk=day_id)
    )
    permissions.check_may_plan(by, day.venue)
    held = list(Shift.objects.select_for_update().filter(day=day, state__in=SEATED))
    wanted = dict(enumerate(dict.fromkeys(deputy_ids), start=1))
    gone = [one for one in held if wanted.get(one.seat) != one.deputy_id]
    for shift in gone:
        shift.state = move(SHIFT_MOVES, shift.state, "replace")
        shift.save(update_fields=("state",))
    kept = {one.seat: one for one in held if one not in gone}
    for seat, deputy_id in wanted.items():
        if seat not in kept:
            kept[seat] = Shift.objects.create(
                day=day, deputy_id=deputy_id, seat=seat, division_code=day.division_code
            )
    concerned = {one.deputy_id for one in gone} | set(wanted.values())
    if gone or len(kept) > len(held) - len(gone):
        tell(day, concerned, "seat", by=by, at=at)
    return [kept[seat] for seat in sorted(kept)]


def take_seat(*, shift: Shift, deputy_id: UUID, why: str, by: Actor | None, at: datetime) -> Shift:
    """A held seat goes to another deputy; `why` is `swap` or `substitute`. The caller holds the lock
    of the day, has asked the rules, and is inside a transaction.

    The seat is given up → the new one, which names what it replaces → journal → RotaChanged, for
    both and for all who sit there.
    """
    shift.state = move(SHIFT_MOVES, shift.state, "replace")
    shift.save(update_fields=("state",))
    taken = Shift.objects.create(
        day=shift.day,
        deputy_id=deputy_id,
        seat=shift.seat,
        plan_id=shift.plan_id,
        reason=[why],
        replaces=shift,
        division_code=shift.division_code,
    )
    there = Shift.objects.filter(day=shift.day, state__in=SEATED)
    concerned = {shift.deputy_id, *there.values_list("deputy_id", flat=True)}
    tell(shift.day, concerned, why, by=by, at=at)
    return taken


def tell(
    day: ReceptionDay, deputy_ids: set[UUID], act: str, *, by: Actor | None, at: datetime
) -> None:
    """The journal entry of changed seats and its announcement."""
    ids = tuple(sorted(deputy_ids))
    write(
        action=f"reception.rota.{act}",
        by=by,
        at=at,
        division_code=day.division_code,
        subject=day,
        data={"venue": str(day.venue_id), "deputies": [str(one) for one in ids]},
    )
    event = RotaChanged(venue_id=day.venue_id, day_ids=(day.pk,), deputy_ids=ids, act=act, at=at)
    bus.announce(event, key=day.venue_id, division_code=day.division_code)

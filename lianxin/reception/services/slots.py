"""The times of a day that can be booked: cut, shifted with their day."""

from __future__ import annotations

from datetime import timedelta

from lianxin.reception.enums import HOLDING, PENDING
from lianxin.reception.models import ReceptionDay, Slot
from lianxin.reception.rules.days import BookedBeyond


def slots_of(day: ReceptionDay, *, minutes: int, capacity: int) -> list[Slot]:
    """The times of a day that can be booked, unsaved: whole ones between its beginning and end."""
    length = timedelta(minutes=minutes)
    slots, start = [], day.starts_at
    while start + length <= day.ends_at:
        slots.append(
            Slot(
                day=day,
                division_code=day.division_code,
                starts_at=start,
                ends_at=start + length,
                capacity=capacity,
            )
        )
        start += length
    return slots


def shift_slots(day: ReceptionDay, by: timedelta) -> None:
    """The times of a day move with it, bookings in them; at the end some are cut off or added.

    Raises BookedBeyond where somebody has booked a time that would lie after the new end.
    """
    slots = list(Slot.objects.select_for_update().filter(day=day).order_by("starts_at"))
    if not slots:
        return
    length, capacity = slots[-1].ends_at - slots[-1].starts_at, slots[-1].capacity
    # The one that goes ahead first: no two slots of a day begin together, not even for a moment.
    for slot in reversed(slots) if by > timedelta() else slots:
        slot.starts_at += by
        slot.ends_at += by
        slot.save(update_fields=("starts_at", "ends_at"))
    _cut(day, [slot for slot in slots if slot.ends_at > day.ends_at])
    kept = {slot.starts_at for slot in slots}
    Slot.objects.bulk_create(
        slot
        for slot in slots_of(day, minutes=length // timedelta(minutes=1), capacity=capacity)
        if slot.starts_at not in kept and slot.starts_at > slots[-1].starts_at
    )


def _cut(day: ReceptionDay, beyond: list[Slot]) -> None:
    """Times after the end go; those with bookings of the past stay without a place to book."""
    ids = [slot.pk for slot in beyond]
    booked = day.bookings.filter(slot__in=ids)
    pending = booked.filter(state__in=(*PENDING, *HOLDING)).count()
    if pending:
        raise BookedBeyond(pending)
    used = set(booked.values_list("slot_id", flat=True))
    Slot.objects.filter(pk__in=used).update(capacity=0)
    Slot.objects.filter(pk__in=set(ids) - used).delete()

"""One time that many want at once: days to book, phones that are proven, and what became of it.

python -m benchmarks.one_slot prepare COUNT CAPACITY …    a day a week ahead for each capacity, and
                                                          COUNT proven phones
python -m benchmarks.one_slot judge                       seats, bookings and counts of every time

What is said is JSON; it fits the installation's own keys and database.
"""

from __future__ import annotations

import json
import sys
from datetime import time, timedelta
from typing import Any

PLACE = "530112005"


def prepare(count: int, *capacities: int) -> dict[str, Any]:
    from django.db import transaction

    from lianxin.kernel.clock import local_date, now
    from lianxin.notices.models import Delivery
    from lianxin.people.enums import Purpose
    from lianxin.people.services.phone_proofs import prove, send_code
    from lianxin.reception.services.days import add_day
    from lianxin.venues.models import Venue

    at, venue = now(), Venue.objects.get()
    days, phones = [], []
    for number, capacity in enumerate(capacities):
        day = add_day(
            venue_id=venue.pk,
            on=local_date(at) + timedelta(days=7 + number),
            starts=time(9),
            ends=time(11),
            slot_capacity=capacity,
            by=None,
            at=at,
        )
        days.append([str(slot.pk) for slot in day.slots.all()])
    with transaction.atomic():  # one commit for all of them
        for number in range(count):
            phone = f"138{number:08d}"
            send_code(phone=phone, purpose=Purpose.BOOKING, sender=phone, at=at)
            code = Delivery.objects.order_by("-id")[0].secret
            token = prove(phone=phone, code=code, purpose=Purpose.BOOKING, at=at)
            phones.append([phone, token])
    return {"days": days, "phones": phones}


def judge() -> list[dict[str, Any]]:
    from lianxin.reception.models import Slot

    return [
        {
            "slot": str(slot.pk),
            "taken": slot.taken,
            "seats": sorted(
                slot.bookings.filter(seat__isnull=False).values_list("seat", flat=True)
            ),
            "bookings": slot.bookings.count(),
        }
        for slot in Slot.objects.all()
    ]


def main() -> None:
    import django

    django.setup()
    from lianxin.kernel import scope

    scope.open_for_process("run by hand")
    what, *numbers = sys.argv[1:]
    found = prepare(*map(int, numbers)) if what == "prepare" else judge()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()

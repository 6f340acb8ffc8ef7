"""What the workers do for notices."""

from __future__ import annotations

from datetime import datetime

from lianxin.kernel.clock import now
from lianxin.notices import services
from lianxin.notices.events import DeliveryQueued
from lianxin.people.enums import Door
from lianxin.people.events import DoorChanged


def deliver(event: DeliveryQueued) -> None:
    """Handler of DeliveryQueued; talks to the outside, so it is subscribed with atomic=False."""
    services.deliver(delivery_id=event.delivery_id, at=now())


def deliver_due(at: datetime) -> None:
    """Every minute: reminders whose service moment has come."""
    services.deliver_due(at=at)


def tell_door(event: DoorChanged) -> None:
    """Handler of DoorChanged: whoever signs in by this door hears that it was changed."""
    services.tell(
        person_ids=[event.person_id],
        kind="door",
        text=Door(event.what).label,
        url="/account/second-factor/",
        event_key=f"door:{event.change_id}",
        at=now(),
    )


def warn_undelivered(at: datetime) -> None:
    """Every hour: system administrators hear of what stands still, once a day."""
    services.warn_undelivered(at=at)

"""What stands still until a person looks: parked events, messages that failed, jobs that fail."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from lianxin.congress.models import Actor
from lianxin.congress.queries.periods import within_any
from lianxin.kernel import outbox
from lianxin.kernel.models import OutboxMessage, ScheduledJob
from lianxin.kernel.refused import Absent
from lianxin.notices.enums import DeliveryState
from lianxin.notices.models import Delivery
from lianxin.people.enums import Ability


def parked_messages(actor: Actor) -> QuerySet[OutboxMessage]:
    """Events given up by the workers in the actor's area, or of no place; the oldest first."""
    return outbox.parked().filter(_area(actor))


def parked_message(actor: Actor, event_id: UUID, handler: str) -> OutboxMessage:
    """One of them. Raises Absent where there is none, or no longer, or elsewhere."""
    found = parked_messages(actor).filter(event_id=event_id, handler=handler).first()
    if found is None:
        raise Absent
    return found


def failed_deliveries(actor: Actor) -> QuerySet[Delivery]:
    """Messages that the gateway refused for good in the actor's area, newest first."""
    return Delivery.objects.filter(_area(actor), state=DeliveryState.FAILED)


def failing_jobs() -> QuerySet[ScheduledJob]:
    """Jobs whose last run failed. They are tried again by themselves."""
    return ScheduledJob.objects.exclude(last_error="").order_by("name")


def stands_still(division_code: str) -> bool:
    """Whether there is anything of both in a division or below, or of no place."""
    area = _within((division_code,))
    failed = Delivery.objects.filter(area, state=DeliveryState.FAILED)
    return outbox.parked().filter(area).exists() or failed.exists()


def _area(actor: Actor) -> Q:
    return _within(actor.scopes_with(Ability.OUTBOX_SEE))


def _within(scopes: tuple[str, ...]) -> Q:
    return within_any(scopes) | Q(division_code="") if scopes else Q(pk__in=[])

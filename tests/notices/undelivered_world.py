"""Events that the workers have parked."""

from dataclasses import dataclass

from django.db import transaction

from lianxin.kernel import bus, outbox
from lianxin.kernel.clock import now
from lianxin.kernel.models import OutboxMessage

ROWS_QUOTED = "duplicate key\nDETAIL: Key (phone)=(13800138000) exists."


@dataclass(frozen=True)
class Planted:
    number: int


def fail(event: Planted) -> None:
    raise ValueError(ROWS_QUOTED)


def parked(*, division_code: str, handler: str = "", number: int = 1) -> OutboxMessage:
    """Announced and tried eight times; with `handler` as if that one had been joined to it."""
    before = set(OutboxMessage.objects.values_list("pk", flat=True))
    bus.subscribe(Planted, fail)
    try:
        with transaction.atomic():
            bus.announce(Planted(number), key=str(number), division_code=division_code)
        mine = OutboxMessage.objects.exclude(pk__in=before)
        for _ in range(outbox.TRIES):
            mine.update(not_before=now())
            outbox.run_pending()
    finally:
        del bus._subscriptions[bus.qualified(Planted)]
    if handler:
        mine.update(handler=handler)
    return mine.get()

"""Delivers outbox messages: in order per handler and key, leased, retried, parked.

A worker leases a batch, delivers it message by message and loses what it did not get to
when its lease runs out; another worker then takes over. A message that failed is tried
again after growing pauses, and later messages of the same handler and key wait for it.
After `TRIES` failures it is parked for staff to see, and the later ones go on.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from lianxin.kernel import bus
from lianxin.kernel.clock import now
from lianxin.kernel.db import retry_on_conflict
from lianxin.kernel.models import OutboxMessage

logger = logging.getLogger(__name__)

BATCH = 200
LEASE = timedelta(seconds=60)
TRIES = 8
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
KEPT = timedelta(days=14)

PENDING = OutboxMessage.State.PENDING
DONE = OutboxMessage.State.DONE
PARKED = OutboxMessage.State.PARKED


class LeaseLostError(Exception):
    """Another worker has taken the message over; whatever this one did is rolled back."""


def worker_name() -> str:
    """A name nobody else has: host, process, chance."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


def pause_after(attempts: int) -> timedelta:
    """5 s, 20 s, 80 s, 5 min … at most an hour; eight tries take about three hours."""
    return min(FIRST_PAUSE * 4 ** max(attempts - 1, 0), LONGEST_PAUSE)


@dataclass
class Worker:
    """Takes and delivers messages under one name. `stopping` is asked between two messages."""

    name: str = field(default_factory=worker_name)
    stopping: Callable[[], bool] = lambda: False
    raising: bool = False
    _lease_until: datetime = field(default_factory=now)

    def run_batch(self, limit: int = BATCH) -> int:
        """Leases up to `limit` messages and tries each once; returns how many were tried."""
        messages = self._take(limit)
        tried, held_back = 0, set()
        for place, message in enumerate(messages):
            if self.stopping() or not self._still_leased(messages[place:]):
                break
            stream = (message.handler, message.key)
            if stream in held_back:
                continue
            tried += 1
            if not self._deliver(message):
                held_back.add(stream)
        if held_back or tried < len(messages):
            self._release()
        return tried

    @retry_on_conflict
    def _take(self, limit: int) -> list[OutboxMessage]:
        at = now()
        with transaction.atomic():
            rows = ready(at).select_for_update(skip_locked=True, of=("self",))
            found = list(rows.order_by("id")[:limit])
            if not found:
                return []
            ids = [message.pk for message in found]
            # Another worker may hold an earlier message that was not locked by us: skipping
            # locked rows must not skip the order.
            overtaking = set(
                OutboxMessage.objects.filter(
                    Exists(_earlier().exclude(pk__in=ids)), pk__in=ids
                ).values_list("pk", flat=True)
            )
            mine = [message for message in found if message.pk not in overtaking]
            self._lease_until = at + LEASE
            OutboxMessage.objects.filter(pk__in=[message.pk for message in mine]).update(
                lease_until=self._lease_until, lease_by=self.name
            )
        return mine

    def _still_leased(self, rest: list[OutboxMessage]) -> bool:
        """Renews the lease of the rest of the batch when half of it is over."""
        at = now()
        if self._lease_until - at > LEASE / 2:
            return True
        until = at + LEASE
        ours = OutboxMessage.objects.filter(
            pk__in=[message.pk for message in rest], state=PENDING, lease_by=self.name
        )
        if ours.update(lease_until=until) < len(rest):
            return False
        self._lease_until = until
        return True

    def _deliver(self, message: OutboxMessage) -> bool:
        try:
            self._handle(message)
        except LeaseLostError:
            return False
        except Exception as error:
            logger.exception("outbox message %s for %s failed", message.pk, message.handler)
            self._failed(message, error)
            if self.raising:
                self._release()
                raise
            return False
        return True

    @retry_on_conflict
    def _handle(self, message: OutboxMessage) -> None:
        joined = bus.subscription(message.topic, message.handler)
        event = bus.decode(joined.event, message.payload)
        about = bus.Delivery(message.event_id, message.attempts + 1, message.division_code)
        if joined.atomic:
            with transaction.atomic(), bus.delivering(about):
                joined.handler(event)
                self._done(message)
        else:
            with bus.delivering(about):
                joined.handler(event)
            self._done(message)

    def _done(self, message: OutboxMessage) -> None:
        changed = self._mine(message).update(
            state=DONE,
            done_at=now(),
            attempts=F("attempts") + 1,
            lease_until=None,
            lease_by="",
            last_error="",
        )
        if not changed:
            raise LeaseLostError

    @retry_on_conflict
    def _failed(self, message: OutboxMessage, error: Exception) -> None:
        attempts = message.attempts + 1
        self._mine(message).update(
            state=PARKED if attempts >= TRIES else PENDING,
            attempts=attempts,
            not_before=now() + pause_after(attempts),
            lease_until=None,
            lease_by="",
            last_error=f"{type(error).__name__}: {error}"[:2000],
        )

    def _mine(self, message: OutboxMessage) -> QuerySet[OutboxMessage]:
        return OutboxMessage.objects.filter(pk=message.pk, state=PENDING, lease_by=self.name)

    @retry_on_conflict
    def _release(self) -> None:
        OutboxMessage.objects.filter(state=PENDING, lease_by=self.name).update(
            lease_until=None, lease_by=""
        )


def ready(at: datetime) -> QuerySet[OutboxMessage]:
    """What can be delivered at this moment: due, not leased, and nothing before it held back."""
    held = Q(not_before__gt=at) | Q(lease_until__gt=at)
    return OutboxMessage.objects.filter(
        Q(lease_until=None) | Q(lease_until__lte=at),
        ~Exists(_earlier().filter(held)),
        state=PENDING,
        not_before__lte=at,
    )


def _earlier() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(
        state=PENDING, handler=OuterRef("handler"), key=OuterRef("key"), pk__lt=OuterRef("pk")
    )


def run_pending(limit: int = 100_000, *, raising: bool = False) -> int:
    """Delivers what is due, in this process, also what the handlers announce meanwhile.

    For tests and commands. Returns how many messages were tried. With `raising` the first
    failing handler's error comes out.
    """
    worker, tried = Worker(raising=raising), 0
    while tried < limit and (done := worker.run_batch(min(BATCH, limit - tried))):
        tried += done
    return tried


def parked() -> QuerySet[OutboxMessage]:
    """The messages given up, oldest first."""
    return OutboxMessage.objects.filter(state=PARKED).order_by("id")


def retry(messages: QuerySet[OutboxMessage]) -> int:
    """Puts parked messages back with all their tries; returns how many.

    They come after what was delivered meanwhile: a handler looks at how things are, not
    at how they were.
    """
    return messages.filter(state=PARKED).update(
        state=PENDING, attempts=0, not_before=now(), lease_until=None, lease_by=""
    )


def purge(at: datetime) -> int:
    """Deletes delivered messages after 14 days; returns how many."""
    deleted, _rows = OutboxMessage.objects.filter(state=DONE, done_at__lt=at - KEPT).delete()
    return deleted

"""Delivers outbox messages: in order per handler and key, leased, retried, parked.

A worker leases a batch, delivers it message by message and loses what it did not get to
when its lease runs out; another worker then takes over. A message that failed is tried
again after growing pauses, and later messages of the same handler and key wait for it.
After `TRIES` failures it is parked for staff to see, and the later ones go on.
"""

from __future__ import annotations

import itertools
import logging
import os
import secrets
import socket
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from lianxin.kernel import bus, data_keys, failures
from lianxin.kernel.clock import now
from lianxin.kernel.db import retry_on_conflict
from lianxin.kernel.models import OutboxMessage
from lianxin.kernel.outages import DatabaseBusy, outage

logger = logging.getLogger(__name__)

BATCH = 200
LEASE = timedelta(seconds=60)
# Delivered in one transaction: so many, and no longer than writers may be kept waiting.
TOGETHER, TOGETHER_SECONDS = 25, 0.05
TRIES = 8
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
KEPT = timedelta(days=14)

PENDING = OutboxMessage.State.PENDING
DONE = OutboxMessage.State.DONE
PARKED = OutboxMessage.State.PARKED
GIVEN_UP = OutboxMessage.State.GIVEN_UP


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
    _held_back: set[tuple[str, str]] = field(default_factory=set)
    _interrupted: bool = False

    def run_batch(self, limit: int = BATCH) -> int:
        """Leases up to `limit` messages and tries each once; returns how many were tried.

        An outage comes out; the next call goes on at once with what this one had leased.
        """
        if self._interrupted:
            self._release()
        self._interrupted = True
        tried = self._tried(limit)
        self._interrupted = False
        return tried

    def _tried(self, limit: int) -> int:
        waiting = deque(self._take(limit))
        taken, tried = len(waiting), 0
        self._held_back = set()
        while waiting and not self.stopping() and self._still_leased(waiting):
            if (waiting[0].handler, waiting[0].key) in self._held_back:
                waiting.popleft()
                continue
            together = self._deliver_together(list(waiting))
            for _ in range(together):
                waiting.popleft()
            tried += together
            if not together:
                self._deliver(waiting.popleft())
                tried += 1
        if self._held_back or tried < taken:
            self._release()
        return tried

    def _deliver_together(self, waiting: list[OutboxMessage]) -> int:
        """Delivers the first messages in one transaction: a commit costs more than most handlers.

        Each has a savepoint of its own. Returns how many were tried; 0 when they have to be
        delivered one by one.
        """
        together = list(itertools.takewhile(self._may_share, waiting[:TOGETHER]))
        if len(together) < 2 or self.raising:
            return 0
        deadline = time.monotonic() + TOGETHER_SECONDS
        done: list[OutboxMessage] = []
        failed: list[tuple[OutboxMessage, Exception]] = []
        try:
            with transaction.atomic():
                for message in together:
                    if done and (time.monotonic() > deadline or self.stopping()):
                        break
                    try:
                        with transaction.atomic():
                            self._call(message)
                        done.append(message)
                    except DatabaseError:
                        raise
                    except Exception as error:
                        failed.append((message, error))
                        break
                self._done(*done)
        except (DatabaseError, LeaseLostError):
            return 0
        for message, reason in failed:
            self._note_failure(message, reason)
        return len(done) + len(failed)

    def _may_share(self, message: OutboxMessage) -> bool:
        """Whether its effects are in this database only, and nothing before it is held back."""
        try:
            joined = bus.subscription(message.topic, message.handler)
        except LookupError:
            return False
        return joined.atomic and (message.handler, message.key) not in self._held_back

    @retry_on_conflict
    @transaction.atomic
    def _take(self, limit: int) -> list[OutboxMessage]:
        at, seen = now(), 0
        while True:
            rows = due(at).filter(pk__gt=seen).select_for_update(skip_locked=True, of=("self",))
            found = list(rows.order_by("id")[:limit])
            mine = _in_order(found)
            if mine:
                self._lease_until = at + LEASE
                OutboxMessage.objects.filter(pk__in=[message.pk for message in mine]).update(
                    lease_until=self._lease_until, lease_by=self.name
                )
            if mine or len(found) < limit:
                return mine
            seen = found[-1].pk  # All of these wait for others: look further on.

    def _still_leased(self, rest: Collection[OutboxMessage]) -> bool:
        """Renews the lease of the rest of the batch when half of it is over."""
        at = now()
        if self._lease_until - at > LEASE / 2:
            return True
        until = at + LEASE
        if self._mine(*rest).update(lease_until=until) < len(rest):
            return False
        self._lease_until = until
        return True

    def _deliver(self, message: OutboxMessage) -> bool:
        try:
            self._handle(message)
        except LeaseLostError:
            self._held_back.add((message.handler, message.key))
            return False
        except Exception as error:
            found = outage(error)
            if found and not isinstance(found, DatabaseBusy):
                raise  # No fault of the message: it is none of its tries.
            self._note_failure(message, error)
            if self.raising:
                self._release()
                raise
            return False
        return True

    @retry_on_conflict
    def _handle(self, message: OutboxMessage) -> None:
        if bus.subscription(message.topic, message.handler).atomic:
            with transaction.atomic():
                self._call(message)
                self._done(message)
        else:
            self._call(message)
            self._done(message)

    def _call(self, message: OutboxMessage) -> None:
        joined = bus.subscription(message.topic, message.handler)
        about = bus.Delivery(message.event_id, message.attempts + 1, message.division_code)
        with bus.delivering(about), data_keys.one_act():
            joined.handler(bus.decode(joined.event, message.payload))

    def _done(self, *messages: OutboxMessage) -> None:
        changed = self._mine(*messages).update(
            state=DONE,
            done_at=now(),
            attempts=F("attempts") + 1,
            lease_until=None,
            lease_by="",
            last_error="",
        )
        if changed < len(messages):
            raise LeaseLostError

    def _note_failure(self, message: OutboxMessage, error: Exception) -> None:
        logger.error("outbox message %s for %s failed", message.pk, message.handler, exc_info=error)
        self._held_back.add((message.handler, message.key))
        self._failed(message, error)

    @retry_on_conflict
    def _failed(self, message: OutboxMessage, error: Exception) -> None:
        attempts = message.attempts + 1
        self._mine(message).update(
            state=PARKED if attempts >= TRIES else PENDING,
            attempts=attempts,
            not_before=now() + pause_after(attempts),
            lease_until=None,
            lease_by="",
            last_error=failures.told(error),
        )

    def _mine(self, *messages: OutboxMessage) -> QuerySet[OutboxMessage]:
        keys = [message.pk for message in messages]
        return OutboxMessage.objects.filter(pk__in=keys, state=PENDING, lease_by=self.name)

    @retry_on_conflict
    def _release(self) -> None:
        OutboxMessage.objects.filter(state=PENDING, lease_by=self.name).update(
            lease_until=None, lease_by=""
        )


def due(at: datetime) -> QuerySet[OutboxMessage]:
    """What is to be delivered at this moment and leased by nobody.

    A lease or a pause twice as long as there are was written while the clock was ahead (clocks of
    two machines differ by less): it holds nobody.
    """
    free = Q(lease_until=None) | Q(lease_until__lte=at) | Q(lease_until__gt=at + 2 * LEASE)
    come = Q(not_before__lte=at) | Q(not_before__gt=at + 2 * LONGEST_PAUSE)
    return OutboxMessage.objects.filter(free, come, state=PENDING)


def _in_order(found: list[OutboxMessage]) -> list[OutboxMessage]:
    """Without those that would overtake: an earlier one of their stream waits or is elsewhere."""
    ids = [message.pk for message in found]
    earlier = OutboxMessage.objects.filter(
        state=PENDING, handler=OuterRef("handler"), key=OuterRef("key"), pk__lt=OuterRef("pk")
    ).exclude(pk__in=ids)
    overtaking = set(
        OutboxMessage.objects.filter(Exists(earlier), pk__in=ids).values_list("pk", flat=True)
    )
    return [message for message in found if message.pk not in overtaking]


def run_pending(
    limit: int = 100_000,
    *,
    raising: bool = False,
    progress: Callable[[int], object] = lambda done: None,
) -> int:
    """Delivers what is due, in this process, also what the handlers announce meanwhile.

    For tests and commands. Returns how many messages were tried. With `raising` the first
    failing handler's error comes out. `progress` is told how many each batch tried.
    """
    worker, tried = Worker(raising=raising), 0
    while tried < limit and (done := worker.run_batch(min(BATCH, limit - tried))):
        tried += done
        progress(done)
    return tried


def is_waiting(event: type, key: object) -> bool:
    """Whether an event of this class and key was announced and is not handled yet."""
    return OutboxMessage.objects.filter(
        topic=bus.qualified(event), key=str(key), state=PENDING
    ).exists()


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


def give_up(messages: QuerySet[OutboxMessage], at: datetime) -> int:
    """Parked messages are never delivered; returns how many. They are purged like delivered ones."""
    return messages.filter(state=PARKED).update(state=GIVEN_UP, done_at=at)


def purge(at: datetime) -> int:
    """Deletes messages delivered or given up after 14 days; returns how many."""
    deleted, _rows = OutboxMessage.objects.filter(done_at__lt=at - KEPT).delete()
    return deleted

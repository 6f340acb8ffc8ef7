"""Messages that leave by a gateway, through the outbox."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.functional import Promise

from lianxin.congress.models import Actor
from lianxin.kernel import bus
from lianxin.kernel.moves import move
from lianxin.kernel.refused import Absent
from lianxin.notices import rules
from lianxin.notices.enums import DELIVERY_MOVES, Channel, DeliveryState
from lianxin.notices.events import DeliveryQueued
from lianxin.notices.models import Delivery
from lianxin.notices.services.gateways import Message, UndeliverableError, gateway
from lianxin.places.queries import work_calendar
from lianxin.record.services import write

#: Sent messages are kept this long for questions, without their address, then deleted.
KEPT = timedelta(days=183)
FAILED_KEPT = timedelta(days=30)
#: Where the text of a message leaves room for what is not kept in the clear.
SECRET = "{secret}"  # noqa: S105  (the place of one, not one itself)


@transaction.atomic
def send(
    *,
    channel: str,
    address: str,
    text: str | Promise,
    subject: str | Promise = "",
    event_key: str,
    division_code: str,
    at: datetime,
    reminder: bool = False,
    secret: str = "",
    data_key: UUID | None = None,
) -> Delivery:
    """Queues a message; it leaves in the worker after the caller's transaction. Once per event_key.

    A reminder waits for the place's next service moment. The text must name nobody; a code or a link
    that opens something is given as `secret`, and stands where the text says `{secret}`. `data_key` is
    the resident's own key. Raises AddressRefused.
    """
    address = rules.written_address(channel, address)
    due = work_calendar(division_code).next_service_moment(at) if reminder else at
    with translation.override(settings.LANGUAGE_CODE):
        delivery = Delivery(
            data_key=data_key,
            channel=Channel(channel),
            event_key=event_key,
            address=address,
            subject=str(subject)[:120],
            text=str(text),
            secret=secret,
            queued_at=due,
            division_code=division_code,
        )
    Delivery.objects.bulk_create([delivery], ignore_conflicts=True)
    kept = Delivery.objects.get(event_key=event_key)
    if kept.pk == delivery.pk and due <= at:
        _to_outbox(kept)
    return kept


def text_message(
    *, phone: str, text: str | Promise, secret: str, key: str, division_code: str, at: datetime
) -> Delivery:
    """`send` by SMS, in the words of apps below that know nothing of channels."""
    return send(
        channel=Channel.SMS,
        address=phone,
        text=text,
        secret=secret,
        event_key=key,
        division_code=division_code,
        at=at,
    )


def _to_outbox(delivery: Delivery) -> None:
    delivery.in_outbox = True
    delivery.save(update_fields=("in_outbox",))
    event = DeliveryQueued(delivery.pk)
    bus.announce(event, key=delivery.pk, division_code=delivery.division_code)


def deliver(*, delivery_id: UUID, at: datetime) -> Delivery | None:
    """Hands a waiting message to the gateway and notes how it went; its address is then forgotten.

    Nothing happens before its time, or when it left already. Whatever the gateway raises passes, so
    that the outbox tries again; what can never be delivered becomes FAILED. The gateway is called
    outside any transaction: a process killed between the two sends the same key again.
    """
    delivery = Delivery.objects.filter(pk=delivery_id).first()
    if delivery is None or delivery.state != DeliveryState.WAITING or delivery.queued_at > at:
        return delivery
    message = Message(
        key=delivery.event_key,
        channel=delivery.channel,
        address=delivery.address,
        subject=delivery.subject,
        text=delivery.text.replace(SECRET, delivery.secret),
    )
    try:
        gateway().send(message)
    except UndeliverableError:
        return _note(delivery_id, "fail", at)
    return _note(delivery_id, "send", at)


@transaction.atomic
def _note(delivery_id: UUID, action: str, at: datetime) -> Delivery | None:
    delivery = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
    if delivery is None or delivery.state != DeliveryState.WAITING:
        return delivery
    delivery.state = move(DELIVERY_MOVES, delivery.state, action)
    if action == "send":
        delivery.sent_at = at
        delivery.address = delivery.secret = ""
    delivery.save(update_fields=("state", "sent_at", "address", "secret"))
    return delivery


@transaction.atomic
def deliver_due(*, at: datetime, limit: int = 500) -> int:
    """Reminders whose time has come go to the outbox; returns how many. For the scheduler."""
    waiting = Delivery.objects.select_for_update().filter(
        state=DeliveryState.WAITING, in_outbox=False, queued_at__lte=at
    )
    due = list(waiting.order_by("queued_at", "id")[:limit])
    for delivery in due:
        _to_outbox(delivery)
    return len(due)


@transaction.atomic
def retry_delivery(*, delivery_id: UUID, by: Actor | None, at: datetime) -> Delivery:
    """A failed message waits again; None is the machine. Journal entry.

    Raises Absent, Forbidden, IllegalMove when it did not fail.
    """
    delivery = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
    if delivery is None:
        raise Absent
    if by:
        rules.check_may_mend(by, delivery.division_code)
    delivery.state = move(DELIVERY_MOVES, delivery.state, "retry")
    delivery.queued_at = at
    delivery.save(update_fields=("state", "queued_at"))
    place = delivery.division_code
    write(action="notices.delivery.retried", by=by, at=at, division_code=place, subject=delivery)
    _to_outbox(delivery)
    return delivery


@transaction.atomic
def forget_addresses(*, data_keys: Collection[UUID]) -> int:
    """Deletes what is still on its way to residents with these keys, or failed: it never leaves.

    Returns how many messages.
    """
    return (
        Delivery.objects.filter(data_key__in=data_keys)
        .exclude(state=DeliveryState.SENT)
        .delete()[0]
    )


def forget_sent(*, at: datetime) -> int:
    """Deletes messages sent more than half a year ago, and what failed a month ago; returns how many.

    What never left still holds its address: that is no longer needed than somebody may try again.
    """
    sent = Q(state=DeliveryState.SENT, sent_at__lt=at - KEPT)
    failed = Q(state=DeliveryState.FAILED, queued_at__lt=at - FAILED_KEPT)
    return Delivery.objects.filter(sent | failed).delete()[0]

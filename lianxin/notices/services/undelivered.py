"""What an operator does about an event that the workers have parked."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from lianxin.congress.models import Actor
from lianxin.kernel import outbox
from lianxin.kernel.models import OutboxMessage
from lianxin.kernel.moves import move
from lianxin.kernel.refused import Absent
from lianxin.notices import rules
from lianxin.notices.enums import EVENT_MOVES
from lianxin.record.services import write


@transaction.atomic
def retry_message(*, message_id: int, by: Actor, at: datetime) -> OutboxMessage:
    """A parked event waits for its handler again, with all its tries. Journal entry.

    It comes after what was delivered meanwhile. Raises Forbidden, IllegalMove where somebody was
    faster.
    """
    message = _locked(message_id, by)
    move(EVENT_MOVES, message.state, "retry")
    outbox.retry(OutboxMessage.objects.filter(pk=message.pk))
    _note("retried", message, by, at)
    return message


@transaction.atomic
def give_up_message(*, message_id: int, by: Actor, at: datetime, reason: str) -> OutboxMessage:
    """A parked event is never delivered; the journal keeps who said so, and why.

    The handler's effect does not happen: whoever gives up has done it by hand, or knows that it
    is not needed. Raises Forbidden, IllegalMove where somebody was faster.
    """
    message = _locked(message_id, by)
    move(EVENT_MOVES, message.state, "give_up")
    outbox.give_up(OutboxMessage.objects.filter(pk=message.pk), at)
    _note("given_up", message, by, at, reason)
    return message


def _locked(message_id: int, by: Actor) -> OutboxMessage:
    message = OutboxMessage.objects.select_for_update().filter(pk=message_id).first()
    if message is None:
        raise Absent
    rules.check_may_mend(by, message.division_code)
    return message


def _note(verb: str, message: OutboxMessage, by: Actor, at: datetime, reason: str = "") -> None:
    write(
        action=f"notices.event.{verb}",
        by=by,
        at=at,
        division_code=message.division_code,
        subject=("kernel.outboxmessage", message.event_id),
        data={
            "topic": message.topic,
            "handler": message.handler,
            "tries": message.attempts,
            **({"reason": reason} if reason else {}),
        },
    )

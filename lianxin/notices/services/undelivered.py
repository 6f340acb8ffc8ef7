"""What an operator hears of and does about an event that the workers have parked."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lianxin.congress.enums import OrganKind
from lianxin.congress.models import Actor, Organ
from lianxin.congress.queries import people_of
from lianxin.kernel import outbox
from lianxin.kernel.clock import local_date
from lianxin.kernel.models import OutboxMessage
from lianxin.kernel.moves import move
from lianxin.kernel.refused import Absent
from lianxin.notices import queries, rules
from lianxin.notices.enums import EVENT_MOVES
from lianxin.notices.services.notices import tell
from lianxin.people.enums import Ability
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


def warn_undelivered(*, at: datetime) -> int:
    """A line in the bell of each system administrator in whose area something stands still; once a day.

    Returns how many lines are new. For the scheduler.
    """
    words = _("Something could not be delivered. Please decide what happens to it.")
    told = 0
    for organ in Organ.objects.filter(kind=OrganKind.OPERATOR, is_active=True).order_by("pk"):
        if queries.stands_still(organ.division_code):
            people = people_of(organ.pk, Ability.OUTBOX_SEE)
            told += tell(
                person_ids=[person.pk for person in people],
                kind="undelivered",
                text=words,
                url=reverse("notices:undelivered"),
                event_key=f"undelivered-{local_date(at)}",
                at=at,
                reminder_in=organ.division_code,
            )
    return told


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

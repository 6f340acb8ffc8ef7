"""Contact data of matters long over: emptied, and their keys destroyed. The matters themselves stay."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from lianxin.cases.enums import VoiceKind
from lianxin.cases.models import Case, LegalHold, Message, Voice
from lianxin.cases.services.digests import forget_digest_of_filing, forget_digests
from lianxin.handling.enums import CommitmentState
from lianxin.handling.models import Commitment
from lianxin.kernel import data_keys
from lianxin.kernel.db import retry_on_conflict

_BATCH = 200


def forget_old_contacts(at: datetime) -> int:
    """Name, phone, address and covered numbers go so many days after a matter's last act.

    Never of an open matter, one with an open promise, or one under a legal hold; what was merged
    waits for the case that took it in. The journal's salts of words with covered numbers go, too: else
    a number could be guessed. Returns how many voices. For the scheduler.
    """
    done = 0
    while batch := _batch(at):
        done += batch
    return done


@retry_on_conflict
@transaction.atomic
def _batch(at: datetime) -> int:
    voices = list(
        Voice.objects.select_for_update(of=("self",))
        .filter(_leaves_something(), case__in=_long_over(at))
        .select_related("case")
        .order_by("pk")[:_BATCH]
    )
    keys: set[UUID | None] = set()
    for voice in voices:
        voice.name = voice.phone = voice.home = ""
        voice.phone_index = None
        voice.save(update_fields=("name", "phone", "home", "phone_index"))
        keys |= {voice.data_key, *_forget_numbers(voice)}
    data_keys.destroy(keys, erased=False)
    return len(voices)


def _forget_numbers(voice: Voice) -> set[UUID | None]:
    keys: set[UUID | None] = set()
    messages = list(voice.messages.filter(hidden__empty=False).select_related("case"))
    forget_digests(messages)
    for message in messages:
        message.hidden = ""
        message.save(update_fields=("hidden",))
        keys.add(message.data_key)
    if voice.kind == VoiceKind.FILED:
        case = voice.case
        keys.add(case.data_key)
        if case.hidden:
            forget_digest_of_filing(case)
        case.hidden = case.address = case.position = ""
        case.save(update_fields=("hidden", "address", "position"))
    return keys


def _leaves_something() -> Q:
    own = Q(name__empty=False) | Q(phone__empty=False) | Q(home__empty=False)
    said = Q(case__hidden__empty=False) | Q(case__address__empty=False)
    filed = Q(kind=VoiceKind.FILED) & (said | Q(case__position__empty=False))
    hidden = Message.objects.filter(voice=OuterRef("pk"), hidden__empty=False)
    return own | filed | Q(Exists(hidden))


def _long_over(at: datetime) -> QuerySet[Case, Any]:
    before = at - timedelta(days=settings.RETAIN_CONTACT_DAYS)
    promised = Commitment.objects.filter(matter=OuterRef("matter"), state=CommitmentState.OPEN)
    held = LegalHold.objects.filter(case=OuterRef("pk"), lifted_at__isnull=True)
    over = Case.objects.filter(
        ~Exists(promised),
        ~Exists(held),
        Q(matter__last_event_at__lt=before) | Q(matter__isnull=True, filed_at__lt=before),
        is_open=False,
    )
    return _with_all_above(over).values("pk")


def _with_all_above(over: QuerySet[Case, Any]) -> QuerySet[Case, Any]:
    """Of merged cases those alone whose every taker, level by level, is over as well."""
    found, taker = over, "merged_into"
    while Case.objects.filter(**{f"{taker}__isnull": False}).exists():
        is_over = Exists(over.filter(pk=OuterRef(taker)))
        found = found.filter(Q(**{f"{taker}__isnull": True}) | is_over)
        taker += "__merged_into"
    return found

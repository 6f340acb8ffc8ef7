"""What a resident adds from the tracking page: words and photos together, and once per form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import MessageKind
from lianxin.cases.models import Case, Message, Voice
from lianxin.cases.services.filing import root_of
from lianxin.cases.services.screening import lock_case, speak
from lianxin.kernel import idempotency
from lianxin.kernel.refused import Refused
from lianxin.record import services as record

#: Pressing counts once a day, so that it keeps its weight.
URGE_EVERY = timedelta(hours=24)


class UrgedAlready(Refused):
    message = _("You asked to hurry within the last day; whoever has it was told.")
    code = "urged_already"
    hint = _("Something new? Add it to the matter instead.")


@transaction.atomic
def say(
    *,
    voice_id: UUID,
    kind: str,
    text: str,
    key: str,
    at: datetime,
    uploads: Sequence[str] = (),
) -> UUID:
    """Say something in the case that speaks for the voice's; the same key says it once.

    Effects: idempotency row; what `speak` does; staged photos bound to the message. Returns the
    message's id. Raises UrgedAlready, what `speak` and `record.bind` raise.
    """
    voice = Voice.objects.get(pk=voice_id)
    stored = idempotency.once(
        key=key,
        actor=str(voice.pk),
        route=f"cases:{kind}",
        body_hash=idempotency.hash_body({"text": text}),
        act=lambda: str(_say(voice, kind, text, uploads, at).pk),
    )
    return UUID(stored)


def _say(voice: Voice, kind: str, text: str, uploads: Sequence[str], at: datetime) -> Message:
    root = root_of(lock_case(voice.case_id))
    if kind == MessageKind.URGE:
        _check_urge(root, voice, at)
    said = speak(case_id=root.pk, voice_id=voice.pk, kind=kind, text=text, at=at)
    if uploads:
        record.bind(uploads, subject=said, by=None, at=at, division_code=root.division_code)
    return said


def _check_urge(root: Case, voice: Voice, at: datetime) -> None:
    recent = root.messages.filter(
        voice=voice, kind=MessageKind.URGE, written_at__gt=at - URGE_EVERY
    )
    if recent.exists():
        raise UrgedAlready

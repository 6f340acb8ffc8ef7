"""A resident's matters by the phone they were reported with."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.cases.enums import CaseState, VoiceKind
from lianxin.cases.models import Case, Voice
from lianxin.cases.queries.cases import speaking_for_each
from lianxin.cases.queries.custody import state_words
from lianxin.handling.enums import MatterState
from lianxin.handling.models import Matter
from lianxin.people.queries.residents import MOST, Owned
from lianxin.web.parts import Tone

#: What stands in an address in the place of a receipt code; no code looks like it.
_DOOR = "my-"


def is_own_door(code: str) -> bool:
    """Whether an address names a matter by its own number, not by its receipt code."""
    return code.startswith(_DOOR)


def voice_of_phone(door: str, phone_index: bytes) -> Voice | None:
    """The voice of a number, where it is this phone's; None for every other and for no number."""
    number = door.removeprefix(_DOOR)
    if len(number) != 32 or not number.isalnum() or not number.isascii():
        return None
    try:
        voice_id = UUID(number)
    except ValueError:
        return None
    return _voices(phone_index).filter(pk=voice_id).first()


def cases_of_phone(phone_index: bytes, *, at: datetime) -> list[Owned]:
    """Every matter in which this phone speaks, the newest first. A query, and one a level of merging."""
    newest = list(_voices(phone_index).order_by("-joined_at", "-id")[:MOST])
    roots = speaking_for_each(voice.case for voice in newest)
    return [_owned(voice, roots[voice.case_id]) for voice in newest]


def _voices(phone_index: bytes) -> QuerySet[Voice]:
    return Voice.objects.select_related(
        "case__matter", "case__venue", "case__category", "case__refusal"
    ).filter(phone_index=phone_index)


def _owned(voice: Voice, root: Case) -> Owned:
    own = voice.kind == VoiceKind.FILED
    shared = str(root.category) if root.category else _("A concern of several residents")
    return Owned(
        kind=_("Matter reported"),
        title=voice.case.title if own else shared,
        note=f"{root.number} · {root.venue.name}",
        state=state_words(root, root.matter),
        tone=_tone(root, root.matter),
        at=voice.joined_at,
        href=reverse("cases:track", args=[f"{_DOOR}{voice.pk.hex}"]),
        is_open=root.is_open,
    )


def _tone(root: Case, matter: Matter | None) -> Tone:
    """Stands out where the resident is awaited."""
    if root.state == CaseState.ASKED_BACK or (matter and matter.paused_at):
        return "warn"
    if matter and matter.state == MatterState.ANSWERED:
        return "info"
    return "good" if matter and matter.state == MatterState.CLOSED else "neutral"

"""Need-to-know reveal: a name or phone is shown for a reason, journalled, and the resident sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import VoiceKind
from lianxin.cases.models import Reveal, Voice
from lianxin.cases.rules import permissions
from lianxin.cases.services.screening import lock_case, note
from lianxin.congress.models import Actor
from lianxin.handling.services.matters import ReasonMissing


@dataclass(frozen=True, slots=True)
class Contact:
    """What a voice left of itself, in the clear, for one look."""

    name: str
    phone: str
    home: str
    address: str
    said: str


@transaction.atomic
def reveal(*, voice_id: UUID, reason: str, by: Actor, at: datetime) -> Contact:
    """Show a voice's contact. Effects first: reveal row and journal; then the contact is returned."""
    voice = Voice.objects.select_related("case__matter").get(pk=voice_id)
    case = lock_case(voice.case_id)
    permissions.check_reveal(by, case)
    if len(reason.strip()) < 2:
        raise ReasonMissing(
            _("Please say what you need the contact for; the resident will see it.")
        )
    Reveal.objects.create(
        voice=voice,
        division_code=case.division_code,
        person_id=by.person_id,
        organ_id=by.organ_id,
        reason=reason.strip()[:200],
        revealed_at=at,
    )
    note(case, "revealed", by=by, at=at, voice=voice.pk)
    return Contact(
        name=voice.name,
        phone=voice.phone,
        home=voice.home,
        address=case.address,
        said=case.said if case.hidden and voice.kind == VoiceKind.FILED else "",
    )

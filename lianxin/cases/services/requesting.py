"""Erasing and handing out for a resident at the desk: one person asks, another decides (ASVS 2.3.5)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import WISH_MOVES, DataWish, WishState
from lianxin.cases.models import DataRequest, Voice
from lianxin.cases.rules import erasing as rules
from lianxin.cases.rules import permissions
from lianxin.cases.services import erasing
from lianxin.cases.services.filing import root_of
from lianxin.cases.services.screening import lock_case, note
from lianxin.congress.models import Actor
from lianxin.handling.services.matters import ReasonMissing
from lianxin.kernel.moves import move
from lianxin.kernel.refused import Forbidden


class SecondPersonNeeded(Forbidden):
    message = _("Somebody else of your office has to decide this: two persons stand behind it.")
    code = "second_person"


@transaction.atomic
def ask(*, voice_id: UUID, kind: str, reason: str, by: Actor, at: datetime) -> DataRequest:
    """Pass on what a resident asked for in person. Nothing happens until another person decides.

    Effects: request ASKED, journal without the reason. Raises MayNotReveal, ErasedAlready,
    ReasonMissing, AskedAlready.
    """
    voice = Voice.objects.select_for_update().get(pk=voice_id)
    case = lock_case(voice.case_id)
    permissions.check_reveal(by, case)
    if voice.erased_at:
        raise rules.ErasedAlready
    if len(reason.strip()) < 2:
        raise ReasonMissing
    if voice.requests.filter(kind=kind, state__in=rules.OPEN).exists():
        raise rules.AskedAlready
    request = DataRequest.objects.create(
        voice=voice,
        division_code=voice.division_code,
        kind=DataWish(kind),
        state=WishState.ASKED,
        reason=reason.strip()[:200],
        asked_at=at,
        asked_by_id=by.person_id,
    )
    note(case, "data_asked", by=by, at=at, kind=kind, voice=voice.pk)
    return request


@transaction.atomic
def decide(*, request_id: UUID, grant: bool, by: Actor, at: datetime) -> DataRequest:
    """Grant or refuse what a colleague passed on. A granted erasure is done, or waits for the end.

    Effects: request decided, journal; with an erasure what `erasing.erase` does. Raises
    SecondPersonNeeded, MayNotReveal, IllegalMove, Held.
    """
    voice_id = DataRequest.objects.values_list("voice_id", flat=True).get(pk=request_id)
    voice = Voice.objects.select_for_update().get(pk=voice_id)
    case = lock_case(voice.case_id)
    request = DataRequest.objects.select_for_update().get(pk=request_id)
    permissions.check_reveal(by, case)
    if request.asked_by_id == by.person_id:
        raise SecondPersonNeeded
    erases = grant and request.kind == DataWish.ERASE
    waits = erases and rules.must_wait(voice, root_of(case))
    act = "refuse" if not grant else "put_off" if waits else "grant"
    request.state = move(WISH_MOVES, request.state, act)
    request.decided_at, request.decided_by_id = at, by.person_id
    request.save(update_fields=("state", "decided_at", "decided_by"))
    note(case, "data_decided", by=by, at=at, kind=request.kind, granted=grant, voice=voice.pk)
    if erases and not waits:
        erasing.erase(voice_id=voice.pk, by=by, at=at)
    return request

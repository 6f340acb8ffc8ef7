"""A voice's verdict, by link and without an account."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.cases.models import Voice
from lianxin.cases.rules import erasing
from lianxin.cases.services.filing import root_of
from lianxin.cases.services.screening import lock_case, note
from lianxin.handling.models import Matter
from lianxin.handling.services import verdicts
from lianxin.kernel.private_numbers import covered
from lianxin.kernel.refused import Refused


@transaction.atomic
def judge(
    *,
    voice_id: UUID,
    result: str,
    attitude: str,
    is_done: bool | None,
    reason: str,
    ask_second_look: bool,
    at: datetime,
) -> Matter:
    """Pass a voice's verdict to the matter of its case, or of the case it was merged into.

    Dissatisfied or "not done" opens the matter again; with `ask_second_look` somebody else looks.
    Raises Forgotten, Refused, and what `give_verdict` raises.
    """
    voice = Voice.objects.select_for_update().get(pk=voice_id)
    erasing.check_speaks(voice)
    case = root_of(lock_case(voice.case_id))
    if case.matter_id is None:
        raise Refused(_("There is no answer to judge yet."), "nothing_to_judge")
    matter = verdicts.give_verdict(
        matter_id=case.matter_id,
        voice=voice.pk,
        result=result,
        attitude=attitude,
        is_done=is_done,
        reason=covered(reason),
        ask_second_look=ask_second_look,
        sole_voice=case.voices_count == 1,
        at=at,
    )
    note(case, "judged", by=None, at=at, result=result)
    return matter

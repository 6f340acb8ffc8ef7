"""When a resident's data can be erased, and what would have to happen first."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import CaseState, VoiceKind, WishState
from lianxin.cases.models import Case, Voice
from lianxin.handling.enums import MatterState
from lianxin.kernel.refused import Refused

#: A wish is asked once: it waits for a colleague's word, or for the end of the matter.
OPEN = (WishState.ASKED, WishState.WAITING)


class Held(Refused):
    message = _("For now nothing may be erased here: a court or an inspection still needs it.")
    code = "held"
    hint = _("The office of the people's congress can tell you who asked for it.")


class StillRunning(Refused):
    message = _("The matter is still being handled. Withdraw it first, or wait until it is over.")
    code = "still_running"


class ErasedAlready(Refused):
    message = _("This was erased already.")
    code = "erased_already"


class AskedAlready(Refused):
    message = _("This was asked already and waits to be decided.")
    code = "asked_already"


class Forgotten(Refused):
    message = _(
        "What you left here was erased at your request. Nothing can be added to it any more."
    )
    code = "forgotten"
    hint = _("If there is still something to be done, please report it anew.")


class NotAlone(Refused):
    message = _(
        "Others have the same concern, so it cannot be withdrawn. You can wait until it is over."
    )
    code = "not_alone"


def check_speaks(voice: Voice) -> None:
    """Raises Forgotten: who had everything erased has left the matter."""
    if voice.erased_at is not None:
        raise Forgotten


def is_running(case: Case) -> bool:
    """Somebody still owes something in the case that speaks for this one."""
    if case.state in (CaseState.FILED, CaseState.ASKED_BACK):
        return True
    return case.matter is not None and case.matter.state == MatterState.OPEN


def must_wait(voice: Voice, root: Case) -> bool:
    """Who joined or was merged can leave at any time: the matter goes on in the others' words."""
    own = voice.kind == VoiceKind.FILED and voice.case_id == root.pk
    return own and is_running(root)


def may_withdraw(voice: Voice, root: Case) -> bool:
    return voice.kind == VoiceKind.FILED and root.voices_count == 1 and voice.case_id == root.pk


def check_erasable(voice: Voice, case: Case, root: Case) -> None:
    """Raises ErasedAlready, Held; StillRunning while the matter needs the words."""
    if voice.erased_at is not None:
        raise ErasedAlready
    if case.is_held:
        raise Held
    if must_wait(voice, root):
        raise StillRunning

"""What a resident can prove: that what was said stands in the ledger, as it was said."""

from __future__ import annotations

from lianxin.cases.enums import VoiceKind
from lianxin.cases.models import Voice
from lianxin.record.models import Leaf
from lianxin.record.queries.ledger import leaf_of_act

_ACTS = {VoiceKind.FILED: "cases.case.filed", VoiceKind.ME_TOO: "cases.case.joined"}


def leaf_of_voice(voice: Voice) -> Leaf | None:
    """The leaf of the entry that says this voice spoke; None for what came before the ledger."""
    return leaf_of_act(voice.case, _ACTS[VoiceKind(voice.kind)], at=voice.joined_at)


def words_of_voice(voice: Voice) -> str:
    """The words the entry commits to: those of the one who reported it."""
    return voice.case.said if voice.kind == VoiceKind.FILED else ""

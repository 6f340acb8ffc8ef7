"""Nouns of the engine."""

from lianxin.handling.models.answers import (
    Answer,
    AnswerClass,
    Commitment,
    FollowUp,
    Verdict,
)
from lianxin.handling.models.clocks import ClockRule
from lianxin.handling.models.dispatches import Dispatch, Extension
from lianxin.handling.models.matters import Event, Matter
from lianxin.handling.models.supervision import Supervision

__all__ = [
    "Answer",
    "AnswerClass",
    "ClockRule",
    "Commitment",
    "Dispatch",
    "Event",
    "Extension",
    "FollowUp",
    "Matter",
    "Supervision",
    "Verdict",
]

"""What the engine announces. Ids and plain values only; one event per act that others care about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class MatterMoved:
    """A matter was opened, answered, closed, reopened, withdrawn or merged (`act`)."""

    matter_id: UUID
    kind: str
    act: str
    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class DispatchMoved:
    """A dispatch was sent, signed for, returned, answered, reminded … (`act`)."""

    matter_id: UUID
    dispatch_id: UUID
    kind: str
    act: str
    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class AnswerDelivered:
    """The asker's answer is there; every voice is to be told."""

    matter_id: UUID
    answer_id: UUID
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class VerdictGiven:
    matter_id: UUID
    voice: UUID
    result: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SupervisionOpened:
    matter_id: UUID
    supervision_id: UUID
    step: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ClockRulesChanged:
    """New rules or new working days: the open clocks below the division are to be settled again."""

    division_code: str
    at: datetime

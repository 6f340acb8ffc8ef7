"""What residents' cases announce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CaseFiled:
    case_id: UUID
    voice_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseScreened:
    """Accepted, asked back or refused (`act`); every voice is told."""

    case_id: UUID
    act: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseSpoken:
    """The resident said something more (`kind` of message): the desk is told."""

    case_id: UUID
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CasePublished:
    case_id: UUID
    at: datetime

"""What the congress announces: ids, words and ISO days only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class MandateSuspended:
    """Duties under this mandate may not be performed for now (代表法 61)."""

    mandate_id: UUID
    deputy_id: UUID
    from_date: date


@dataclass(frozen=True)
class MandateRestored:
    """The ground of the suspension has ended."""

    mandate_id: UUID
    deputy_id: UUID
    from_date: date


@dataclass(frozen=True)
class MandateEnded:
    """The mandate is over (代表法 62, announced under 63). `last` : the deputy holds no other."""

    mandate_id: UUID
    deputy_id: UUID
    reason: str
    until_date: date
    last: bool

"""What people announces: ids and words of this app only."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class DoorChanged:
    """How a person signs in has changed; `what` is a `people.enums.Door`. The person is told."""

    change_id: UUID
    person_id: UUID
    account_id: UUID
    what: str

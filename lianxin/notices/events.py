"""What notices announce, to themselves: messages leave in the worker, never in a request."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class DeliveryQueued:
    """A message waits for its gateway."""

    delivery_id: UUID

"""What the venues announce, for whoever keeps boards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class VenueChanged:
    """What a venue's board says may have changed: words, deputies, grids. Key: the venue."""

    venue_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ImportAsked:
    """A long table is to be taken over, as the person who looked through it. Key: the table."""

    batch_id: UUID
    person_id: UUID
    at: datetime

"""Boards hear what changes what they say. Each call can be repeated."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from lianxin.kernel.clock import now
from lianxin.venues.events import ImportAsked
from lianxin.venues.services import boards, long_imports


class OfVenue(Protocol):
    """An event of a venue, whoever announces it."""

    @property
    def venue_id(self) -> UUID: ...


class OfDeputy(Protocol):
    """An event of a deputy."""

    @property
    def deputy_id(self) -> UUID: ...


def refresh_board(event: OfVenue) -> None:
    boards.refresh_boards(venue_ids=[event.venue_id], at=now())


def refresh_boards_of_deputy(event: OfDeputy) -> None:
    boards.refresh_boards_of(deputy_id=event.deputy_id, at=now())


def recheck_boards(at: datetime) -> None:
    boards.recheck_boards(at)


def take_over_import(event: ImportAsked) -> None:
    long_imports.take_over(batch_id=event.batch_id, person_id=event.person_id, at=now())

"""What happens in the engine reaches the lists of cases. Each call can be repeated."""

from __future__ import annotations

from lianxin.cases.services.projections import refresh_due
from lianxin.handling.events import DispatchMoved, MatterMoved


def follow_matter(event: MatterMoved) -> None:
    refresh_due(matter_id=event.matter_id)


def follow_dispatch(event: DispatchMoved) -> None:
    refresh_due(matter_id=event.matter_id)

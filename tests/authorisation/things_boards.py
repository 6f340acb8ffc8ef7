"""What the addresses of venues' pages and boards name."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image

from lianxin.places.models import Grid
from lianxin.record.queries import attachments_of
from lianxin.venues import services as venues
from lianxin.venues.models import CheckPoint, Stationing
from lianxin.venues.services import boards, contents
from tests.authorisation.things import NOW, World, thing


def _row(world: World, kind: str, values: dict[str, Any]) -> Any:
    return contents.save_row(
        venue_id=world.small.venue.pk, kind=kind, row_id=None, values=values, by=None, at=NOW
    )


@thing
def code_of_kept_venue(world: World) -> str:
    return world.small.venue.code


@thing
def printed_version(world: World) -> int:
    issue = boards.issue_board(venue_id=world.small.venue.pk, form="a3", by=None, at=NOW)
    return issue.version


@thing
def text_of_venue(world: World) -> Any:
    return _row(world, "texts", {"kind": "about", "title": "简介", "text": "话"}).pk


@thing
def activity_of_venue(world: World) -> Any:
    values = {"title": "巡河", "starts_at": NOW, "ends_at": None, "place": "", "text": ""}
    return _row(world, "activities", values).pk


@thing
def photo_of_venue(world: World) -> Any:
    out = io.BytesIO()
    Image.new("RGB", (40, 40)).save(out, "PNG")
    item = contents.check_point(
        venue_id=world.small.venue.pk,
        point_id=CheckPoint.objects.get(code="place").pk,
        is_met=True,
        note="",
        checked_on=date(2026, 11, 2),
        photos=[ContentFile(out.getvalue(), name="p.png")],
        by=None,
        at=NOW,
    )
    return attachments_of(item).get().pk


@thing
def stationing_of_deputy(world: World) -> Any:
    return Stationing.objects.get(deputy_id=world.small.deputy.deputy_id).pk


@thing
def deputy_of_kept_venue(world: World) -> Any:
    return world.small.deputy.deputy_id


@thing
def binding_of_venue(world: World) -> Any:
    grid = Grid.objects.create(division_code="530112005001", number="9", name="第9网格")
    return venues.bind_grid(
        venue_id=world.small.venue.pk,
        grid_id=grid.pk,
        deputy_id=world.small.deputy.deputy_id,
        from_date=date(2026, 11, 2),
        by=None,
        at=NOW,
    ).pk

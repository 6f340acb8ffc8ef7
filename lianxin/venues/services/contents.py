"""What a venue tells of itself: one way to write for every kind of row.

A kind is a line of `KINDS`: its model, the fields one may say, whether its rows have an order, and
whether photos belong to them. A further kind needs a line here and a form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction

from lianxin.congress.models import Actor
from lianxin.kernel.moves import move
from lianxin.kernel.refused import Absent
from lianxin.record import services as record
from lianxin.record.models import Attachment
from lianxin.record.queries import attachments_of
from lianxin.venues import rules
from lianxin.venues.enums import ACTIVITY_MOVES
from lianxin.venues.models import (
    CheckItem,
    CheckPoint,
    ClosedDay,
    Equipment,
    NewsItem,
    Partner,
    StaffLine,
    ThemedActivity,
    Venue,
    VenueText,
)

MOST_PHOTOS = 9


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of row of a venue's page."""

    code: str
    model: Any
    fields: tuple[str, ...]
    is_sorted: bool = False
    has_photos: bool = False


KINDS = {
    kind.code: kind
    for kind in (
        Kind("texts", VenueText, ("kind", "title", "text"), is_sorted=True),
        Kind("staff", StaffLine, ("name", "title", "phone"), is_sorted=True),
        Kind("equipment", Equipment, ("name", "number", "note"), is_sorted=True),
        Kind("closed", ClosedDay, ("from_date", "until_date", "reason")),
        Kind("partners", Partner, ("kind", "name", "title"), is_sorted=True),
        Kind(
            "activities",
            ThemedActivity,
            ("title", "starts_at", "ends_at", "place", "text"),
            has_photos=True,
        ),
        Kind("news", NewsItem, ("title", "text"), has_photos=True),
    )
}


def save_row(
    *,
    venue_id: UUID,
    kind: str,
    row_id: UUID | None,
    values: Mapping[str, Any],
    photos: Sequence[File[Any]] = (),
    by: Actor | None,
    at: datetime,
) -> Any:
    """A new row (`row_id` None) or other words in one; photos are added to those it has.

    Photos are made anew before the transaction. Locks the venue → rule → row → photos → journal
    with the names of the fields, never their words. Raises Forbidden, Absent, UploadRefused.
    """
    said = KINDS[kind]
    prepared = [record.prepare(photo) for photo in photos if said.has_photos]
    with transaction.atomic():
        venue = _kept(venue_id, by)
        row = _row(said, venue, row_id) if row_id else _new(said, venue, by, at)
        for name in said.fields:
            setattr(row, name, values[name])
        row.save(force_insert=row_id is None)
        _attach(row, prepared, by, at)
        act = "change" if row_id else "add"
        _note(f"venues.content.{act}", venue, {"kind": kind, "row": str(row.pk)}, by, at)
    return row


@transaction.atomic
def remove_row(*, venue_id: UUID, kind: str, row_id: UUID, by: Actor | None, at: datetime) -> None:
    """The row is gone, its photos with it. Locks the venue → rule → row → journal. Raises
    Forbidden, Absent.
    """
    venue = _kept(venue_id, by)
    row = _row(KINDS[kind], venue, row_id)
    for photo in attachments_of(row):
        record.remove(attachment_id=photo.pk, by=by, at=at, ground="row removed")
    row.delete()
    _note("venues.content.remove", venue, {"kind": kind, "row": str(row_id)}, by, at)


@transaction.atomic
def move_up(*, venue_id: UUID, kind: str, row_id: UUID, by: Actor | None, at: datetime) -> None:
    """The row changes places with the one above it; the first stays. Raises Forbidden, Absent."""
    venue = _kept(venue_id, by)
    said = KINDS[kind]
    if not said.is_sorted:
        raise Absent
    row = _row(said, venue, row_id)
    rows = list(said.model.objects.select_for_update().filter(venue=venue, **_group(row)))
    place = next(place for place, one in enumerate(rows) if one.pk == row.pk)
    rows.insert(max(place - 1, 0), rows.pop(place))
    for sort, one in enumerate(rows, start=1):
        if one.sort != sort:
            one.sort = sort
            one.save(update_fields=("sort",))
    _note("venues.content.order", venue, {"kind": kind, "row": str(row_id)}, by, at)


def hold_activity(
    *,
    venue_id: UUID,
    row_id: UUID,
    outcome: str,
    photos: Sequence[File[Any]] = (),
    by: Actor | None,
    at: datetime,
) -> ThemedActivity:
    """The activity took place, with its outcome and photos.

    Locks the venue → rule → move → outcome → photos → journal. Raises Forbidden, Absent,
    IllegalMove, UploadRefused.
    """
    prepared = [record.prepare(photo) for photo in photos]
    with transaction.atomic():
        venue, activity = _moved(venue_id, row_id, "hold", by)
        activity.outcome = outcome
        activity.save(update_fields=("state", "outcome"))
        _attach(activity, prepared, by, at)
        _note("venues.activity.hold", venue, {"row": str(row_id)}, by, at)
    return activity


@transaction.atomic
def cancel_activity(
    *, venue_id: UUID, row_id: UUID, by: Actor | None, at: datetime
) -> ThemedActivity:
    """The activity does not take place; it stays on the page, said so. Raises Forbidden, Absent,
    IllegalMove.
    """
    venue, activity = _moved(venue_id, row_id, "cancel", by)
    activity.save(update_fields=("state",))
    _note("venues.activity.cancel", venue, {"row": str(row_id)}, by, at)
    return activity


def check_point(
    *,
    venue_id: UUID,
    point_id: UUID,
    is_met: bool,
    note: str,
    checked_on: date,
    photos: Sequence[File[Any]] = (),
    by: Actor | None,
    at: datetime,
) -> CheckItem:
    """Whether the venue meets a point of the checklist, as seen on a day.

    Locks the venue → rule → item → photos added → journal. Raises Forbidden, Absent, UploadRefused.
    """
    prepared = [record.prepare(photo) for photo in photos]
    with transaction.atomic():
        venue = _kept(venue_id, by)
        point = CheckPoint.objects.filter(pk=point_id, is_active=True).first()
        if point is None:
            raise Absent
        item, _made = CheckItem.objects.update_or_create(
            venue=venue,
            point=point,
            defaults={
                "is_met": is_met,
                "note": note,
                "checked_on": checked_on,
                "checked_by_id": by.person_id if by else None,
                "division_code": venue.division_code,
            },
        )
        _attach(item, prepared, by, at)
        _note("venues.check.set", venue, {"point": point.code, "met": is_met}, by, at)
    return item


@transaction.atomic
def remove_photo(*, venue_id: UUID, attachment_id: UUID, by: Actor | None, at: datetime) -> None:
    """A photo of a row of this venue is taken down. Raises Forbidden, Absent."""
    venue = _kept(venue_id, by)
    photo = Attachment.objects.filter(pk=attachment_id).first()
    models = [CheckItem, *(kind.model for kind in KINDS.values() if kind.has_photos)]
    rows = {model._meta.label_lower: model.objects.filter(venue=venue) for model in models}
    if photo is None or not rows.get(photo.subject_type, CheckItem.objects.none()).filter(
        pk=photo.subject_id
    ):
        raise Absent
    record.remove(attachment_id=photo.pk, by=by, at=at, ground="taken down")


def _kept(venue_id: UUID, by: Actor | None) -> Venue:
    venue = Venue.objects.select_for_update().get(pk=venue_id)
    rules.check_may_manage_venue(by, venue)
    return venue


def _row(kind: Kind, venue: Venue, row_id: UUID) -> Any:
    row = kind.model.objects.select_for_update().filter(pk=row_id, venue=venue).first()
    if row is None:
        raise Absent
    return row


def _new(kind: Kind, venue: Venue, by: Actor | None, at: datetime) -> Any:
    row = kind.model(venue=venue, division_code=venue.division_code)
    if kind.is_sorted:
        row.sort = kind.model.objects.filter(venue=venue).count() + 1
    if kind.model is NewsItem:
        row.published_at, row.published_by_id = at, by.person_id if by else None
    return row


def _group(row: Any) -> dict[str, str]:
    """Rows are ordered among those of their own sort."""
    return {"kind": row.kind} if isinstance(row, (VenueText, Partner)) else {}


def _moved(
    venue_id: UUID, row_id: UUID, action: str, by: Actor | None
) -> tuple[Venue, ThemedActivity]:
    venue = _kept(venue_id, by)
    activity: ThemedActivity = _row(KINDS["activities"], venue, row_id)
    activity.state = move(ACTIVITY_MOVES, activity.state, action)
    return venue, activity


def _attach(row: Any, photos: Sequence[record.Prepared], by: Actor | None, at: datetime) -> None:
    for photo in photos:
        record.attach(
            subject=row,
            upload=photo,
            by=by,
            at=at,
            division_code=row.division_code,
            most=MOST_PHOTOS,
        )


def _note(action: str, venue: Venue, data: dict[str, Any], by: Actor | None, at: datetime) -> None:
    record.write(
        action=action, by=by, at=at, division_code=venue.division_code, subject=venue, data=data
    )

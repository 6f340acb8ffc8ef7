"""Venues and the areas they serve."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from lianxin.congress.enums import OrganKind
from lianxin.congress.models import Actor
from lianxin.congress.services import close_organ, open_organ
from lianxin.kernel.board_codes import new_board_code
from lianxin.kernel.pieces import each
from lianxin.kernel.search import tokens
from lianxin.places.queries import path
from lianxin.record.services import write
from lianxin.venues import rules
from lianxin.venues.models import Venue, VenueArea
from lianxin.venues.services.boards import tell_changed

_CHANGEABLE = ("name", "parent_id", "topic", "address", "phone", "hours", "latitude", "longitude")
_SEARCHED = frozenset({"name", "topic", "address"})


@transaction.atomic
def open_venue(
    *,
    name: str,
    kind: str,
    division_code: str,
    parent_id: UUID | None = None,
    superior_id: UUID | None = None,
    topic: str = "",
    address: str = "",
    phone: str = "",
    hours: str = "",
    areas: Sequence[str] = (),
    by: Actor | None,
    at: datetime,
) -> Venue:
    """A venue with its desk (an organ of kind VENUE_DESK), a fresh venue code (站码), and the areas
    it serves: its own division when none is given. Journal entries of desk and venue.

    `superior_id` is the organ over the desk. Raises Forbidden, VenueTaken.
    """
    rules.check_may_open_venue(by, division_code)
    name = name.strip()
    if Venue.objects.filter(division_code=division_code, name=name).exists():
        raise rules.VenueTaken
    desk = open_organ(
        name=name,
        kind=OrganKind.VENUE_DESK,
        division_code=division_code,
        superior_id=superior_id,
        phone=phone,
        address=address,
        by=by,
        at=at,
    )
    venue = Venue(name=name, kind=kind, division_code=division_code, parent_id=parent_id, desk=desk)
    venue.topic, venue.address, venue.phone, venue.hours = topic, address, phone, hours
    venue.code, venue.search_text = _fresh_code(), _search_text(venue)
    venue.save(force_insert=True)
    for code in dict.fromkeys(areas or (division_code,)):
        VenueArea.objects.create(venue=venue, division_code=code)
    _note("venues.venue.open", venue, {"kind": str(kind), "code": venue.code}, by, at)
    return venue


@transaction.atomic
def update_venue(*, venue_id: UUID, by: Actor | None, at: datetime, **changes: object) -> Venue:
    """Other name, parent, topic, address, phone, hours or position; the code and the desk stay.

    Journal entry and VenueChanged where anything differs. Raises Forbidden, or VenueTaken for a
    name that another venue of the place has.
    """
    venue = _locked(venue_id)
    rules.check_may_manage_venue(by, venue)
    unknown = set(changes) - set(_CHANGEABLE)
    if unknown:
        raise TypeError(f"A venue cannot change {sorted(unknown)}.")
    changed = [name for name, value in changes.items() if getattr(venue, name) != value]
    for name in changed:
        setattr(venue, name, changes[name])
    if changed:
        if "name" in changed and _is_taken(venue):
            raise rules.VenueTaken
        if _SEARCHED & set(changed):
            venue.search_text = _search_text(venue)
        venue.save(update_fields=[*changed, "search_text"])
        _note("venues.venue.change", venue, {"fields": changed}, by, at)
        tell_changed(venue, at)
    return venue


@transaction.atomic
def close_venue(*, venue_id: UUID, by: Actor | None, at: datetime) -> Venue:
    """Takes nothing more in and leaves the public list, and its desk closes; its matters stay."""
    venue = _locked(venue_id)
    rules.check_may_open_venue(by, venue.division_code)
    if venue.is_active:
        venue.is_active = False
        venue.save(update_fields=("is_active",))
        close_organ(organ_id=venue.desk_id, by=by, at=at)
        _note("venues.venue.close", venue, {}, by, at)
        tell_changed(venue, at)
    return venue


@transaction.atomic
def add_area(*, venue_id: UUID, division_code: str, by: Actor | None, at: datetime) -> VenueArea:
    """The venue serves this division too, with all below it. Twice is once."""
    venue = _locked(venue_id)
    rules.check_may_manage_venue(by, venue)
    area, made = VenueArea.objects.get_or_create(venue=venue, division_code=division_code)
    if made:
        _note("venues.area.add", venue, {"division": division_code}, by, at)
    return area


@transaction.atomic
def remove_area(*, venue_id: UUID, division_code: str, by: Actor | None, at: datetime) -> None:
    """The venue serves this division no longer."""
    venue = _locked(venue_id)
    rules.check_may_manage_venue(by, venue)
    deleted, _rows = VenueArea.objects.filter(venue=venue, division_code=division_code).delete()
    if deleted:
        _note("venues.area.remove", venue, {"division": division_code}, by, at)


def refresh_search() -> int:
    """Tokens of all venues anew (after names of divisions changed); how many rows changed."""
    changed = 0
    for venue in each(Venue.objects.all()):
        text = _search_text(venue)
        if text != venue.search_text:
            venue.search_text = text
            venue.save(update_fields=("search_text",))
            changed += 1
    return changed


def _locked(venue_id: UUID) -> Venue:
    return Venue.objects.select_for_update().get(pk=venue_id)


def _search_text(venue: Venue) -> str:
    words = (venue.name, venue.topic, venue.address, path(venue.division_code))
    return tokens(" ".join(words))


def _is_taken(venue: Venue) -> bool:
    same = Venue.objects.filter(division_code=venue.division_code, name=venue.name)
    return same.exclude(pk=venue.pk).exists()


def _fresh_code() -> str:
    while True:
        code = new_board_code()
        if not Venue.objects.filter(code=code).exists():
            return code


def _note(
    action: str, venue: Venue, data: dict[str, object], by: Actor | None, at: datetime
) -> None:
    write(action=action, by=by, at=at, division_code=venue.division_code, subject=venue, data=data)

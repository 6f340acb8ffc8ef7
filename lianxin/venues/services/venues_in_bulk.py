"""Many venues at once: what `open_venue`, `update_venue` and `add_area` do, for a table of a province.

Rows are read in portions and written in portions, so that 14,556 venues take seconds. Everything is
one transaction: all or none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lianxin.congress.enums import OrganKind
from lianxin.congress.models import Actor, Organ
from lianxin.congress.services import open_organs
from lianxin.kernel.board_codes import new_board_code
from lianxin.kernel.search import tokens
from lianxin.places.queries import ancestors, names_for
from lianxin.record.services import Note, write_many
from lianxin.venues import rules
from lianxin.venues.models import BoardIssue, Venue, VenueArea
from lianxin.venues.services.boards import tell_changed

_PORTION = 1000
_CHANGED = ("topic", "address", "phone", "hours")
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A venue as a table says it. `parent` is a name; `areas` are the divisions served."""

    name: str
    kind: str
    division_code: str
    parent: str
    areas: tuple[str, ...]
    topic: str
    address: str
    phone: str
    hours: str

    @property
    def key(self) -> Key:
        return self.division_code, self.name

    @property
    def values(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in _CHANGED}


@transaction.atomic
def take_over(wanted: Sequence[Wanted], *, by: Actor | None, at: datetime) -> int:
    """Opens the venues that are not there, changes the others; returns how many differ.

    Locks the venues of these places → rules → desks, venues, areas, parents → journal entries of
    each → VenueChanged where a board was printed. Raises Forbidden, OrganTaken.
    """
    known = _known(wanted)
    for code in {one.division_code for one in wanted if one.key not in known}:
        rules.check_may_open_venue(by, code)
    for one in wanted:
        if one.key in known:
            rules.check_may_manage_venue(by, known[one.key])
    new = [one for one in wanted if one.key not in known]
    venues = {**known, **{one.key: _venue(one) for one in new}}
    parents = _Parents(wanted, venues)
    for one in wanted:
        if one.parent:
            venues[one.key].parent_id = parents.nearest(one, venues[one.key])
    _open(new, venues, by, at)
    changed = _change([one for one in wanted if one.key in known], known, by, at)
    return len(new) + changed


def _known(wanted: Sequence[Wanted]) -> dict[Key, Venue]:
    """The venues of these places, as they are; `was` keeps what they said."""
    codes = {one.division_code for one in wanted}
    found = {}
    for portion in _portions(codes):
        rows = Venue.objects.select_for_update(of=("self",)).filter(division_code__in=portion)
        for venue in rows.prefetch_related("areas"):
            venue.was = {name: getattr(venue, name) for name in (*_CHANGED, "parent_id")}  # type: ignore[attr-defined]
            found[venue.division_code, venue.name] = venue
    return found


def _venue(one: Wanted) -> Venue:
    return Venue(name=one.name, kind=one.kind, division_code=one.division_code, **one.values)


class _Parents:
    """Venues by name and place: the one up the line whose place is nearest."""

    def __init__(self, wanted: Iterable[Wanted], venues: dict[Key, Venue]) -> None:
        names = {one.parent for one in wanted if one.parent}
        self._near: dict[Key, list[UUID]] = {}
        found = {venue.pk: venue for venue in venues.values() if venue.name in names}
        for portion in _portions(names):
            rows = Venue.objects.filter(name__in=portion, is_active=True)
            found.update({row.pk: row for row in rows if row.pk not in found})
        for venue in sorted(found.values(), key=lambda one: (one.division_code, one.name)):
            for code in ("", *ancestors(venue.division_code)):
                self._near.setdefault((venue.name, code), []).append(venue.pk)

    def nearest(self, one: Wanted, venue: Venue) -> UUID | None:
        """The venue of that name that shares the longest path of divisions; never itself."""
        for code in reversed(("", *ancestors(one.division_code))):
            for key in self._near.get((one.parent, code), ()):
                if key != venue.pk:
                    return key
        return venue.parent_id


def _open(new: Sequence[Wanted], venues: dict[Key, Venue], by: Actor | None, at: datetime) -> None:
    opened = [venues[one.key] for one in new]
    desks = open_organs(organs=[_desk(one) for one in new], by=by, at=at)
    codes, words = _fresh_codes(len(new)), _search_texts(opened)
    for venue, desk, code in zip(opened, desks, codes, strict=True):
        venue.desk, venue.code, venue.search_text = desk, code, words[venue.pk]
    Venue.objects.bulk_create(opened, batch_size=_PORTION)
    VenueArea.objects.bulk_create(
        (
            VenueArea(venue=venues[one.key], division_code=code)
            for one in new
            for code in one.areas or (one.division_code,)
        ),
        batch_size=_PORTION,
    )
    notes = (
        _note("venues.venue.open", venue, {"kind": str(venue.kind), "code": venue.code})
        for venue in opened
    )
    write_many(notes, by=by, at=at)


def _desk(one: Wanted) -> Organ:
    return Organ(
        name=one.name,
        kind=OrganKind.VENUE_DESK,
        division_code=one.division_code,
        phone=one.phone,
        address=one.address,
    )


def _change(
    wanted: Sequence[Wanted], known: dict[Key, Venue], by: Actor | None, at: datetime
) -> int:
    changed: dict[UUID, Venue] = {}
    areas, notes = [], []
    for one in wanted:
        venue = known[one.key]
        for name, value in one.values.items():
            setattr(venue, name, value)
        fields = [name for name, value in venue.was.items() if getattr(venue, name) != value]  # type: ignore[attr-defined]
        served = {area.division_code for area in venue.areas.all()}
        added = [code for code in one.areas if code not in served]
        areas += [VenueArea(venue=venue, division_code=code) for code in added]
        notes += [_note("venues.area.add", venue, {"division": code}) for code in added]
        if fields:
            notes.append(_note("venues.venue.change", venue, {"fields": fields}))
        if fields or added:
            changed[venue.pk] = venue
    words = _search_texts(changed.values())
    for key, venue in changed.items():
        venue.search_text = words[key]
    columns = (*_CHANGED, "parent", "search_text")
    Venue.objects.bulk_update(changed.values(), columns, batch_size=200)
    VenueArea.objects.bulk_create(areas, batch_size=_PORTION)
    write_many(notes, by=by, at=at)
    _tell(changed, at)
    return len(changed)


def _tell(changed: dict[UUID, Venue], at: datetime) -> None:
    """Boards that hang somewhere are compared; the others have nothing to compare with."""
    for portion in _portions(changed):
        printed = BoardIssue.objects.filter(venue__in=portion).values_list("venue_id", flat=True)
        for key in set(printed):
            tell_changed(changed[key], at)


def _search_texts(venues: Iterable[Venue]) -> dict[UUID, str]:
    rows = list(venues)
    paths: dict[str, str] = {}
    for portion in _portions({venue.division_code for venue in rows}):
        paths.update({code: name.text for code, name in names_for(portion).items()})
    return {
        venue.pk: tokens(
            " ".join((venue.name, venue.topic, venue.address, paths.get(venue.division_code, "")))
        )
        for venue in rows
    }


def _fresh_codes(number: int) -> Iterator[str]:
    taken = set(Venue.objects.values_list("code", flat=True)) if number else set()
    while number:
        code = new_board_code()
        if code not in taken:
            taken.add(code)
            number -= 1
            yield code


def _note(action: str, venue: Venue, data: dict[str, Any]) -> Note:
    return Note(action, venue.division_code, venue, data)


def _portions(values: Iterable[Any]) -> Iterator[list[Any]]:
    rows = list(values)
    for start in range(0, len(rows), _PORTION):
        yield rows[start : start + _PORTION]

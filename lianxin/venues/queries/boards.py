"""What boards say now, what has changed since they were printed, and which are out of date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from lianxin.congress.models import Actor
from lianxin.congress.queries import DeputyCard, cards_of, deputies_of, in_force, within_any
from lianxin.kernel.board_codes import normalise_board_code
from lianxin.kernel.clock import local, local_date
from lianxin.kernel.paging import Page, keyset
from lianxin.kernel.refused import Absent
from lianxin.people.enums import Ability
from lianxin.places.queries import DivisionName, names_for
from lianxin.venues.models import BoardIssue, GridBinding, Stationing, Venue
from lianxin.venues.queries.portraits import portraits_of
from lianxin.venues.queries.timetable import Sitting, sittings
from lianxin.venues.rules.boards import Change, Facts, differences, level_words, sentence
from lianxin.venues.rules.permissions import office_scopes

#: How far ahead a board lists reception days, and how many at most.
AHEAD = timedelta(days=183)
MOST_DAYS = 6
#: Days read for the venues of one chunk; far more than boards list.
_MOST_READ = 10_000
STATES = ("", "stale", "fresh", "never")


def facts_of(venues: Collection[Venue], *, at: datetime) -> dict[UUID, Facts]:
    """What the boards of these venues say at the moment. At most nine queries, however many.

    Deputies in office, highest level first; the next reception days, at most `MOST_DAYS`.
    """
    day, ids = local_date(at), [venue.pk for venue in venues]
    here = _stationed(ids, day)
    deputies = list(deputies_of(on=day, deputy_ids={one for row in here.values() for one in row}))
    seats = {one.pk: _seats(one) for one in deputies}
    cards = cards_of(deputies)
    photos = portraits_of([card.id for card in cards])
    grids = _grids(ids, day)
    codes = {code for held in seats.values() for _level, code in held}
    names = names_for({*codes, *(venue.division_code for venue in venues)})
    days = defaultdict(list)
    for sitting in sittings(venue_ids=ids, since=at, until=at + AHEAD, most=_MOST_READ):
        days[sitting.venue_id].append(sitting)
    facts = {}
    for venue in venues:
        mine = [card for card in cards if card.id in here[venue.pk]]
        facts[venue.pk] = {
            "on": day.isoformat(),
            "venue": _venue_facts(venue, names),
            "deputies": [
                {
                    **_deputy_facts(card, photos, grids[venue.pk, card.id]),
                    "levels": [[level, _short(names, code)] for level, code in seats[card.id]],
                }
                for card in sorted(mine, key=by_level)
            ],
            **_day_facts(days[venue.pk], at),
        }
    return facts


def facts_of_venue(venue: Venue, *, at: datetime) -> Facts:
    """What its board says at the moment."""
    return facts_of([venue], at=at)[venue.pk]


def by_level(card: DeputyCard) -> tuple[int, str]:
    """Highest level first, then by name."""
    order = {"national": 0, "province": 1, "prefecture": 2, "county": 3, "township": 4}
    return min((order[line.level] for line in card.mandates), default=9), card.name


def _seats(deputy: Any) -> list[tuple[str, str]]:
    """Level and division of each seat in force, highest first."""
    held = {(seat.level, seat.division_code) for seat in deputy.current}
    return sorted(held, key=lambda seat: (len(seat[1]), seat[1]))


def _short(names: dict[str, DivisionName], code: str) -> str:
    return names[code].short if code in names else ""


def _stationed(venue_ids: Collection[UUID], day: Any) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    rows = Stationing.objects.filter(in_force(day), venue_id__in=venue_ids)
    for venue_id, deputy_id in rows.values_list("venue_id", "deputy_id"):
        found[venue_id].add(deputy_id)
    return found


def _grids(venue_ids: Collection[UUID], day: Any) -> dict[tuple[UUID, UUID], list[str]]:
    found: dict[tuple[UUID, UUID], list[str]] = defaultdict(list)
    rows = GridBinding.objects.filter(
        in_force(day), venue_id__in=venue_ids, grid__is_active=True
    ).order_by("grid__number", "grid__name")
    for venue_id, deputy_id, name in rows.values_list("venue_id", "deputy_id", "grid__name"):
        found[venue_id, deputy_id].append(name)
    return found


def _venue_facts(venue: Venue, names: dict[str, DivisionName]) -> Facts:
    place = names.get(venue.division_code)
    return {
        "name": venue.name,
        "place": "".join(place.path[1:]) if place else "",
        "address": venue.address,
        "phone": venue.phone,
        "hours": venue.hours,
    }


def _deputy_facts(card: DeputyCard, photos: dict[UUID, UUID], grids: list[str]) -> Facts:
    seats = [line.constituency for line in card.mandates if line.constituency]
    return {
        "id": str(card.id),
        "code": card.code,
        "name": card.name,
        "unit": card.workplace,
        "constituency": "、".join(dict.fromkeys(seats)),
        "profession": card.profession,
        "field": card.field,
        "phone": card.relay_phone,
        "languages": list(card.languages),
        "grids": grids,
        "photo": str(photos.get(card.id, "")),
    }


def _day_facts(found: list[Sitting], at: datetime) -> Facts:
    ahead = [one for one in found if one.ends_at > at]
    listed = ahead[:MOST_DAYS]
    cut = len(ahead) > len(listed)
    last = local_date(listed[-1].starts_at) if cut else local_date(at + AHEAD)
    return {
        "until": last.isoformat(),
        "days": [
            {
                "id": str(one.day_id),
                "starts": local(one.starts_at).isoformat(),
                "ends": local(one.ends_at).isoformat(),
                "place": one.place,
                "topic": one.topic,
                "note": one.note if one.is_cancelled else "",
                "off": one.is_cancelled,
                "who": [str(sitter.deputy_id) for sitter in one.sitters],
                "names": [sitter.name for sitter in one.sitters],
            }
            for one in listed
        ],
    }


def latest_issue(venue_id: UUID) -> BoardIssue | None:
    """The newest printed version of a venue's board."""
    return BoardIssue.objects.filter(venue_id=venue_id).order_by("-version").first()


def with_latest(venues: Iterable[Venue]) -> dict[UUID, BoardIssue]:
    """venue → its newest printed version. One query."""
    newer = BoardIssue.objects.filter(venue=OuterRef("venue"), version__gt=OuterRef("version"))
    rows = BoardIssue.objects.filter(~Exists(newer), venue__in=[venue.pk for venue in venues])
    return {row.venue_id: row for row in rows.select_related("printed_by")}


@dataclass(frozen=True, slots=True)
class BoardCheck:
    """What a passer-by learns of a printed board. `changes` are empty when it is up to date."""

    venue: Venue
    issue: BoardIssue
    changes: tuple[str, ...]
    facts: Facts | None

    @property
    def is_fresh(self) -> bool:
        return self.venue.is_active and not self.changes

    @property
    def days(self) -> list[dict[str, Any]]:
        """The coming days that take place, with their times."""
        coming = [day for day in (self.facts or {}).get("days", ()) if not day["off"]]
        return [
            {**day, **{name: datetime.fromisoformat(day[name]) for name in ("starts", "ends")}}
            for day in coming
        ]

    @property
    def deputies(self) -> list[dict[str, Any]]:
        """The deputies now, with the words for their levels."""
        return [
            {**one, "level_words": [level_words(*seat) for seat in one["levels"]]}
            for one in (self.facts or {}).get("deputies", ())
        ]


def board_check(code: str, version: int, *, at: datetime) -> BoardCheck:
    """A printed version against what holds now; raises Absent for one that was never printed.

    A closed venue has no board now: its check says so. At most eleven queries.
    """
    written = normalise_board_code(code)
    issue = (
        BoardIssue.objects.select_related("venue")
        .filter(venue__code=written, version=version)
        .first()
        if written
        else None
    )
    if issue is None:
        raise Absent
    venue = issue.venue
    if not venue.is_active:
        return BoardCheck(venue, issue, (), None)
    facts = facts_of_venue(venue, at=at)
    changes = differences(issue.facts, facts, at=at)
    return BoardCheck(venue, issue, tuple(sentence(one) for one in changes), facts)


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A venue in the list of boards: what hangs there, and whether it still holds."""

    venue: Venue
    issue: BoardIssue | None
    state: str
    changes: tuple[Change, ...]

    @property
    def words(self) -> list[str]:
        return [sentence(one) for one in self.changes]


@dataclass(frozen=True, slots=True)
class BoardList:
    page: Page[Venue]
    lines: list[BoardLine]


def venues_watched(actor: Actor) -> QuerySet[Venue]:
    """Open venues whose boards the actor looks after: the own desks, and an office's division."""
    desks = actor.organs_with(Ability.VENUE_SEE)
    return Venue.objects.filter(
        Q(desk_id__in=desks) | within_any(office_scopes(actor)), is_active=True
    )


def with_state(venues: QuerySet[Venue]) -> Any:
    """Venues with `printed_digest`, the digest of the newest printed version or None."""
    issues = BoardIssue.objects.filter(venue=OuterRef("pk")).order_by("-version")
    return venues.annotate(printed_digest=Subquery(issues.values("digest")[:1]))


def in_state(venues: QuerySet[Venue], state: str) -> QuerySet[Venue]:
    """Only those never printed, still valid, or out of date."""
    rows = with_state(venues)
    if state == "never":
        return rows.filter(printed_digest=None)
    if state == "fresh":
        return rows.filter(printed_digest=F("board_digest"))
    if state == "stale":
        return rows.exclude(printed_digest=None).exclude(printed_digest=F("board_digest"))
    return rows


def boards_listed(
    actor: Actor, *, state: str = "", after: str | None = None, at: datetime
) -> BoardList:
    """A page of venues with their printed boards. At most twelve queries, however many venues."""
    rows = in_state(venues_watched(actor), state).select_related("desk")
    page = keyset(rows, order=("division_code", "name", "id"), after=after, size=30)
    issues = with_latest(page.items)
    stale = [venue for venue in page if venue.pk in issues and _is_stale(venue, issues[venue.pk])]
    facts = facts_of(stale, at=at) if stale else {}
    return BoardList(page, [_line(venue, issues.get(venue.pk), facts, at) for venue in page])


def _is_stale(venue: Venue, issue: BoardIssue) -> bool:
    return issue.digest != venue.board_digest


def _line(
    venue: Venue, issue: BoardIssue | None, facts: dict[UUID, Facts], at: datetime
) -> BoardLine:
    if issue is None:
        return BoardLine(venue, None, "never", ())
    if venue.pk not in facts:
        return BoardLine(venue, issue, "fresh", ())
    changes = tuple(differences(issue.facts, facts[venue.pk], at=at))
    return BoardLine(venue, issue, "stale" if changes else "fresh", changes)


def issue_of(venue_id: UUID, version: str) -> BoardIssue | None:
    """A printed version by its number as it stands in an address; None for anything else."""
    if not version.isdecimal() or len(version) > 6:
        return None
    return BoardIssue.objects.filter(venue_id=venue_id, version=int(version)).first()

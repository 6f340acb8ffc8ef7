"""What boards say now, what has changed since they were printed, and which are out of date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from lianxin.congress.models import Actor
from lianxin.congress.queries import DeputyCard, cards_asked, deputies_of, in_force, within_any
from lianxin.kernel.board_codes import normalise_board_code
from lianxin.kernel.clock import local, local_date
from lianxin.kernel.paging import Page, keyset
from lianxin.kernel.refused import Absent
from lianxin.kernel.together import Asked, together
from lianxin.people.enums import Ability
from lianxin.places.queries import DivisionName, names_for
from lianxin.venues.models import BoardIssue, GridBinding, Stationing, Venue
from lianxin.venues.queries.portraits import portraits_asked
from lianxin.venues.queries.timetable import Sitting, sittings_asked
from lianxin.venues.rules.boards import Change, Facts, differences, level_words, sentence
from lianxin.venues.rules.permissions import office_scopes

#: How far ahead a board lists reception days, and how many at most.
AHEAD = timedelta(days=183)
MOST_DAYS = 6
#: Days read for the venues of one chunk; far more than boards list.
_MOST_READ = 10_000
STATES = ("", "stale", "fresh", "never")


@dataclass(frozen=True, slots=True)
class _Read:
    """What the boards of some venues are made of; `here` and `days` by venue."""

    here: Mapping[UUID, set[UUID]]
    cards: list[DeputyCard]
    photos: dict[UUID, UUID]
    grids: Mapping[tuple[UUID, UUID], list[str]]
    days: Mapping[UUID, list[Sitting]]

    def told(self, venues: Collection[Venue], at: datetime) -> dict[UUID, Facts]:
        """What the board of each venue says. No query for names that are remembered."""
        codes = {line.division_code for card in self.cards for line in card.mandates}
        names = names_for({*codes, *(venue.division_code for venue in venues)})
        return {
            venue.pk: {
                "on": local_date(at).isoformat(),
                "venue": _venue_facts(venue, names),
                "deputies": [
                    {
                        **_deputy_facts(card, self.photos, self.grids[venue.pk, card.id]),
                        "levels": [[level, _short(names, code)] for level, code in _seats(card)],
                    }
                    for card in sorted(self.cards, key=by_level)
                    if card.id in self.here[venue.pk]
                ],
                **_day_facts(self.days[venue.pk], at),
            }
            for venue in venues
        }


def facts_of(venues: Collection[Venue], *, at: datetime) -> dict[UUID, Facts]:
    """What the boards of these venues say at the moment. One query, and names that are remembered.

    Deputies in office, highest level first; the next reception days, at most `MOST_DAYS`.
    """
    return _asked([venue.pk for venue in venues], at).answer().told(venues, at)


def _asked(venues: Collection[UUID] | QuerySet[Any], at: datetime) -> Asked[_Read]:
    """What has to be read for the boards of venues, given by their keys."""
    day = local_date(at)
    here = Stationing.objects.filter(in_force(day), venue__in=venues)
    bindings = GridBinding.objects.filter(in_force(day), venue__in=venues, grid__is_active=True)
    deputies = deputies_of(on=day).filter(pk__in=here.values("deputy"))
    cards, photos = cards_asked(deputies, on=day), portraits_asked(deputies)
    coming = sittings_asked(venue_ids=venues, since=at, until=at + AHEAD, most=_MOST_READ)

    def told(stationed: Any, bound: Any, *parts: Any) -> _Read:
        found, parts = cards.told(*parts[:2]), parts[2:]
        return _Read(
            here=_grouped((venue, deputy) for venue, deputy in stationed),
            cards=found,
            photos=photos.told(parts[0]),
            grids=_listed(((venue, deputy), name) for venue, deputy, name in bound),
            days=_listed((sitting.venue_id, sitting) for sitting in coming.told(*parts[1:])),
        )

    lists = (
        here.values_list("venue_id", "deputy_id"),
        bindings.order_by("grid__number", "grid__name").values_list(
            "venue_id", "deputy_id", "grid__name"
        ),
    )
    return Asked((*lists, *cards.lists, *photos.lists, *coming.lists), told)


def _listed(pairs: Iterable[tuple[Any, Any]]) -> Mapping[Any, list[Any]]:
    found = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _grouped(pairs: Iterable[tuple[Any, Any]]) -> Mapping[Any, set[Any]]:
    return defaultdict(set, {key: set(values) for key, values in _listed(pairs).items()})


def facts_of_venue(venue: Venue, *, at: datetime) -> Facts:
    """What its board says at the moment."""
    return facts_of([venue], at=at)[venue.pk]


def by_level(card: DeputyCard) -> tuple[int, str]:
    """Highest level first, then by name."""
    order = {"national": 0, "province": 1, "prefecture": 2, "county": 3, "township": 4}
    return min((order[line.level] for line in card.mandates), default=9), card.name


def _seats(card: DeputyCard) -> list[tuple[str, str]]:
    """Level and division of each seat in force, highest first."""
    held = {(line.level, line.division_code) for line in card.mandates}
    return sorted(held, key=lambda seat: (len(seat[1]), seat[1]))


def _short(names: dict[str, DivisionName], code: str) -> str:
    return names[code].short if code in names else ""


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

    A closed venue has no board now: its check says so. One query, and names that are remembered.
    """
    written = normalise_board_code(code) or ""
    venues = Venue.objects.filter(code=written)
    issues = BoardIssue.objects.select_related("venue").filter(venue__in=venues, version=version)
    found, read = together(issues, _asked(venues.values("pk"), at))
    issue = next(iter(found), None)
    if issue is None:
        raise Absent
    venue = issue.venue
    if not venue.is_active:
        return BoardCheck(venue, issue, (), None)
    facts = read.told([venue], at)[venue.pk]
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

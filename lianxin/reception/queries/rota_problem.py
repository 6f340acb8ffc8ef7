"""What a rota must be found for, read for many venues at once."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from lianxin.congress.enums import Level, MandateState
from lianxin.congress.models import Deputy, Mandate
from lianxin.reception.enums import SEATED, AwayKind, DayState, PairMode
from lianxin.reception.models import Away, ReceptionDay, RotaMember, RotaSetting, Shift
from lianxin.reception.rules.rota.problem import Day, Member, Problem, Why
from lianxin.venues.models import Stationing

RANK = {level: rank for rank, level in enumerate(Level.values)}

#: From … to, both inclusive; an open end is None.
Span = tuple[date, date | None]
#: (deputy, day) → the venue where the deputy sits on it.
Taken = Mapping[tuple[UUID, date], UUID]


@dataclass(slots=True)
class _Read:
    """Rows by venue and by deputy, as the database gave them."""

    days: dict[UUID, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    held: dict[UUID, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    stationed: dict[UUID, dict[UUID, list[Span]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    wishes: dict[tuple[UUID, UUID], RotaMember] = field(default_factory=dict)
    settings: dict[UUID, RotaSetting] = field(default_factory=dict)
    deputies: dict[UUID, tuple[str, frozenset[str]]] = field(default_factory=dict)
    mandates: dict[UUID, list[tuple[str, Span]]] = field(default_factory=lambda: defaultdict(list))
    away: dict[UUID, list[tuple[str, Span]]] = field(default_factory=lambda: defaultdict(list))
    elsewhere: dict[UUID, dict[date, set[UUID]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )


def problems(
    venue_ids: Collection[UUID],
    year: int,
    *,
    on: date,
    afresh: bool = False,
    taken: Taken | None = None,
) -> list[Problem]:
    """The rotas to be found for these venues, in their order; `on` is today in Shanghai.

    Days before today, and announced ones that have their deputies, stay as they are. `afresh`
    forgets who holds the seats of the others. `taken` are seats in other venues that are not in
    the database yet. Nine queries, whatever the number of venues.
    """
    rows = _read(tuple(venue_ids), year)
    for (deputy_id, day), venue_id in (taken or {}).items():
        if deputy_id in rows.deputies:
            rows.elsewhere[deputy_id][day].add(venue_id)
    return [_problem(rows, venue_id, on, afresh) for venue_id in venue_ids]


def _read(venue_ids: tuple[UUID, ...], year: int) -> _Read:
    rows, first, last = _Read(), date(year, 1, 1), date(year, 12, 31)
    days = ReceptionDay.objects.filter(venue_id__in=venue_ids, date__range=(first, last))
    for day in (
        days.exclude(state=DayState.CANCELLED)
        .order_by("starts_at", "id")
        .values("id", "venue_id", "date", "language", "state")
    ):
        rows.days[day["venue_id"]].append(dict(day))
    seats = Shift.objects.filter(state__in=SEATED, day__date__range=(first, last))
    for day_id, deputy_id in (
        seats.filter(day__venue_id__in=venue_ids)
        .order_by("seat")
        .values_list("day_id", "deputy_id")
    ):
        rows.held[day_id].append(deputy_id)
    for venue_id, deputy_id, since, until in (
        Stationing.objects.filter(venue_id__in=venue_ids, from_date__lte=last)
        .exclude(until_date__lt=first)
        .values_list("venue_id", "deputy_id", "from_date", "until_date")
    ):
        rows.stationed[venue_id][deputy_id].append((since, until))
    for wish in RotaMember.objects.filter(venue_id__in=venue_ids):
        rows.wishes[wish.venue_id, wish.deputy_id] = wish
    for setting in RotaSetting.objects.filter(venue_id__in=venue_ids):
        rows.settings[setting.venue_id] = setting
    seated = {one for ids in rows.held.values() for one in ids}
    stationed = {one for members in rows.stationed.values() for one in members}
    _read_deputies(rows, seated | stationed, first, last)
    return rows


def _read_deputies(rows: _Read, deputy_ids: set[UUID], first: date, last: date) -> None:
    for pk, profession, languages in Deputy.objects.filter(pk__in=deputy_ids).values_list(
        "pk", "profession", "languages"
    ):
        rows.deputies[pk] = (profession, frozenset(languages))
    for deputy_id, level, since, until in (
        Mandate.objects.filter(
            deputy_id__in=deputy_ids, state=MandateState.ACTIVE, from_date__lte=last
        )
        .exclude(until_date__lt=first)
        .values_list("deputy_id", "level", "from_date", "until_date")
    ):
        rows.mandates[deputy_id].append((level, (since, until)))
    for deputy_id, kind, since, until in Away.objects.filter(
        deputy_id__in=deputy_ids, from_date__lte=last, until_date__gte=first
    ).values_list("deputy_id", "kind", "from_date", "until_date"):
        rows.away[deputy_id].append((kind, (since, until)))
    for deputy_id, day, venue_id in (
        Shift.objects.filter(
            deputy_id__in=deputy_ids, state__in=SEATED, day__date__range=(first, last)
        )
        .exclude(day__state=DayState.CANCELLED)
        .values_list("deputy_id", "day__date", "day__venue_id")
    ):
        rows.elsewhere[deputy_id][day].add(venue_id)


def _problem(rows: _Read, venue_id: UUID, on: date, afresh: bool) -> Problem:
    setting = rows.settings.get(venue_id) or RotaSetting(venue_id=venue_id)
    listed = rows.days[venue_id]
    fixed = {
        day["id"]
        for day in listed
        if rows.held.get(day["id"]) and (day["date"] <= on or day["state"] != DayState.PLANNED)
    }
    members = _members(rows, venue_id, fixed, listed)
    place = {deputy_id: index for index, deputy_id in enumerate(members)}
    days = tuple(
        Day(
            key=str(day["id"]),
            on=day["date"],
            language=day["language"],
            held=()
            if afresh and day["id"] not in fixed
            else tuple(place[one] for one in rows.held.get(day["id"], ()) if one in place),
            is_fixed=day["id"] in fixed,
        )
        for day in listed
    )
    away: dict[tuple[int, int], Why] = {}
    for index, deputy_id in enumerate(members):
        for number, day in enumerate(listed):
            why = _why_not(rows, venue_id, deputy_id, day["date"])
            if why:
                away[index, number] = why
    return Problem(
        venue=str(venue_id),
        days=days,
        members=tuple(
            _member(rows, setting, deputy_id, len(days), _present(away, index, len(days)))
            for index, deputy_id in enumerate(members)
        ),
        away=away,
        seats=setting.seats,
        gap=setting.gap,
        lasts=setting.pair_mode == PairMode.LAST,
        mixes_levels=setting.mixes_levels,
        mixes_professions=setting.mixes_professions,
        replans=any(day.held and not day.is_fixed for day in days),
    )


def _members(
    rows: _Read, venue_id: UUID, fixed: set[UUID], listed: list[dict[str, Any]]
) -> list[UUID]:
    """All stationed deputies who take part, and whoever holds a seat of the venue."""
    taking = {
        deputy_id
        for deputy_id in rows.stationed[venue_id]
        if _takes_part(rows, venue_id, deputy_id)
    }
    seated = {one for day in listed for one in rows.held.get(day["id"], ())}
    return sorted(taking | seated)


def _takes_part(rows: _Read, venue_id: UUID, deputy_id: UUID) -> bool:
    wish = rows.wishes.get((venue_id, deputy_id))
    return wish is None or wish.takes_part


def _why_not(rows: _Read, venue_id: UUID, deputy_id: UUID, day: date) -> Why | None:
    here = any(_holds(span, day) for span in rows.stationed[venue_id].get(deputy_id, ()))
    if not (here and _takes_part(rows, venue_id, deputy_id)):
        return Why.NOT_HERE
    if not any(_holds(span, day) for _level, span in rows.mandates.get(deputy_id, ())):
        return Why.NOT_HERE
    for kind, span in rows.away.get(deputy_id, ()):
        if _holds(span, day):
            return Why.MEETING if kind == AwayKind.MEETING else Why.LEAVE
    if rows.elsewhere.get(deputy_id, {}).get(day, set()) - {venue_id}:
        return Why.ELSEWHERE
    return None


def _holds(span: Span, day: date) -> bool:
    since, until = span
    return since <= day and (until is None or day <= until)


def _present(away: Mapping[tuple[int, int], Why], member: int, days: int) -> int:
    return sum(away.get((member, day)) is not Why.NOT_HERE for day in range(days))


def _member(rows: _Read, setting: RotaSetting, deputy_id: UUID, days: int, present: int) -> Member:
    """Somebody who comes or leaves within the year owes a part of what the venue asks of each."""
    profession, languages = rows.deputies[deputy_id]
    levels = sorted((level for level, _span in rows.mandates[deputy_id]), key=RANK.__getitem__)
    wish = rows.wishes.get((setting.venue_id, deputy_id))
    least = setting.least_per_year * present // max(1, days)
    return Member(
        key=str(deputy_id),
        level=levels[0] if levels else "",
        profession=profession.strip(),
        languages=languages,
        least=least if wish is None or wish.least is None else wish.least,
        most=None if wish is None else wish.most,
        days_off=frozenset(wish.weekdays_off) if wish else frozenset(),
        distance=(wish.distance_km or 0) if wish else 0,
    )


def basis(venue_ids: Collection[UUID], year: int) -> dict[UUID, str]:
    """Digest of the days of each venue and of who holds their seats: what a draft rests on. Two
    queries.
    """
    held: dict[UUID, str] = defaultdict(str)
    days = ReceptionDay.objects.filter(venue_id__in=tuple(venue_ids), date__year=year).exclude(
        state=DayState.CANCELLED
    )
    for day_id, seat, deputy_id in (
        Shift.objects.filter(day__in=days, state__in=SEATED)
        .order_by("seat")
        .values_list("day_id", "seat", "deputy_id")
    ):
        held[day_id] += f" {seat}:{deputy_id}"
    digests = {venue_id: hashlib.sha256() for venue_id in venue_ids}
    for venue_id, day_id, day in days.order_by("date", "id").values_list("venue_id", "id", "date"):
        digests[venue_id].update(f"{day_id} {day}{held[day_id]}\n".encode())
    return {venue_id: digest.hexdigest()[:32] for venue_id, digest in digests.items()}


def clashing(venue_ids: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """Venues that share a deputy: {venue: others}. One query."""
    wanted, venues_of = set(venue_ids), defaultdict(set)
    for deputy_id, venue_id in Stationing.objects.values_list("deputy_id", "venue_id").iterator():
        if venue_id in wanted:
            venues_of[deputy_id].add(venue_id)
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for together in venues_of.values():
        if len(together) > 1:
            for venue_id in together:
                found[venue_id] |= together - {venue_id}
    return found

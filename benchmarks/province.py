"""A province to measure in: 142 homes, 1,547 stations, 12,867 rooms, about 100,000 deputies.

python -m benchmarks.province [--scale 1.0] [--year 2027] [--seed 1]     without cases

Written past the services, in bulk, into the database of the settings (`DATABASE_URL`), which should
be empty. Divisions are the real ones of the list; persons, loads and wishes are invented. How often
venues receive follows what places publish: every week, twice or once a month, odd months on the
15th. One room is given a contradiction that is known beforehand: PLANTED.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from datetime import time as hour
from typing import Any
from uuid import UUID

from benchmarks.province_mix import (
    GIVEN,
    PROFESSIONS,
    RULES,
    SIZES,
    SURNAMES,
    WEEKDAYS,
    codes,
    evenly,
    tongue,
    with_second,
)

HOMES, STATIONS, ROOMS = 142, 1547, 12_867
LONG_AGO = datetime(2026, 1, 10, 1, 0, tzinfo=UTC)
SINCE = date(2022, 1, 10)
PLANTED = "矛盾联络室"


@dataclass
class Counted:
    """Rows written, and the seconds it took."""

    rows: int = 0
    seconds: float = 0.0
    by_table: dict[str, int] = field(default_factory=dict)


@dataclass
class Deputies:
    """Deputies that are made, to be stationed."""

    people: list[Any] = field(default_factory=list)
    deputies: list[Any] = field(default_factory=list)
    mandates: list[Any] = field(default_factory=list)


class Province:
    """Builds everything in memory by county, and writes table after table."""

    def __init__(self, scale: float, year: int, seed: int) -> None:
        self.year, self.chance = year, random.Random(seed)
        self.part: Callable[[int], int] = lambda whole: max(1, round(whole * scale))
        self.counted = Counted()
        self.codes = codes()
        self.terms: dict[tuple[str, str], Any] = {}
        self.known: dict[str, list[date]] = {}
        self.asking: set[UUID] = set()
        self.venues: list[Any] = []
        self.stationings: list[Any] = []

    def build(self) -> dict[str, Any]:
        from lianxin.kernel import db
        from lianxin.places.models import Division

        began = time.perf_counter()
        known = list(Division.objects.filter(is_active=True).values_list("code", "name"))
        by_length: dict[int, list[tuple[str, str]]] = {}
        for code, name in sorted(known):
            by_length.setdefault(len(code), []).append((code, name))
        self._congresses(by_length)
        venues = self._venues(by_length)
        stationings = self._deputies(venues)
        self.venues, self.stationings = venues, stationings
        self._wishes(stationings)
        self._days(venues)
        self._planted(venues, stationings)
        db.refresh_statistics()
        self.counted.seconds = time.perf_counter() - began
        return {
            "rows": self.counted.rows,
            "seconds": round(self.counted.seconds, 1),
            "rows_per_second": round(self.counted.rows / self.counted.seconds),
            **self.counted.by_table,
        }

    def write(self, model: type, rows: list[Any]) -> None:
        from django.db import transaction

        with transaction.atomic():
            model.objects.bulk_create(rows, batch_size=2000)  # type: ignore[attr-defined]
        self.counted.rows += len(rows)
        name = model.__name__
        self.counted.by_table[name] = self.counted.by_table.get(name, 0) + len(rows)

    # --- congresses -----------------------------------------------------------------------

    def _congresses(self, places: dict[int, list[tuple[str, str]]]) -> None:
        from lianxin.congress.enums import Level
        from lianxin.congress.models import Congress, Term

        levels = {2: Level.PROVINCE, 4: Level.PREFECTURE, 6: Level.COUNTY, 9: Level.TOWNSHIP}
        congresses, terms = [], []
        for length, level in levels.items():
            for code, name in places.get(length, ()):
                if level == Level.TOWNSHIP and code[6] not in "123":
                    continue
                congress = Congress(name=f"{name}人民代表大会", level=level, division_code=code)
                term = Term(congress=congress, number=17, from_date=SINCE, division_code=code)
                congresses.append(congress)
                terms.append(term)
                self.terms[str(level), code] = term
        self.write(Congress, congresses)
        self.write(Term, terms)

    # --- venues ---------------------------------------------------------------------------

    def _venues(self, places: dict[int, list[tuple[str, str]]]) -> list[Any]:
        from lianxin.congress.models import Organ
        from lianxin.venues.models import Venue, VenueArea

        # One home at each county, the others at prefectures.
        seats = sorted([*places[6], *evenly(places[4], HOMES - len(places[6]))])
        wanted = (
            ("home", "人大代表之家", evenly(seats, self.part(HOMES))),
            ("station", "人大代表工作站", with_second(places[9], self.part(STATIONS))),
            ("room", "人大代表联络室", evenly(places[12], self.part(ROOMS))),
        )
        desks, venues, areas = [], [], []
        for kind, title, chosen in wanted:
            seen: dict[str, int] = {}
            for code, name in chosen:
                seen[code] = seen.get(code, 0) + 1
                full = f"{name}{title}" + ("" if seen[code] == 1 else f"（{seen[code]}）")
                desk = Organ(name=full, kind="venue_desk", division_code=code)
                venue = Venue(
                    name=full,
                    kind=kind,
                    division_code=code,
                    desk=desk,
                    code=next(self.codes),
                    address=f"{name}人民路{self.chance.randint(1, 200)}号",
                    hours="9:00—17:00",
                    search_text=full,
                )
                desks.append(desk)
                venues.append(venue)
                areas.append(VenueArea(venue=venue, division_code=code))
        self.write(Organ, desks)
        self.write(Venue, venues)
        self.write(VenueArea, areas)
        return venues

    # --- deputies -------------------------------------------------------------------------

    def _deputies(self, venues: list[Any]) -> list[Any]:
        """Rooms have their own deputies; stations and homes share a part of theirs with rooms."""
        from lianxin.congress.models import Deputy, Mandate
        from lianxin.people.models import Person
        from lianxin.venues.models import Stationing

        made, stationings = Deputies(), []
        near: dict[str, list[Any]] = {}  # by township and by county
        order = sorted(venues, key=lambda venue: ("room", "station", "home").index(venue.kind))
        for venue in order:
            code = venue.division_code
            count, shared = self._size(venue.kind)
            known = near.get(code[:9], [])  # a home's code is a county's
            some = self.chance.sample(known, min(len(known), round(count * shared)))
            if self.chance.random() < 0.05:
                self.asking.add(venue.pk)  # here the language of the place is wanted
            spoken = 0.6 if venue.pk in self.asking else 0.25
            own = [self._deputy(code, spoken, made) for _ in range(count - len(some))]
            for place in {code[:9], code[:6]}:
                near.setdefault(place, []).extend(own)
            stationings += [
                Stationing(venue=venue, deputy=deputy, from_date=SINCE, division_code=code)
                for deputy in (*some, *own)
            ]
        self.write(Person, made.people)
        self.write(Deputy, made.deputies)
        self.write(Mandate, made.mandates)
        self.write(Stationing, stationings)
        return stationings

    def _size(self, kind: str) -> tuple[int, float]:
        """Deputies of a venue, and the share of them who also sit in others."""
        if kind == "room":
            return self.chance.choices(*SIZES)[0], 0.0
        if kind == "station":
            return self.chance.randint(6, 14), 0.3
        return self.chance.randint(24, 36), 0.5

    def _deputy(self, code: str, spoken: float, made: Deputies) -> Any:
        from lianxin.congress.models import Deputy, Mandate
        from lianxin.people.models import Person

        chance = self.chance
        name = chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, chance.choice((1, 2, 2))))
        person = Person(name=name)
        deputy = Deputy(
            person=person,
            division_code=code,
            profession=chance.choice(PROFESSIONS),
            languages=[tongue(code)] if chance.random() < spoken else [],
            code=next(self.codes),
            relay_phone="0871-00000000",
        )
        levels = chance.choices(("township", "county", "prefecture", "province"), (68, 26, 5, 1))
        levels += ["county"] if chance.random() < 0.06 else []
        for term in dict.fromkeys(self._term(level, code) for level in levels):
            made.mandates.append(
                Mandate(
                    deputy=deputy,
                    term=term,
                    level=term.congress.level,
                    from_date=SINCE,
                    division_code=term.division_code,
                    constituency="第一选区",
                )
            )
        made.people.append(person)
        made.deputies.append(deputy)
        return deputy

    def _term(self, level: str, code: str) -> Any:
        """The congress of the level here; a street has none, its deputies are the county's."""
        lengths = {"township": 9, "county": 6, "prefecture": 4, "province": 2}
        found = self.terms.get((level, code[: lengths[level]]))
        county = self.terms.get(("county", code[:6]))
        return found or county or self.terms["prefecture", code[:4]]

    # --- wishes and absences --------------------------------------------------------------

    def _wishes(self, stationings: list[Any]) -> None:
        from lianxin.reception.models import Away, RotaMember

        chance, members, away, seen = self.chance, [], [], set()
        for one in stationings:
            if chance.random() < 0.10:
                off = [chance.randint(1, 5)] if chance.random() < 0.4 else []
                distance = chance.choice((3, 8, 15, 30)) if chance.random() < 0.6 else None
                members.append(
                    RotaMember(
                        venue=one.venue,
                        deputy=one.deputy,
                        division_code=one.division_code,
                        weekdays_off=off,
                        distance_km=distance,
                    )
                )
            if one.deputy.pk in seen or chance.random() > 0.2:
                continue
            seen.add(one.deputy.pk)
            for kind in chance.sample(("leave", "leave", "meeting"), chance.choice((1, 1, 2))):
                first = date(self.year, 1, 1).toordinal() + chance.randrange(350)
                length = chance.choice((0, 1, 4, 9, 20)) if kind == "leave" else 0
                away.append(
                    Away(
                        deputy=one.deputy,
                        kind=kind,
                        division_code=one.division_code,
                        from_date=date.fromordinal(first),
                        until_date=date.fromordinal(first + length),
                    )
                )
        self.write(RotaMember, members)
        self.write(Away, away)

    # --- days -----------------------------------------------------------------------------

    def _days(self, venues: list[Any]) -> None:
        from lianxin.reception.models import Pattern, ReceptionDay, RotaSetting

        patterns, settings, days = [], [], []
        for venue in venues:
            code, chance = venue.division_code, self.chance
            rules, weights = zip(*RULES[venue.kind], strict=True)
            rule = chance.choices(rules, weights)[0].format(
                d=chance.choice(WEEKDAYS), n=chance.choice((5, 9, 10, 15, 19, 20))
            )
            spoken = tongue(code) if venue.pk in self.asking else ""
            pattern = Pattern(
                venue=venue, rule=rule, starts=hour(9), ends=hour(11), place="接待室",
                language=spoken, from_date=SINCE, division_code=code,
            )  # fmt: skip
            patterns.append(pattern)
            days += self._of(pattern)
            if chance.random() < 0.2:
                settings.append(
                    RotaSetting(
                        venue=venue,
                        division_code=code,
                        pair_mode=chance.choice(("vary", "vary", "last")),
                        gap=chance.choice((0, 1, 1, 2)),
                        least_per_year=chance.choice((0, 1, 2)),
                    )
                )
        self.write(Pattern, patterns)
        self.write(RotaSetting, settings)
        self.write(ReceptionDay, days)

    def _of(self, pattern: Any) -> Iterator[Any]:
        """The days of a year by the product's own expansion; venues with one rule have the same."""
        from lianxin.kernel.clock import LOCAL
        from lianxin.places.queries import WorkCalendar
        from lianxin.reception.models import ReceptionDay
        from lianxin.reception.rules.planning import DaysOff, plan

        if pattern.rule not in self.known:
            off, first = DaysOff(WorkCalendar.default()), date(self.year, 1, 1)
            found = plan([pattern], off, first=first, last=date(self.year, 12, 31))
            self.known[pattern.rule] = [
                one.date for one in found.wanted if one.date.year == self.year
            ]
        for on in self.known[pattern.rule]:
            yield ReceptionDay(
                venue=pattern.venue, pattern=pattern, origin_date=on, date=on,
                starts_at=datetime.combine(on, hour(9), LOCAL),
                ends_at=datetime.combine(on, hour(11), LOCAL),
                place=pattern.place, language=pattern.language, changed_at=LONG_AGO,
                division_code=pattern.division_code,
            )  # fmt: skip

    def _planted(self, venues: list[Any], stationings: list[Any]) -> None:
        """One room asks for a language on a day on which both who speak it cannot come."""
        from lianxin.congress.models import Deputy
        from lianxin.reception.models import Away, ReceptionDay
        from lianxin.venues.models import Venue

        by_venue: dict[UUID, list[Any]] = {}
        for one in stationings:
            by_venue.setdefault(one.venue.pk, []).append(one.deputy)
        rooms = [venue for venue in venues if venue.kind == "room"]
        most = max(len(by_venue[venue.pk]) for venue in rooms)
        room = next(venue for venue in rooms if len(by_venue[venue.pk]) >= min(6, most))
        speakers = by_venue[room.pk][:2]
        members = [one.pk for one in by_venue[room.pk]]
        day = ReceptionDay.objects.filter(venue=room, date__year=self.year).order_by("date")[3]
        Venue.objects.filter(pk=room.pk).update(name=PLANTED)
        Deputy.objects.filter(pk__in=members).update(languages=[])
        Deputy.objects.filter(pk__in=[one.pk for one in speakers]).update(languages=["彝语"])
        Away.objects.filter(deputy__in=members).delete()
        ReceptionDay.objects.filter(pk=day.pk).update(language="彝语")
        for deputy, kind in zip(speakers, ("leave", "meeting"), strict=True):
            Away.objects.create(
                deputy=deputy, kind=kind, from_date=day.date, until_date=day.date,
                division_code=room.division_code,
            )  # fmt: skip


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.province")
    words.add_argument("--scale", type=float, default=1.0)
    words.add_argument("--year", type=int, default=2027)
    words.add_argument("--seed", type=int, default=1)
    said = words.parse_args()
    import django

    django.setup()
    from lianxin.kernel import scope

    scope.open_for_process("run by hand")
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_divisions", verbosity=0)
    print(json.dumps(Province(said.scale, said.year, said.seed).build()))


if __name__ == "__main__":
    main()

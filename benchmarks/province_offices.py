"""Offices, units and people with posts of a province to measure in; and four who are signed in there."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from benchmarks.province_cases import County
from benchmarks.province_life import Desk, Unit
from benchmarks.province_mix import GIVEN, SURNAMES

UNITS = ("住房和城乡建设局", "交通运输局", "教育体育局", "卫生健康局", "民政局", "公安局",
         "自然资源局", "农业农村局", "水务局", "人力资源和社会保障局", "市场监督管理局",
         "生态环境局分局", "城市管理局", "医疗保障局")  # fmt: skip
SINCE = date(2022, 1, 10)
#: Per county: how often its venues are gone to, beside the others (a long tail of quiet ones).
QUIET_TO_BUSY = 1.1
Write = Callable[[type, list[Any]], None]


class Offices:
    """Makes them by county, so that every desk has a clerk and every case a unit that could have it."""

    def __init__(self, seed: int, write: Write) -> None:
        from lianxin.people.models import Role

        self.chance, self.write = random.Random(f"offices {seed}"), write
        self.roles = {role.code: role for role in Role.objects.all()}
        self.people: list[Any] = []
        self.posts: list[Any] = []
        self.organs: list[Any] = []
        self.first: dict[str, Any] = {}

    def build(self, venues: Iterable[Any], stationings: Iterable[Any]) -> list[County]:
        from lianxin.congress.models import Organ, Post
        from lianxin.people.models import Person

        deputies = defaultdict(list)
        for one in stationings:
            deputies[one.venue_id].append(one.deputy)
        by_log = defaultdict(list)
        for venue in venues:
            by_log[venue.division_code[:6]].append(venue)
        province = self._office("云南省人大常委会代表工作委员会", "53", None)
        self.first["office"] = self._holder("supervisor", province)
        counties = [
            self._county(code, found, deputies, province) for code, found in sorted(by_log.items())
        ]
        self.write(Organ, self.organs)
        self.write(Person, self.people)
        self.write(Post, self.posts)
        return counties

    def _county(self, code: str, venues: list[Any], deputies: Any, province: Any) -> County:
        office = self._office(f"{code}人大常委会代表联络办公室", code, province)
        self._holder("supervisor", office)
        units = [self._unit(f"{code}{name}", code) for name in UNITS]
        desks = []
        for venue in venues:
            clerk = self._holder("clerk", venue.desk)
            self._holder("station_head", venue.desk)
            desks.append(
                Desk(
                    code=venue.division_code, venue=venue.pk.hex, organ=venue.desk.pk,
                    clerk=clerk.pk, clerk_name=clerk.name,
                    deputies=[one.pk for one in deputies[venue.pk]],
                    weight=self.chance.paretovariate(QUIET_TO_BUSY) * _reach(venue.kind),
                )
            )  # fmt: skip
        return County(code=code, desks=desks, units=units)

    def _unit(self, name: str, code: str) -> Unit:
        organ = self._organ(name, "unit", code, None)
        handler = self._holder("handler", organ)
        self._holder("handler", organ)
        self._holder("unit_head", organ)
        return Unit(organ.pk, handler.pk, handler.name)

    def _office(self, name: str, code: str, superior: Any) -> Any:
        return self._organ(name, "congress_office", code, superior)

    def _organ(self, name: str, kind: str, code: str, superior: Any) -> Any:
        from lianxin.congress.models import Organ

        organ = Organ(name=name, kind=kind, division_code=code, superior=superior)
        self.organs.append(organ)
        return organ

    def _holder(self, role: str, organ: Any) -> Any:
        from lianxin.congress.models import Post
        from lianxin.people.models import Person

        name = self.chance.choice(SURNAMES) + "".join(self.chance.sample(GIVEN, 2))
        person = Person(name=name)
        self.people.append(person)
        self.posts.append(
            Post(person=person, role=self.roles[role], organ=organ, from_date=SINCE,
                 division_code=organ.division_code)
        )  # fmt: skip
        return person


def _reach(kind: str) -> float:
    return {"home": 30.0, "station": 6.0}.get(kind, 1.0)


def share_out(counties: list[County], cases: int, chance: random.Random) -> None:
    """So many cases over the counties: hot spots and quiet ones, in the end exactly `cases`."""
    weights = [chance.lognormvariate(0, 0.7) * len(county.desks) for county in counties]
    whole = sum(weights)
    for county, weight in zip(counties, weights, strict=True):
        county.cases = int(cases * weight / whole)
    for number in range(cases - sum(county.cases for county in counties)):
        counties[number % len(counties)].cases += 1


def signed_in(counties: list[County], office: Any) -> dict[str, Any]:
    """Accounts and sessions of those whose pages are measured: at the province's office, and a deputy
    of the county in the middle. `province_alike` finds the others when all cases are there."""
    from benchmarks.worlds import session
    from lianxin.congress.models import Deputy
    from lianxin.people.models import Account

    county = sorted(counties, key=lambda one: one.cases)[len(counties) // 2]
    desk = sorted(county.desks, key=lambda one: one.weight)[-1]
    deputy = Deputy.objects.get(pk=desk.deputies[0])
    people = {"office": office.pk, "deputy": deputy.person_id}
    for name, person in people.items():
        Account.objects.create(username=name, person_id=person, password="!")
    return {"county": county.code, "sessions": {name: session(name) for name in people}}

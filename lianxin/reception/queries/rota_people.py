"""The deputies of a venue's rota by name and level."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from lianxin.congress.enums import Level, MandateState
from lianxin.congress.models import Deputy, Mandate
from lianxin.kernel.together import together
from lianxin.reception.rules.rule_words import listed
from lianxin.venues.models import Stationing, Venue


@dataclass(frozen=True, slots=True)
class Person:
    """A deputy as the desk names them. `levels` in words, highest first; `level` is the first."""

    deputy_id: UUID
    name: str
    levels: str
    level: str
    profession: str
    languages: str
    is_stationed: bool


def people_of(venue: Venue, year: int, *, extra: Iterable[UUID] = ()) -> dict[UUID, Person]:
    """Deputies stationed in the venue on some day of the year, and `extra` ones. One query."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    here = Stationing.objects.filter(venue=venue, from_date__lte=last).exclude(until_date__lt=first)
    stationed_here, others = here.values("deputy"), tuple(extra)
    seats = Mandate.objects.filter(state=MandateState.ACTIVE, from_date__lte=last).exclude(
        until_date__lt=first
    )
    listing = Deputy.objects.filter(Q(pk__in=stationed_here) | Q(pk__in=others))
    stationed, mandates, deputies = together(
        here.values_list("deputy_id", flat=True),
        seats.filter(Q(deputy__in=stationed_here) | Q(deputy__in=others)).values_list(
            "deputy_id", "level"
        ),
        listing.order_by("person__name", "pk").values_list(
            "pk", "person__name", "profession", "languages"
        ),
    )
    held: dict[UUID, set[str]] = defaultdict(set)
    for deputy_id, level in mandates:
        held[deputy_id].add(level)
    order = list(Level.values)
    levels = {
        pk: [str(Level(one).label) for one in sorted(found, key=order.index)]
        for pk, found in held.items()
    }
    return {
        pk: Person(
            deputy_id=pk,
            name=name,
            levels=listed(levels.get(pk, ())),
            level=next(iter(levels.get(pk, ())), ""),
            profession=profession,
            languages=listed(languages),
            is_stationed=pk in stationed,
        )
        for pk, name, profession, languages in deputies
    }

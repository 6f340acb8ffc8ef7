"""Who takes part in a replay: every venue with a clerk, its deputies, units and offices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from lianxin.congress.enums import OrganKind
from lianxin.congress.models import Actor, Organ
from lianxin.congress.queries import (
    actor_of,
    path_codes,
    people_of,
    supervisor_of,
    units_for,
)
from lianxin.kernel.refused import Refused
from lianxin.venues.models import Venue
from lianxin.venues.queries import deputies_of_venue


@dataclass(frozen=True, slots=True)
class Crew:
    """One venue and everybody its matters can meet. `handlers` has two per unit where it can."""

    venue: Venue
    division_code: str
    clerk: Actor
    deputies: tuple[Actor, ...]
    units: tuple[Organ, ...]
    handlers: dict[UUID, tuple[Actor, ...]]
    heads: dict[UUID, Actor]
    platforms: tuple[Organ, ...]
    supervisor: Actor | None


def assemble() -> list[Crew]:
    """The crews of all venues that can handle a matter. Raises Refused where there is none."""
    venues = Venue.objects.filter(is_active=True).select_related("desk").order_by("code")
    # Most units serve many venues, most deputies sit in several: each is asked once.
    actors, known = cache(_actors), cache(actor_of)
    crews = [crew for venue in venues if (crew := _crew(venue, actors, known))]
    if not crews:
        raise Refused("No venue has a clerk and units. Load the demo world first: load_demo")
    return crews


def _crew(
    venue: Venue,
    actors: Callable[[UUID, str], tuple[Actor, ...]],
    known: Callable[[UUID], Actor],
) -> Crew | None:
    clerks = people_of(venue.desk_id, "matter.dispatch")
    units = tuple(units_for(venue.division_code)[:12])
    handlers = {unit.pk: actors(unit.pk, "matter.handle") for unit in units}
    units = tuple(unit for unit in units if handlers[unit.pk])
    if not clerks or len(units) < 2:
        return None
    office = supervisor_of(venue.desk)
    supervisors = people_of(office.pk, "matter.supervise") if office else ()
    area = venue.areas.order_by("division_code").first()
    return Crew(
        venue=venue,
        division_code=area.division_code if area else venue.division_code,
        clerk=known(next(iter(clerks)).pk),
        deputies=tuple(known(d.person_id) for d in deputies_of_venue(venue.pk)),
        units=units,
        handlers=handlers,
        heads={unit.pk: heads[0] for unit in units if (heads := actors(unit.pk, "matter.approve"))},
        platforms=tuple(
            Organ.objects.filter(
                kind=OrganKind.PLATFORM,
                division_code__in=path_codes(venue.division_code),
                is_active=True,
            )
        ),
        supervisor=known(next(iter(supervisors)).pk) if supervisors else None,
    )


def _actors(organ_id: UUID, ability: str) -> tuple[Actor, ...]:
    return tuple(actor_of(person.pk) for person in people_of(organ_id, ability))

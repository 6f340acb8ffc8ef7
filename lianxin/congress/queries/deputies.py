"""Who is a deputy now, at which levels."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from lianxin.congress.enums import Level, MandateState
from lianxin.congress.models import Deputy, Mandate
from lianxin.congress.queries.periods import in_force, today
from lianxin.kernel.board_codes import normalise_board_code
from lianxin.kernel.together import Asked
from lianxin.places.queries import within_q


@dataclass(frozen=True, slots=True)
class MandateLine:
    """One seat in force, as the board shows it."""

    level: str
    level_label: Any
    constituency: str
    congress: str
    term_number: int
    division_code: str


@dataclass(frozen=True, slots=True)
class DeputyCard:
    """What anybody may know of a deputy. The phone is an office's or a relay's."""

    id: UUID
    person_id: UUID
    name: str
    code: str
    division_code: str
    profession: str
    workplace: str
    field: str
    relay_phone: str
    languages: tuple[str, ...]
    mandates: tuple[MandateLine, ...]

    @property
    def levels(self) -> list[Any]:
        """Labels of the levels, highest first, each once."""
        return list(dict.fromkeys(line.level_label for line in self.mandates))


def deputies_of(
    *,
    division_code: str = "",
    level: str = "",
    deputy_ids: Iterable[UUID] | None = None,
    search: str = "",
    on: date | None = None,
) -> QuerySet[Deputy]:
    """Deputies with a mandate in force on the day: suspended and ended ones are none.

    `division_code`: whose home or seat lies in the division or below. Mandates in force come
    along as `current` (one query more), persons by join.
    """
    seats = Mandate.objects.filter(in_force(on or today()), state=MandateState.ACTIVE)
    held = seats.filter(deputy=OuterRef("pk"))
    if level:
        held = held.filter(level=level)
    deputies = Deputy.objects.filter(Exists(held))
    if division_code:
        deputies = deputies.filter(within_q(division_code))
    if deputy_ids is not None:
        deputies = deputies.filter(pk__in=tuple(deputy_ids))
    for word in search.split():
        deputies = deputies.filter(person__name__icontains=word)
    current = Prefetch(
        "mandates", queryset=seats.select_related("term__congress"), to_attr="current"
    )
    return (
        deputies.select_related("person").prefetch_related(current).order_by("person__name", "pk")
    )


def cards_of(deputies: Iterable[Deputy]) -> list[DeputyCard]:
    """Public cards of deputies read by `deputies_of`."""
    return [_card(deputy, getattr(deputy, "current", ())) for deputy in deputies]


def cards_asked(deputies: QuerySet[Deputy], *, on: date) -> Asked[list[DeputyCard]]:
    """The same of a queryset of `deputies_of`, to be read together with other things."""
    alone = deputies.prefetch_related(None)
    seats = Mandate.objects.filter(
        in_force(on), state=MandateState.ACTIVE, deputy__in=alone.order_by().values("pk")
    )

    def told(found: list[Deputy], held: list[Mandate]) -> list[DeputyCard]:
        by_deputy: dict[UUID, list[Mandate]] = {}
        for seat in held:
            by_deputy.setdefault(seat.deputy_id, []).append(seat)
        return [_card(deputy, by_deputy.get(deputy.pk, ())) for deputy in found]

    return Asked((alone, seats.select_related("term__congress")), told)


def _card(deputy: Deputy, seats: Collection[Mandate]) -> DeputyCard:
    order = list(Level.values)
    return DeputyCard(
        id=deputy.pk,
        person_id=deputy.person_id,
        name=deputy.person.name,
        code=deputy.code,
        division_code=deputy.division_code,
        profession=deputy.profession,
        workplace=deputy.workplace,
        field=deputy.field,
        relay_phone=deputy.relay_phone,
        languages=tuple(deputy.languages),
        mandates=tuple(
            MandateLine(
                level=seat.level,
                level_label=Level(seat.level).label,
                constituency=seat.constituency,
                congress=seat.term.congress.name,
                term_number=seat.term.number,
                division_code=seat.division_code,
            )
            for seat in sorted(seats, key=lambda seat: order.index(seat.level))
        ),
    )


def deputy_by_code(code: str, *, on: date | None = None) -> DeputyCard | None:
    """The card behind a deputy code, however it was typed; None without a mandate in force.

    Two queries.
    """
    written = normalise_board_code(code)
    return next(iter(cards_of(deputies_of(on=on).filter(code=written))), None) if written else None


def deputy_in_force(deputy_id: UUID, *, on: date | None = None) -> bool:
    """Whether the deputy holds a mandate on the day."""
    return deputies_of(deputy_ids=[deputy_id], on=on).exists()

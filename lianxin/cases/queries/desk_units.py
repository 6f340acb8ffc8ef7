"""Whom a desk can hand a matter to: units nearby, the usual ones first; organs elsewhere; deputies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import Max

from lianxin.cases.models import Case
from lianxin.cases.queries.desk import key_in
from lianxin.congress.enums import OrganKind
from lianxin.congress.models import Organ
from lianxin.congress.queries import DeputyCard, cards_of, organs_in, units_for
from lianxin.handling.enums import UNSETTLED, DispatchKind, Part
from lianxin.handling.models import Dispatch
from lianxin.venues.queries import deputies_of_venue

SHOWN = 24
USUAL = 6


def _keys(chosen: Iterable[str]) -> list[UUID]:
    """What a form sent back; a text that is no key is nothing."""
    return [key for key in map(key_in, chosen) if key]


def usual_units(case: Case) -> list[UUID]:
    """Units that this desk handed something to in the last half year, the latest first."""
    since = case.filed_at - timedelta(days=180)
    rows = (
        Dispatch.objects.filter(
            from_organ_id=case.desk_id, to_organ__isnull=False, sent_at__gte=since
        )
        .exclude(kind=DispatchKind.TRANSFER)
        .values("to_organ_id")
        .annotate(last=Max("sent_at"))
        .order_by("-last")
        .values_list("to_organ_id", flat=True)
    )
    return list(rows[:USUAL])


def units_near(case: Case, find: str, chosen: Iterable[str]) -> tuple[list[Organ], list[UUID]]:
    """A page of units of the same jurisdiction: those chosen, the usual ones, then the nearest.

    The second value: which of them are usual.
    """
    usual = usual_units(case)
    first = picked_organs([*_keys(chosen), *([] if find.strip() else usual)])
    rest = units_for(case.division_code, search=find)[:SHOWN]
    return _unique([*first, *rest]), usual


def organs_elsewhere(case: Case, find: str, chosen: Iterable[str]) -> list[Organ]:
    """Outside platforms, and with a search any unit or desk of another jurisdiction."""
    first = picked_organs(_keys(chosen))
    kinds: Sequence[str] = (OrganKind.PLATFORM,)
    if find.strip():
        kinds = (OrganKind.PLATFORM, OrganKind.UNIT, OrganKind.VENUE_DESK)
    rows = organs_in("", kinds, search=find).exclude(pk=case.desk_id)
    return _unique([*first, *rows.order_by("-kind", "name")[:SHOWN]])


def picked_organs(keys: Iterable[UUID]) -> list[Organ]:
    """Organs in the order of their keys; one query, none for no key."""
    wanted = list(dict.fromkeys(keys))
    found = Organ.objects.in_bulk(wanted) if wanted else {}
    return [found[key] for key in wanted if key in found]


def _unique(rows: Iterable[Organ]) -> list[Organ]:
    return list({row.pk: row for row in rows}.values())


def deputies_at(case: Case) -> list[DeputyCard]:
    """Deputies stationed in the case's venue now, the addressed one first."""
    cards = cards_of(deputies_of_venue(case.venue_id))
    return sorted(cards, key=lambda card: card.id != case.deputy_id)


def lead_of(case: Case) -> Dispatch | None:
    """The lead of this round that still owes something."""
    if case.matter is None:
        return None
    return next(
        (
            d
            for d in case.matter.dispatches.all()
            if d.round == case.matter.round
            and d.part == Part.LEAD
            and d.kind != DispatchKind.SUPERVISE
            and d.state in UNSETTLED
        ),
        None,
    )

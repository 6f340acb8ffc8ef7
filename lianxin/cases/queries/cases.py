"""Whoever may see a case is asked of `visible_to`; lists, pages, exports and search start there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from lianxin.cases.enums import CaseState, PublicationState
from lianxin.cases.models import Case, Publication, Voice
from lianxin.congress.models import Actor
from lianxin.handling.enums import MatterState
from lianxin.handling.queries.matters import seen_through
from lianxin.kernel import codes, phones, search
from lianxin.kernel.fields import blind_index
from lianxin.places.queries import within_q


def visible_to(actor: Actor) -> QuerySet[Case]:
    """The desk's own; the divisions of offices and auditors; what came by a dispatch."""
    seen = Q(desk_id__in=actor.organs_with("case.see")) | seen_through(actor, "matter__")
    for scope in actor.scopes_with("matter.supervise"):
        seen |= within_q(scope)
    for post in actor.posts:
        if "case.see" in post.abilities and post.organ_kind != "venue_desk":
            seen |= within_q(post.division_code)
    return Case.objects.filter(seen)


def listed(rows: QuerySet[Case]) -> QuerySet[Case]:
    """With what every list shows: one query whatever the number of rows."""
    return rows.select_related(
        "category",
        "venue",
        "grid",
        "deputy__person",
        "merged_into",
        "matter__owner",
        "matter__holder_organ",
        "matter__holder_deputy__person",
    ).defer("words", "search_text", "address", "position", "details")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a desk list can be narrowed by; all empty means everything visible."""

    where: str = "open"
    text: str = ""
    category_id: UUID | None = None
    channel: str = ""
    division_code: str = ""
    mine: UUID | None = None


def _accepted(**matter: object) -> Q:
    """Accepted, with a matter like that. It is open, which spares reading all that ever was."""
    conditions = {f"matter__{name}": value for name, value in matter.items()}
    return Q(is_open=True, state=CaseState.ACCEPTED, **conditions)


#: Named lists of the desk: state of the case and its matter. Order of all: nearest deadline first.
WHERE: dict[str, Q] = {
    "open": Q(is_open=True),
    "new": Q(state=CaseState.FILED),
    "asked_back": Q(state=CaseState.ASKED_BACK),
    "undispatched": _accepted(state=MatterState.OPEN, owing=0),
    "handled": _accepted(state=MatterState.OPEN, owing__gt=0),
    "answered": _accepted(state=MatterState.ANSWERED),
    "again": _accepted(state=MatterState.OPEN, round__gt=1),
    "closed": Q(is_open=False),
    "all": Q(),
}


def narrowed(rows: QuerySet[Case], by: Filters, *, at: datetime) -> QuerySet[Case]:
    """Apply filters to visible cases; `late` and `soon` are measured at `at` (48 hours)."""
    if by.where == "late":
        rows = rows.filter(is_open=True, due_at__lt=at)
    elif by.where == "soon":
        rows = rows.filter(is_open=True, due_at__gte=at, due_at__lt=at + timedelta(hours=48))
    else:
        rows = rows.filter(WHERE.get(by.where, WHERE["open"]))
    if by.category_id:
        rows = rows.filter(Q(category_id=by.category_id) | Q(category__parent_id=by.category_id))
    if by.channel:
        rows = rows.filter(channel=by.channel)
    if by.division_code:
        rows = rows.filter(within_q(by.division_code))
    if by.mine:
        rows = rows.filter(Q(screened_by_id=by.mine) | Q(filed_by_id=by.mine))
    return search.matching(rows, by.text) if by.text.strip() else rows


def order_of(where: str) -> tuple[str, ...]:
    """Open lists by deadline, the others by the day of filing, newest first."""
    return ("-filed_at", "-id") if where in ("closed", "all") else ("due_at", "id")


def by_phone(actor: Actor, phone: str) -> QuerySet[Case]:
    """Earlier cases of a caller among those the actor may see; none for what is no number."""
    e164 = phones.to_e164(phone)
    if e164 is None:
        return Case.objects.none()
    voices = Voice.objects.filter(phone_index=blind_index("phone", e164)).values("case_id")
    return visible_to(actor).filter(pk__in=voices)


def voice_by_code(code: str) -> Voice | None:
    """The voice whose receipt this is. Constant work for right and wrong codes; limit the caller."""
    written = codes.normalise(code)
    if written is None:
        return None
    return (
        Voice.objects.select_related("case__matter", "case__venue", "case__category")
        .filter(code_digest=codes.digest(written))
        .first()
    )


def speaking_for(case: Case) -> Case:
    """The case that speaks for this one after merging (one query per level, rarely any)."""
    return speaking_for_each([case])[case.pk]


def speaking_for_each(cases: Iterable[Case]) -> dict[UUID, Case]:
    """The same for many, by their keys: one query per level, however many they are."""
    roots = {case.pk: case for case in cases}
    full = Case.objects.select_related("matter", "venue", "category")
    while merged := {one.merged_into_id for one in roots.values() if one.merged_into_id}:
        above = full.in_bulk(merged)
        for key, one in roots.items():
            if one.merged_into_id:
                roots[key] = above[one.merged_into_id]
    return roots


def published() -> QuerySet[Publication]:
    """What the public may read; order by ("-published_at", "-id")."""
    return Publication.objects.filter(state=PublicationState.PUBLISHED).select_related(
        "category", "venue"
    )

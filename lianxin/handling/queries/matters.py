"""Who may see which matter, and the lists of the workplaces. One function answers for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from lianxin.congress.models import Actor
from lianxin.handling.enums import (
    RUNNING,
    UNSETTLED,
    CommitmentState,
    DispatchKind,
    DispatchState,
    ExtensionState,
    MatterState,
    SupervisionState,
)
from lianxin.handling.models import (
    Answer,
    Commitment,
    Dispatch,
    Event,
    Extension,
    FollowUp,
    Matter,
    Supervision,
)
from lianxin.places.queries import within_q


def seen_through(actor: Actor, path: str = "") -> Q:
    """The condition under which an actor sees a matter, for a relation at `path` ("matter__").

    Owner's desk; offices that see or supervise the division; whoever holds or held a dispatch.
    """
    p = path
    seen = Q(**{f"{p}owner_id__in": actor.organ_ids})
    for scope in actor.scopes_with("matter.supervise"):
        seen |= within_q(scope, f"{p}division_code")
    for scope in _desk_free_scopes(actor):
        seen |= within_q(scope, f"{p}division_code")
    holds = Dispatch.objects.filter(matter_id=OuterRef(f"{p}pk" if not p else f"{p[:-2]}_id"))
    held = Q(to_organ_id__in=actor.organs_with("matter.sign"))
    held |= Q(to_organ_id__in=actor.organs_with("matter.dispatch"))
    if actor.deputy_id:
        held |= Q(to_deputy_id=actor.deputy_id) | Q(from_deputy_id=actor.deputy_id)
    return seen | Q(Exists(holds.filter(held)))


def _desk_free_scopes(actor: Actor) -> tuple[str, ...]:
    """Divisions that an auditor sees: `case.see` held anywhere but at a venue's desk."""
    codes = {
        post.division_code
        for post in actor.posts
        if "case.see" in post.abilities and post.organ_kind != "venue_desk"
    }
    return tuple(sorted(codes))


def visible_to(actor: Actor) -> QuerySet[Matter]:
    """Every matter the actor may see; lists, pages, exports, feeds and search start here."""
    return Matter.objects.filter(seen_through(actor))


def dispatches_visible_to(actor: Actor) -> QuerySet[Dispatch]:
    return Dispatch.objects.filter(seen_through(actor, "matter__"))


def _listed(rows: QuerySet[Dispatch]) -> QuerySet[Dispatch]:
    return rows.select_related(
        "matter__owner",
        "matter__holder_organ",
        "to_organ",
        "from_organ",
        "to_deputy__person",
        "from_deputy__person",
        "extension",
    )


def inbox_of_organs(organ_ids: tuple[UUID, ...]) -> QuerySet[Dispatch]:
    """What these organs have on their table, running ones; order by ("due_at", "id")."""
    return _listed(Dispatch.objects.filter(to_organ_id__in=organ_ids, state__in=RUNNING))


def settled_of_organs(organ_ids: tuple[UUID, ...]) -> QuerySet[Dispatch]:
    rows = Dispatch.objects.filter(to_organ_id__in=organ_ids).exclude(state__in=RUNNING)
    return _listed(rows)


def inbox_of_deputy(deputy_id: UUID) -> QuerySet[Dispatch]:
    """What a deputy has to answer or pass on; order by ("due_at", "id")."""
    return _listed(Dispatch.objects.filter(to_deputy_id=deputy_id, state__in=RUNNING))


def followed_by_deputy(deputy_id: UUID) -> QuerySet[Dispatch]:
    """What a deputy passed on and now follows (跟进)."""
    return _listed(Dispatch.objects.filter(from_deputy_id=deputy_id, state__in=UNSETTLED))


def answers_to_judge(actor: Actor) -> QuerySet[Dispatch]:
    """Answers of units that wait to be taken or sent back by the actor's desks."""
    desks = actor.organs_with("matter.dispatch")
    return _listed(
        Dispatch.objects.filter(matter__owner_id__in=desks, state=DispatchState.ANSWERED).exclude(
            kind=DispatchKind.SUPERVISE
        )
    )


def extensions_to_decide(actor: Actor) -> QuerySet[Dispatch]:
    owned = Q(matter__owner_id__in=actor.organs_with("matter.dispatch"))
    for scope in actor.scopes_with("matter.supervise"):
        owned |= within_q(scope, "matter__division_code")
    asked = Extension.objects.filter(state=ExtensionState.ASKED).values("dispatch")
    return _listed(Dispatch.objects.filter(owned, pk__in=asked))


def overdue_in(scopes: tuple[str, ...], *, at: datetime) -> QuerySet[Dispatch]:
    """Running dispatches past their time in these divisions: the supervision board's top."""
    area = Q(pk__in=[])
    for scope in scopes:
        area |= within_q(scope)
    return _listed(
        Dispatch.objects.filter(area, state__in=RUNNING, due_at__lt=at, owes_answer=True)
    )


def supervisions_of(organ_ids: tuple[UUID, ...]) -> QuerySet[Supervision]:
    return Supervision.objects.filter(
        organ_id__in=organ_ids, state=SupervisionState.OPEN
    ).select_related("matter", "dispatch__to_organ", "organ")


def commitments_open(owner_ids: tuple[UUID, ...]) -> QuerySet[Commitment]:
    """Promises not yet checked, the nearest first: order by ("until_date", "id")."""
    return Commitment.objects.filter(
        owner_id__in=owner_ids, state=CommitmentState.OPEN
    ).select_related("matter", "organ")


def follow_ups_due(owner_ids: tuple[UUID, ...]) -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(owner_id__in=owner_ids, done_at__isnull=True).select_related(
        "matter"
    )


def full(matter_id: UUID, actor: Actor) -> Matter | None:
    """One visible matter with all that its page shows; a fixed number of queries."""
    return (
        visible_to(actor)
        .filter(pk=matter_id)
        .select_related("owner", "holder_organ", "holder_deputy__person")
        .prefetch_related(
            Prefetch("dispatches", _listed(Dispatch.objects.order_by("sent_at", "id"))),
            Prefetch(
                "events",
                Event.objects.select_related(
                    "person", "organ", "dispatch__to_organ", "dispatch__to_deputy__person"
                ).order_by("number"),
            ),
            Prefetch("answers", Answer.objects.select_related("organ")),
            Prefetch("supervisions", Supervision.objects.select_related("organ", "dispatch")),
            Prefetch("commitments", Commitment.objects.select_related("organ")),
            "verdicts",
            "follow_ups",
        )
        .first()
    )


@dataclass(frozen=True, slots=True)
class Custody:
    """Who has it · since when · what they owe until when · who is next if they miss it."""

    holder: str
    is_deputy: bool
    assisting: tuple[str, ...]
    since: datetime | None
    due_at: datetime | None
    is_paused: bool
    next_if_missed: str


def _due(matter: Matter, held: Dispatch | None) -> datetime | None:
    if matter.state != MatterState.OPEN:
        return None
    return held.due_at if held and held.due_at else matter.next_due_at


def custody(matter: Matter, *, next_if_missed: str = "") -> Custody:
    """The head of the tracking page, from a matter with its dispatches prefetched.

    It is due when its holder's own time is up; an assisting unit may have less.
    """
    running = [d for d in matter.dispatches.all() if d.state in RUNNING and d.owes_answer]
    deputy = matter.holder_deputy
    organ = matter.holder_organ or matter.owner
    holder = (matter.holder_organ_id, matter.holder_deputy_id)
    held = next(
        (
            d
            for d in running
            if d.kind != DispatchKind.SUPERVISE and (d.to_organ_id, d.to_deputy_id) == holder
        ),
        None,
    )
    assisting = tuple(d.target.name for d in running if d.part == "assist" and d is not held)
    return Custody(
        holder=deputy.name if deputy else organ.name,
        is_deputy=deputy is not None,
        assisting=assisting,
        since=matter.held_since_at,
        due_at=_due(matter, held),
        is_paused=matter.paused_at is not None,
        next_if_missed=next_if_missed,
    )

"""The life of a rota: drafted, published in place of the one before, or discarded."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from lianxin.congress.models import Actor
from lianxin.kernel import bus
from lianxin.kernel.clock import local_date
from lianxin.kernel.moves import move
from lianxin.reception.enums import PLAN_MOVES, SEATED, SHIFT_MOVES, DayState, PlanState
from lianxin.reception.events import RotaChanged
from lianxin.reception.models import ReceptionDay, RotaPlan, Shift
from lianxin.reception.queries.rota_problem import basis, problems
from lianxin.reception.rules import permissions, rotas
from lianxin.reception.rules.rota.make import Made, make
from lianxin.record.services import write
from lianxin.venues.models import Venue

#: What the exact solver may spend on one venue while a clerk waits: some seconds.
WORK = 4.0


def draft_rota(
    *, venue_id: UUID, year: int, by: Actor | None, at: datetime, afresh: bool = False
) -> RotaPlan:
    """A rota for the rest of the year as a draft; nobody is told, no seat changes.

    Rule → what holds now is read → the rota is computed, outside any transaction → the draft is
    kept, see `keep_draft`. `afresh` does not try to keep the seats held so far. Raises NotYourVenue,
    NothingToPlan, NobodyStationed.
    """
    permissions.check_may_plan(by, Venue.objects.get(pk=venue_id))
    rests_on = basis([venue_id], year)[venue_id]
    problem = problems([venue_id], year, on=local_date(at), afresh=afresh)[0]
    rotas.check_can_plan(sum(not day.is_fixed for day in problem.days), len(problem.members))
    made = make(problem, work=WORK)
    return keep_draft(venue_id=venue_id, year=year, made=made, rests_on=rests_on, by=by, at=at)


@transaction.atomic
def keep_draft(
    *, venue_id: UUID, year: int, made: Made, rests_on: str, by: Actor | None, at: datetime
) -> RotaPlan:
    """A computed rota as the one draft of its venue and year.

    Locks the venue → rule → earlier drafts are discarded → the plan → journal. `rests_on` is the
    digest of days and seats it was computed from. Raises NotYourVenue.
    """
    venue = Venue.objects.select_for_update().get(pk=venue_id)
    permissions.check_may_plan(by, venue)
    plans = RotaPlan.objects.select_for_update().filter(venue=venue, year=year)
    for older in plans.filter(state=PlanState.DRAFT):
        _discard(older, by=by, at=at)
    plan = new_plan(venue, year, made, rests_on, by=by, at=at)
    plan.version = (plans.aggregate(last=Max("version"))["last"] or 0) + 1
    plan.save(force_insert=True)
    note(plan, "draft", by=by, at=at)
    return plan


@transaction.atomic
def discard_rota(*, plan_id: UUID, by: Actor | None, at: datetime) -> RotaPlan:
    """A draft that is not wanted. Locks the plan → rule → move → journal. Twice is once."""
    plan = _locked(plan_id)
    permissions.check_may_plan(by, plan.venue)
    if plan.state != PlanState.DISCARDED:
        _discard(plan, by=by, at=at)
    return plan


@transaction.atomic
def publish_rota(*, plan_id: UUID, by: Actor | None, at: datetime) -> RotaPlan:
    """The draft comes into force: its deputies take their seats. Publishing twice is publishing once.

    Locks venue and plan → rule → move → the days are still those it was made from → the plan in
    force is superseded → seats of days that are planned, or announced without deputies: those that
    stay keep their row, the others are replaced → journal → RotaChanged for all days and deputies
    concerned. Raises NotYourVenue, RotaStale, IllegalMove (discarded or superseded).
    """
    plan = _locked(plan_id)
    venue = Venue.objects.select_for_update().get(pk=plan.venue_id)
    permissions.check_may_plan(by, venue)
    plan.refresh_from_db()
    if plan.state == PlanState.PUBLISHED:
        return plan
    plan.state = move(PLAN_MOVES, plan.state, "publish")
    rotas.check_is_current(plan.figures["basis"], basis([venue.pk], plan.year)[venue.pk])
    for older in RotaPlan.objects.select_for_update().filter(
        venue=venue, year=plan.year, state=PlanState.PUBLISHED
    ):
        older.state = move(PLAN_MOVES, older.state, "supersede")
        older.save(update_fields=("state",))
    plan.published_at, plan.published_by_id = at, by.person_id if by else None
    plan.save(update_fields=("state", "published_at", "published_by"))
    days, deputies = _seat(plan, at=at)
    note(plan, "publish", by=by, at=at, days=len(days), deputies=len(deputies))
    tell_of(plan, days, deputies, at=at)
    return plan


def new_plan(
    venue: Venue, year: int, made: Made, rests_on: str, *, by: Actor | None, at: datetime
) -> RotaPlan:
    """The row of a computed rota, unsaved."""
    return RotaPlan(
        venue=venue,
        division_code=venue.division_code,
        year=year,
        figures={**made.figures, "basis": rests_on, "seconds": round(made.seconds, 2)},
        collisions=made.collisions,
        proposal=made.proposal,
        made_at=at,
        made_by_id=by.person_id if by else None,
    )


def seats_of(plan: RotaPlan) -> dict[UUID, dict[int, tuple[UUID, Any]]]:
    """The proposal by day and seat: deputy and reason."""
    found: dict[UUID, dict[int, tuple[UUID, Any]]] = defaultdict(dict)
    for day, deputy, seat, reason in plan.proposal:
        found[UUID(day)][seat] = (UUID(deputy), reason)
    return found


def new_shift(plan: RotaPlan, day_id: UUID, seat: int, deputy_id: UUID, reason: Any) -> Shift:
    return Shift(
        day_id=day_id,
        deputy_id=deputy_id,
        seat=seat,
        plan=plan,
        reason=reason,
        division_code=plan.division_code,
    )


def _seat(plan: RotaPlan, *, at: datetime) -> tuple[list[UUID], set[UUID]]:
    """Writes the seats of the plan; the days and deputies for whom something changed."""
    wanted, today = seats_of(plan), local_date(at)
    days = ReceptionDay.objects.select_for_update().filter(pk__in=wanted, date__gte=today)
    open_days = {day.pk: day for day in days if day.state in (DayState.PLANNED, DayState.ANNOUNCED)}
    held: dict[UUID, list[Shift]] = defaultdict(list)
    for shift in Shift.objects.select_for_update().filter(day__in=open_days, state__in=SEATED):
        held[shift.day_id].append(shift)
    gone: list[Shift] = []
    kept: list[Shift] = []
    new: list[Shift] = []
    for day_id, day in open_days.items():
        if held[day_id] and (day.state == DayState.ANNOUNCED or day.date == today):
            continue
        seats = dict(wanted[day_id])
        before = {shift.seat: shift for shift in held[day_id]}
        for number, shift in before.items():
            if seats.get(number, (None, None))[0] == shift.deputy_id:
                shift.plan, shift.reason = plan, seats.pop(number)[1]
                kept.append(shift)
            else:
                shift.state = move(SHIFT_MOVES, shift.state, "replace")
                gone.append(shift)
        for number, (deputy_id, reason) in seats.items():
            shift = new_shift(plan, day_id, number, deputy_id, reason)
            shift.replaces = before.get(number)
            new.append(shift)
    Shift.objects.bulk_update(gone, ("state",))
    Shift.objects.bulk_update(kept, ("plan", "reason"))
    Shift.objects.bulk_create(new)
    changed = {shift.day_id for shift in (*gone, *new)}
    deputies = {s.deputy_id for s in (*gone, *new)}
    deputies |= {s.deputy_id for s in kept if s.day_id in changed}  # their partner is another one
    return sorted(changed), deputies


def tell_of(plan: RotaPlan, days: list[UUID], deputies: set[UUID], *, at: datetime) -> None:
    """Announces changed seats, if any."""
    if days:
        event = RotaChanged(
            venue_id=plan.venue_id,
            day_ids=tuple(days),
            deputy_ids=tuple(sorted(deputies)),
            act="publish",
            at=at,
        )
        bus.announce(event, key=plan.venue_id, division_code=plan.division_code)


def note(plan: RotaPlan, act: str, *, by: Actor | None, at: datetime, **data: object) -> None:
    """The journal entry of a plan."""
    write(
        action=f"reception.rota.{act}",
        by=by,
        at=at,
        division_code=plan.division_code,
        subject=plan,
        data={"venue": str(plan.venue_id), "year": plan.year, "version": plan.version, **data},
    )


def _discard(plan: RotaPlan, *, by: Actor | None, at: datetime) -> None:
    plan.state = move(PLAN_MOVES, plan.state, "discard")
    plan.save(update_fields=("state",))
    note(plan, "discard", by=by, at=at)


def _locked(plan_id: UUID) -> RotaPlan:
    """The plan, its venue locked first: the order in which all services lock."""
    venue_id = RotaPlan.objects.values_list("venue_id", flat=True).get(pk=plan_id)
    venue = Venue.objects.select_for_update().get(pk=venue_id)
    plan = RotaPlan.objects.select_for_update(of=("self",)).get(pk=plan_id)
    plan.venue = venue
    return plan

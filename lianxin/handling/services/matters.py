"""Moves of a matter as a whole: open, pause, urge, reopen, merge, withdraw, close."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Actor
from lianxin.handling.enums import (
    MATTER_MOVES,
    UNSETTLED,
    Act,
    ClockPurpose,
    MatterState,
    RoundKind,
)
from lianxin.handling.models import FollowUp, Matter
from lianxin.handling.queries.derive import due
from lianxin.handling.rules import permissions
from lianxin.handling.services.settle import append, lock_matter, settle
from lianxin.kernel.clock import local_date
from lianxin.kernel.moves import move
from lianxin.kernel.refused import Refused


class StillOwed(Refused):
    message = _("This matter cannot be closed: somebody still owes an answer.")
    code = "still_owed"
    hint = _("Wait for the answer, or call the dispatch back with a reason.")


class TooLate(Refused):
    message = _("The time in which this matter can be opened again is over.")
    code = "too_late"
    hint = _("Please report the matter anew; mention the old number.")


class ReasonMissing(Refused):
    message = _("Please give a reason.")
    code = "reason_missing"
    status = 422


@transaction.atomic
def open_matter(
    *,
    kind: str,
    title: str,
    owner_id: UUID,
    division_code: str,
    urgency: str,
    is_sensitive: bool = False,
    by: Actor | None,
    at: datetime,
) -> Matter:
    """Begin round one of a new matter. The app above has asked its own rules before.

    Effects: matter row; event OPEN (starts the clock of what is owed to the asker); journal;
    announcement MatterMoved.
    """
    matter = Matter.objects.create(
        kind=kind,
        title=title[:120],
        owner_id=owner_id,
        division_code=division_code,
        urgency=urgency,
        is_sensitive=is_sensitive,
    )
    append(matter, Act.OPEN, by=by, at=at, data={"urgency": urgency}, public=True)
    settle(matter)
    return matter


@transaction.atomic
def describe(*, matter_id: UUID, title: str, is_sensitive: bool, by: Actor, at: datetime) -> Matter:
    """Take over a changed title or sensitivity from the app above. No clock is touched."""
    matter = lock_matter(matter_id)
    matter.title, matter.is_sensitive = title[:120], is_sensitive
    matter.save(update_fields=("title", "is_sensitive"))
    return matter


@transaction.atomic
def change_urgency(*, matter_id: UUID, urgency: str, by: Actor, at: datetime) -> Matter:
    """Set the urgency; every running clock is read anew from its own start."""
    matter = lock_matter(matter_id)
    permissions.check_steer(by, matter)
    if urgency != matter.urgency:
        append(matter, Act.CHANGE_URGENCY, by=by, at=at, data={"urgency": urgency}, public=True)
        settle(matter)
    return matter


@transaction.atomic
def pause(*, matter_id: UUID, by: Actor, at: datetime, note: str) -> Matter:
    """Stop the clocks while the asker is asked for something. Nothing happens to a paused matter."""
    matter = lock_matter(matter_id)
    permissions.check_own(by, matter)
    move(MATTER_MOVES, matter.state, Act.WITHDRAW)
    if matter.paused_at is None:
        append(matter, Act.PAUSE, by=by, at=at, note=note, public=True)
        settle(matter)
    return matter


@transaction.atomic
def resume(*, matter_id: UUID, by: Actor | None, at: datetime, note: str = "") -> Matter:
    """The asker replied (`by` is None) or the owner goes on without: clocks run again."""
    matter = lock_matter(matter_id)
    if by is not None:
        permissions.check_own(by, matter)
    if matter.paused_at is not None:
        append(matter, Act.RESUME, by=by, at=at, note=note, public=True)
        settle(matter)
    return matter


@transaction.atomic
def urge(*, matter_id: UUID, at: datetime, note: str = "") -> Matter:
    """The asker presses (催一催). Whoever has the matter is told; no clock changes."""
    matter = lock_matter(matter_id)
    move(MATTER_MOVES, matter.state, Act.WITHDRAW)
    append(matter, Act.URGE, by=None, at=at, note=note, public=True)
    settle(matter)
    return matter


@transaction.atomic
def supplement(*, matter_id: UUID, at: datetime, note: str) -> Matter:
    """The asker added something; a paused clock runs again."""
    matter = lock_matter(matter_id)
    append(matter, Act.SUPPLEMENT, by=None, at=at, note=note)
    if matter.paused_at is not None:
        append(matter, Act.RESUME, by=None, at=at, public=True)
    settle(matter)
    return matter


@transaction.atomic
def note(*, matter_id: UUID, by: Actor, at: datetime, text: str, public: bool = False) -> Matter:
    """A note in the journal of the matter: a visit on the spot, a call. No clock changes."""
    matter = lock_matter(matter_id)
    permissions.check_note(by, matter)
    append(matter, Act.NOTE, by=by, at=at, note=text, public=public)
    settle(matter)
    return matter


@transaction.atomic
def close(*, matter_id: UUID, by: Actor | None, at: datetime, reason: str) -> Matter:
    """Close an answered matter. `by` None: the asker was satisfied, or stayed silent for long.

    Raises StillOwed while any dispatch owes an answer (spine, invariant 1). Effects: event CLOSE;
    a follow-up some weeks later by rule; journal; announcement.
    """
    matter = lock_matter(matter_id)
    if by is not None:
        permissions.check_own(by, matter)
    move(MATTER_MOVES, matter.state, Act.CLOSE)
    if matter.owing:
        raise StillOwed
    append(matter, Act.CLOSE, by=by, at=at, data={"reason": reason}, public=True)
    settle(matter)
    when = due(
        purpose=ClockPurpose.FOLLOW_UP,
        urgency=matter.urgency,
        start=at,
        division_code=matter.division_code,
        kind=matter.kind,
    )
    if when:
        FollowUp.objects.update_or_create(
            matter=matter,
            round=matter.round,
            defaults={
                "due_on": local_date(when.at),
                "owner_id": matter.owner_id,
                "division_code": matter.division_code,
            },
        )
    return matter


def settle_open_ends(matter: Matter, *, by: Actor | None, at: datetime, why: str) -> None:
    """Supersede every dispatch that still runs, so that no clock outlives its matter."""
    for dispatch in matter.dispatches.filter(state__in=UNSETTLED):
        append(matter, Act.SUPERSEDE, by=by, at=at, dispatch=dispatch, data={"why": why})


@transaction.atomic
def withdraw(*, matter_id: UUID, by: Actor | None, at: datetime, reason: str) -> Matter:
    """End a matter at the asker's wish (`by` None) or by its owner. All clocks are settled."""
    matter = lock_matter(matter_id)
    if by is not None:
        permissions.check_own(by, matter)
    move(MATTER_MOVES, matter.state, Act.WITHDRAW)
    settle_open_ends(matter, by=by, at=at, why="withdrawn")
    append(matter, Act.WITHDRAW, by=by, at=at, note=reason, public=True)
    settle(matter)
    return matter


@transaction.atomic
def merge(*, matter_id: UUID, into_id: UUID, by: Actor, at: datetime, reason: str) -> Matter:
    """Merge one matter into another of the same kind and owner; its own clocks are settled.

    Both are locked in the order of their ids, so that two opposite merges cannot block each other.
    """
    first, second = sorted((matter_id, into_id))
    lock_matter(first), lock_matter(second)
    matter, target = lock_matter(matter_id), lock_matter(into_id)
    permissions.check_own(by, matter)
    permissions.check_own(by, target)
    if target.state in (MatterState.MERGED, MatterState.WITHDRAWN) or matter_id == into_id:
        raise Refused(_("The other matter cannot take this one in."), "bad_target", status=422)
    move(MATTER_MOVES, matter.state, Act.MERGE)
    settle_open_ends(matter, by=by, at=at, why="merged")
    append(matter, Act.MERGE, by=by, at=at, note=reason, data={"into": str(into_id)}, public=True)
    settle(matter)
    return matter


@transaction.atomic
def reopen(
    *, matter_id: UUID, round_kind: str, by: Actor | None, at: datetime, reason: str
) -> Matter:
    """Begin a new round: the asker is dissatisfied, it was not done, or asks for a second look.

    `by` None is the asker. A closed matter can be opened within the REOPEN time of its rule.
    Raises TooLate, ReasonMissing, IllegalMove.
    """
    matter = lock_matter(matter_id)
    if by is not None:
        permissions.check_steer(by, matter)
    if not reason.strip():
        raise ReasonMissing
    move(MATTER_MOVES, matter.state, Act.REOPEN)
    if matter.state == MatterState.CLOSED and matter.closed_at:
        limit = due(
            purpose=ClockPurpose.REOPEN,
            urgency=matter.urgency,
            start=matter.closed_at,
            division_code=matter.division_code,
            kind=matter.kind,
        )
        if limit and at > limit.at and by is None:
            raise TooLate
    settle_open_ends(matter, by=by, at=at, why="reopened")
    append(
        matter,
        Act.REOPEN,
        by=by,
        at=at,
        note=reason,
        data={"round_kind": RoundKind(round_kind).value},
        public=True,
    )
    settle(matter)
    FollowUp.objects.filter(matter=matter, done_at__isnull=True).delete()
    return matter

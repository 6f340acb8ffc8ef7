"""Grid duty: the table made by a button, one turn set by hand, how a venue wants it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Actor
from lianxin.kernel import bus
from lianxin.kernel.clock import local_date
from lianxin.places.models import Grid
from lianxin.reception.events import DutyChanged
from lianxin.reception.models import DutySetting, GridDuty
from lianxin.reception.queries.duty import bound_grids, bound_to
from lianxin.reception.rules import permissions
from lianxin.reception.rules.duty import DAY, Bound, Sharing, Span, Turn, pieces, share_out
from lianxin.record.services import write
from lianxin.venues.models import Venue

#: Longest period for which a table is made at once.
LONGEST_DAYS = 400
#: Turns of this time before the period count for fairness.
REMEMBERED_DAYS = 366


class PeriodRefused(permissions.ReceptionRefused):
    message = _("The period must begin today or later, and last 400 days at most.")
    code = "duty_period"


class TurnIsOver(permissions.ReceptionRefused):
    message = _("This turn is over. What was, stays as it was.")
    code = "duty_over"
    status = 409


class NotBound(permissions.ReceptionRefused):
    message = _("This deputy is not bound to the grid for all of these days.")
    code = "duty_not_bound"


@dataclass(slots=True)
class Made:
    """What making a table changed. `gaps` are days on which nobody serves a grid."""

    new: int = 0
    changed: int = 0
    removed: int = 0
    kept: int = 0
    gaps: list[tuple[Grid, Span]] = field(default_factory=list)
    deputy_ids: set[UUID] = field(default_factory=set)
    grid_ids: set[UUID] = field(default_factory=set)

    @property
    def touched(self) -> int:
        return self.new + self.changed + self.removed


@transaction.atomic
def make_table(
    *, venue_id: UUID, since: date, until: date, turn: str, by: Actor | None, at: datetime
) -> Made:
    """The duty table of all bound grids of a venue, in fair turns of weeks or months.

    Locks the venue → rule → for each grid: turns begun, over, or set by hand stay while their deputy
    can serve; the others are shared out anew, and those that come out the same are not touched →
    the venue's kind of turn → journal → DutyChanged, when anything changed. Days are Shanghai's.
    Raises NotYourVenue, PeriodRefused.
    """
    venue = Venue.objects.select_for_update(of=("self",)).get(pk=venue_id)
    permissions.check_may_plan(by, venue)
    window = _window(since, until, local_date(at))
    grids = list(bound_grids(venue, window.first))
    bound = bound_to([grid.pk for grid in grids], Span(window.first, window.last + DAY * 31))
    made, kept, free = Made(), {}, {}
    for grid_id, held in _rows_of(grids, window).items():
        kept[grid_id], free[grid_id] = _sorted_out(held, bound[grid_id], window, made)
    busy = _busy(kept)
    for grid in grids:
        stay = [Turn(row.deputy_id, _span(row)) for row in kept[grid.pk]]
        left = pieces(window, turn, [one.span for one in stay])
        shared = share_out(left, bound[grid.pk], stay, busy)
        for one in shared.turns:
            busy.setdefault(one.deputy_id, []).append(one.span)
        _write_turns(venue, grid, shared, free[grid.pk], made)
    _remember(venue, turn=turn)
    if made.touched:
        data = {"since": window.first, "until": window.last, "turn": turn, "turns": made.touched}
        _note(venue, "make", made.grid_ids, made.deputy_ids, by=by, at=at, **data)
    return made


def _window(since: date, until: date, today: date) -> Span:
    if since < today or until < since or (until - since).days > LONGEST_DAYS:
        raise PeriodRefused
    return Span(since, until)


def _span(row: GridDuty) -> Span:
    return Span(row.from_date, row.until_date)


def _rows_of(grids: Sequence[Grid], window: Span) -> dict[UUID, list[GridDuty]]:
    """Turns of the grids that count: those of the year before, and those from then on."""
    found: dict[UUID, list[GridDuty]] = {grid.pk: [] for grid in grids}
    rows = GridDuty.objects.select_for_update(of=("self",)).filter(
        grid__in=grids, until_date__gte=window.first - DAY * REMEMBERED_DAYS
    )
    for row in rows.order_by("from_date"):
        found[row.grid_id].append(row)
    return found


def _busy(kept: dict[UUID, list[GridDuty]]) -> dict[UUID, list[Span]]:
    """When each deputy is on duty already, for whichever grid."""
    found: dict[UUID, list[Span]] = {}
    for row in (row for rows in kept.values() for row in rows):
        found.setdefault(row.deputy_id, []).append(_span(row))
    return found


def _sorted_out(
    held: Sequence[GridDuty], bound: Sequence[Bound], window: Span, made: Made
) -> tuple[list[GridDuty], list[GridDuty]]:
    """Turns that stay, and those that may be given anew.

    A turn that has begun and whose deputy cannot serve its rest ends the day before the window.
    """
    able = {one.deputy_id: one for one in bound}
    kept, free = [], []
    for row in held:
        begun = row.from_date < window.first or row.until_date > window.last
        rest = Span(max(row.from_date, window.first), row.until_date)
        serves = row.until_date < window.first or (
            row.deputy_id in able and able[row.deputy_id].can(rest)
        )
        if serves and (begun or row.is_by_hand):
            kept.append(row)
        elif row.from_date < window.first:
            row.until_date = window.first - DAY
            row.save(update_fields=("until_date",))
            _count(made, row)
            made.changed += 1
            kept.append(row)
        else:
            free.append(row)
    made.kept += sum(1 for row in kept if row.until_date >= window.first)
    return kept, free


def _write_turns(
    venue: Venue, grid: Grid, shared: Sharing, free: Sequence[GridDuty], made: Made
) -> None:
    wanted = {one.span.first: one for one in shared.turns}
    for row in free:
        if row.from_date not in wanted:
            _count(made, row)
            made.removed += 1
            row.delete()
            continue
        turn = wanted.pop(row.from_date)
        if (row.deputy_id, row.until_date, row.is_by_hand) == (
            turn.deputy_id, turn.span.last, False,
        ):  # fmt: skip
            continue
        _count(made, row)
        row.deputy_id, row.until_date, row.is_by_hand = turn.deputy_id, turn.span.last, False
        row.save(update_fields=("deputy", "until_date", "is_by_hand"))
        _count(made, row)
        made.changed += 1
    new = [_new_row(venue, grid, turn) for turn in wanted.values()]
    GridDuty.objects.bulk_create(new)
    for row in new:
        _count(made, row)
    made.new += len(new)
    made.gaps += [(grid, gap) for gap in shared.gaps]


def _new_row(venue: Venue, grid: Grid, turn: Turn, *, is_by_hand: bool = False) -> GridDuty:
    return GridDuty(
        grid=grid,
        venue=venue,
        deputy_id=turn.deputy_id,
        from_date=turn.span.first,
        until_date=turn.span.last,
        is_by_hand=is_by_hand,
        division_code=grid.division_code,
    )


def _count(made: Made, row: GridDuty) -> None:
    made.deputy_ids.add(row.deputy_id)
    made.grid_ids.add(row.grid_id)


@transaction.atomic
def set_turn(*, duty_id: UUID, deputy_id: UUID, by: Actor | None, at: datetime) -> GridDuty:
    """One turn to another bound deputy, by hand; it stays when the table is made anew.

    Locks the turn → rule → a turn that has begun is cut yesterday, and the rest is a new one →
    journal → DutyChanged. Raises NotYourVenue, TurnIsOver, NotBound.
    """
    row = _lock_turn(duty_id, by, at)
    today, before = local_date(at), row.deputy_id
    rest = Span(max(row.from_date, today), row.until_date)
    if not any(
        b.deputy_id == deputy_id and b.can(rest) for b in bound_to([row.grid_id], rest)[row.grid_id]
    ):
        raise NotBound  # fmt: skip
    if row.from_date < today and deputy_id != before:
        row.until_date = today - DAY
        row.save(update_fields=("until_date",))
        row = _new_row(row.venue, row.grid, Turn(deputy_id, rest))
        row.is_by_hand = True
        row.save(force_insert=True)
    else:
        row.deputy_id, row.is_by_hand = deputy_id, True
        row.save(update_fields=("deputy", "is_by_hand"))
    days = {"since": rest.first, "until": rest.last}
    _note(row.venue, "set", {row.grid_id}, {before, deputy_id}, by=by, at=at, **days)
    return row


@transaction.atomic
def release_turn(*, duty_id: UUID, by: Actor | None, at: datetime) -> GridDuty:
    """A turn set by hand may be given anew the next time the table is made; journal.

    Nobody is told: the deputy stays the same for now. Raises NotYourVenue, TurnIsOver.
    """
    row = _lock_turn(duty_id, by, at)
    row.is_by_hand = False
    row.save(update_fields=("is_by_hand",))
    _journal(row.venue, "release", by=by, at=at, grid=row.grid_id, since=row.from_date)
    return row


def _lock_turn(duty_id: UUID, by: Actor | None, at: datetime) -> GridDuty:
    row = (
        GridDuty.objects.select_for_update(of=("self",))
        .select_related("venue", "grid")
        .get(pk=duty_id)
    )
    permissions.check_may_plan(by, row.venue)
    if row.until_date < local_date(at):
        raise TurnIsOver
    return row


@transaction.atomic
def set_wishes(
    *, venue_id: UUID, answer_minutes: int, asks_stationed: bool, by: Actor | None, at: datetime
) -> DutySetting:
    """How long deputies have to answer a call, and whether those stationed are asked too.

    Locks the venue → rule → setting → journal. Calls under way keep the times they were given.
    Raises NotYourVenue.
    """
    venue = Venue.objects.select_for_update(of=("self",)).get(pk=venue_id)
    permissions.check_may_plan(by, venue)
    setting = _remember(venue, answer_minutes=answer_minutes, asks_stationed=asks_stationed)
    _journal(venue, "wishes", by=by, at=at, minutes=answer_minutes, stationed=asks_stationed)
    return setting


def _remember(venue: Venue, **values: object) -> DutySetting:
    setting, _made = DutySetting.objects.update_or_create(
        venue=venue,
        defaults=values,
        create_defaults={"division_code": venue.division_code, **values},
    )
    return setting


def _journal(venue: Venue, act: str, *, by: Actor | None, at: datetime, **data: object) -> None:
    write(
        action=f"reception.duty.{act}",
        by=by,
        at=at,
        division_code=venue.division_code,
        subject=venue,
        data=data,
    )


def _note(
    venue: Venue,
    act: str,
    grid_ids: Iterable[UUID],
    deputy_ids: Iterable[UUID],
    *,
    by: Actor | None,
    at: datetime,
    **data: object,
) -> None:
    """The journal entry of changed turns and its announcement."""
    grids, deputies = tuple(sorted(grid_ids)), tuple(sorted(deputy_ids))
    _journal(venue, act, by=by, at=at, grids=grids, deputies=deputies, **data)
    event = DutyChanged(venue_id=venue.pk, grid_ids=grids, deputy_ids=deputies, act=act, at=at)
    bus.announce(event, key=venue.pk, division_code=venue.division_code)

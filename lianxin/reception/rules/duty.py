"""Grid duty, pure: how turns are cut and shared out, and until when a deputy called out can answer."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from lianxin.kernel.clock import LOCAL, local
from lianxin.reception.enums import DAY_BEGINS, DAY_ENDS, DutyTurn

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Days in a row, both ends inclusive."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def shared(self, other: Span) -> int:
        """How many days the two have in common."""
        return max(0, (min(self.last, other.last) - max(self.first, other.first)).days + 1)


@dataclass(frozen=True, slots=True)
class Bound:
    """A deputy bound to a grid. `serves` are the days of binding and mandate, `away` those of leave
    and other meetings.
    """

    deputy_id: UUID
    serves: tuple[Span, ...]
    away: tuple[Span, ...] = ()

    def can(self, span: Span) -> bool:
        return any(one.first <= span.first and span.last <= one.last for one in self.serves)

    def missing(self, span: Span) -> int:
        return sum(one.shared(span) for one in self.away)


@dataclass(frozen=True, slots=True)
class Turn:
    """A deputy on duty for one grid."""

    deputy_id: UUID
    span: Span


@dataclass(slots=True)
class Sharing:
    """Turns shared out for one grid. `gaps` are days on which nobody can be asked."""

    turns: list[Turn] = field(default_factory=list)
    gaps: list[Span] = field(default_factory=list)


def pieces(window: Span, turn: str, kept: Iterable[Span]) -> list[Span]:
    """The turns of a window that nobody has yet: whole weeks (Monday to Sunday) or calendar months,
    cut at the window's ends and at what is kept.
    """
    taken = sorted(kept)
    found: list[Span] = []
    first = window.first
    while first <= window.last:
        last = min(_end_of_turn(first, turn), window.last)
        found += _without(Span(first, last), taken)
        first = last + DAY
    return found


def _end_of_turn(day: date, turn: str) -> date:
    if turn == DutyTurn.MONTH:
        return day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return day + timedelta(days=6 - day.weekday())


def _without(span: Span, taken: Sequence[Span]) -> list[Span]:
    found, first = [], span.first
    for one in taken:
        if one.last < first or one.first > span.last:
            continue
        if one.first > first:
            found.append(Span(first, one.first - DAY))
        first = one.last + DAY
    if first <= span.last:
        found.append(Span(first, span.last))
    return found


def share_out(
    open_pieces: Sequence[Span],
    bound: Sequence[Bound],
    kept: Sequence[Turn],
    busy: Mapping[UUID, Sequence[Span]],
) -> Sharing:
    """Give each piece to a bound deputy who serves all of it, in the order of these wishes: not away;
    the fewest days of duty for this grid so far; not on duty elsewhere at the time (`busy`); the
    longest without a turn; the order of `bound`.

    So, without leave, turns of two deputies differ by one at most. Who is new to a grid begins
    with the load of the least loaded, and owes no turns of the past. One bound deputy has every
    turn, leave or not. A piece that nobody serves whole is cut where bindings begin or end.
    """
    result, turns = Sharing(), list(kept)
    load = _loads(bound, kept)
    waiting = list(reversed(open_pieces))
    while waiting:
        piece = waiting.pop()
        able = [one for one in bound if one.can(piece)]
        if not able:
            cut = _first_cut(piece, bound)
            if cut is None:
                result.gaps.append(piece)
            else:
                waiting += [Span(cut, piece.last), Span(piece.first, cut - DAY)]
            continue
        ranked = sorted(
            enumerate(able),
            key=lambda pair: (
                pair[1].missing(piece),
                load[pair[1].deputy_id],
                sum(one.shared(piece) for one in busy.get(pair[1].deputy_id, ())),
                _last_before(piece, pair[1].deputy_id, turns),
                pair[0],
            ),
        )
        chosen = ranked[0][1].deputy_id
        load[chosen] += piece.days
        turns.append(Turn(chosen, piece))
        result.turns.append(turns[-1])
    return result


def _loads(bound: Sequence[Bound], kept: Sequence[Turn]) -> dict[UUID, int]:
    ids = {one.deputy_id for one in bound}
    load = dict.fromkeys(ids, 0)
    for turn in kept:
        if turn.deputy_id in ids:
            load[turn.deputy_id] += turn.span.days
    least = min((days for days in load.values() if days), default=0)
    return {deputy_id: days or least for deputy_id, days in load.items()}


def _first_cut(piece: Span, bound: Sequence[Bound]) -> date | None:
    """The first day inside the piece on which somebody begins to serve, or no longer does."""
    edges = {
        edge
        for one in bound
        for span in one.serves
        for edge in (span.first, span.last + DAY if span.last < date.max else date.max)
    }
    return min((edge for edge in edges if piece.first < edge <= piece.last), default=None)


def _last_before(piece: Span, deputy_id: UUID, turns: Sequence[Turn]) -> date:
    """The last day on duty before the piece; far away for who never was."""
    days = (
        one.span.last for one in turns if one.deputy_id == deputy_id and one.span.last < piece.first
    )
    return max(days, default=date.min)


def answer_by(asked_at: datetime, minutes: int) -> datetime:
    """Until when a deputy asked at `asked_at` can answer: `minutes` counted between 8:00 and 20:00
    in Shanghai only. Asked at 19:45 with 30 minutes: 8:15 of the next morning.
    """
    moment, left = wakes_at(asked_at), timedelta(minutes=minutes)
    while True:
        ends = datetime.combine(local(moment).date(), time(DAY_ENDS), LOCAL)
        if moment + left <= ends:
            return moment + left
        left -= ends - moment
        moment = wakes_at(ends)


def wakes_at(moment: datetime) -> datetime:
    """The moment itself between 8:00 and 20:00, else the next 8:00: nobody is woken by a message."""
    here = local(moment)
    if here.hour >= DAY_ENDS:
        return datetime.combine(here.date() + DAY, time(DAY_BEGINS), LOCAL)
    if here.hour < DAY_BEGINS:
        return datetime.combine(here.date(), time(DAY_BEGINS), LOCAL)
    return here

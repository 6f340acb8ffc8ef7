"""Calls to a grid: whom to ask next, what waits for a deputy, how a call went."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Prefetch, QuerySet

from lianxin.congress.models import Actor, Deputy
from lianxin.kernel.refused import Absent
from lianxin.people.enums import Ability
from lianxin.reception.enums import ASK_MOVES, CALL_MOVES, CALLS_OPEN, AskState, CallState
from lianxin.reception.models import Ask, CallOut, GridDuty
from lianxin.reception.queries.duty import AHEAD, away_on, bound_to, duty_of, named, setting_of
from lianxin.reception.queries.own import own_venues
from lianxin.reception.rules.duty import Span
from lianxin.venues.queries import deputies_of_venue

#: An office that has more open calls than this has another trouble.
MOST_OPEN = 30


def to_ask(call: CallOut, on: date) -> list[Deputy]:
    """Deputies not asked yet in this round, in the order in which they are.

    First the one on duty on the day, then the other bound ones in the order of their next turns;
    then, where the venue wants it, those stationed there, who was asked longest ago first. Nobody
    who is away on the day or holds no mandate in force. A fixed number of queries.
    """
    first, others = _bound_ids(call.grid_id, on)
    wanted = [*first, *others]
    asked = set(
        call.asks.filter(order__gte=call.round_from).values_list("deputy_id", flat=True)
    )  # fmt: skip
    found = Deputy.objects.filter(pk__in=wanted).select_related("person").in_bulk()
    order = [found[pk] for pk in wanted]
    if setting_of(call.venue).asks_stationed:
        order += [one for one in _stationed(call.venue_id, on) if one.pk not in found]
    return [one for one in order if one.pk not in asked]


def _bound_ids(grid_id: UUID, on: date) -> tuple[list[UUID], list[UUID]]:
    day = Span(on, on)
    able = [
        one.deputy_id
        for one in bound_to([grid_id], day)[grid_id]
        if one.can(day) and not one.missing(day)
    ]
    holder = duty_of([grid_id], on).get(grid_id)
    turns = GridDuty.objects.filter(
        grid_id=grid_id, from_date__gt=on, from_date__lte=on + AHEAD, deputy__in=able
    ).order_by("-from_date")
    nearest = dict(turns.values_list("deputy_id", "from_date"))
    rest = [one for one in able if one != holder]
    rest.sort(key=lambda one: nearest.get(one, date.max))  # stable: else as they were bound
    return [holder] if holder in able else [], rest


def _stationed(venue_id: UUID, on: date) -> list[Deputy]:
    away = Exists(away_on(on).filter(deputy=OuterRef("pk")))
    rows = deputies_of_venue(venue_id, on=on).filter(~away).annotate(asked=Max("asks__asked_at"))
    return list(rows.order_by(F("asked").asc(nulls_first=True), "person__name", "pk"))


def with_names(calls: QuerySet[CallOut]) -> QuerySet[CallOut]:
    """Calls with grid, venue, deputy, and whom they are with now as `waiting`. Two queries."""
    waiting = Ask.objects.filter(state=AskState.WAITING).select_related("deputy__person")
    return calls.select_related("grid", "venue", "deputy__person", "called_by").prefetch_related(
        Prefetch("asks", queryset=waiting, to_attr="waiting")
    )


def desk_calls(actor: Actor) -> QuerySet[CallOut]:
    """Calls of the venues for which the actor may call deputies out."""
    venues = own_venues(actor, Ability.DUTY_CALL)
    return CallOut.objects.filter(venue__in=venues.values("pk"))


def open_calls(actor: Actor, venue_id: UUID | None = None) -> list[CallOut]:
    """What somebody waits for, nobody coming first, then the longest waiting. At most 30."""
    rows = desk_calls(actor).filter(state__in=CALLS_OPEN)
    rows = rows.filter(venue_id=venue_id) if venue_id else rows
    found = list(with_names(rows).order_by("called_at", "id")[:MOST_OPEN])
    named(call.grid for call in found)
    return sorted(found, key=lambda one: one.state != CallState.UNANSWERED)


def desk_call(actor: Actor, call_id: UUID) -> CallOut:
    """A call of an own venue. Raises Absent."""
    found = with_names(desk_calls(actor)).filter(pk=call_id).first()
    if found is None:
        raise Absent
    named([found.grid])
    return found


def deputy_call(deputy_id: UUID, call_id: UUID) -> tuple[CallOut, Ask]:
    """A call in which the deputy was asked, and the last time it was. Raises Absent."""
    ask = (
        Ask.objects.filter(call_id=call_id, deputy_id=deputy_id)
        .select_related("call__grid", "call__venue", "call__deputy__person", "call__case")
        .order_by("-order")
        .first()
    )
    if ask is None:
        raise Absent
    named([ask.call.grid])
    return ask.call, ask


def may_read(call: CallOut, ask: Ask) -> bool:
    """Whether the words of the call still concern the deputy: asked, coming, done it, or late."""
    if ask.state == AskState.LAPSED:
        return call.state in (CallState.CALLING, CallState.UNANSWERED)
    return ask.state in (AskState.WAITING, AskState.ACCEPTED)


def may_accept(call: CallOut, ask: Ask) -> bool:
    """Whether the deputy can still say “I go”: asked, or late while nobody else goes."""
    return "accept" in ASK_MOVES[ask.state] and "accept" in CALL_MOVES[call.state]


def calls_waiting(deputy_id: UUID) -> list[Ask]:
    """Calls that wait for the deputy's answer, the nearest time first; two queries."""
    rows = Ask.objects.filter(deputy_id=deputy_id, state=AskState.WAITING)
    found = list(rows.select_related("call__grid", "call__venue").order_by("answer_by", "id"))
    named(ask.call.grid for ask in found)
    return found


def calls_accepted(deputy_id: UUID) -> list[CallOut]:
    """Calls to which the deputy is going; two queries."""
    rows = CallOut.objects.filter(deputy_id=deputy_id, state=CallState.ACCEPTED)
    found = list(rows.select_related("grid", "venue").order_by("called_at", "id"))
    named(call.grid for call in found)
    return found


def calls_past(deputy_id: UUID, *, most: int = 10) -> list[CallOut]:
    """The last calls that the deputy went to and ended; two queries."""
    rows = CallOut.objects.filter(deputy_id=deputy_id, state=CallState.DONE)
    found = list(rows.select_related("grid", "case").order_by("-ended_at", "-id")[:most])
    named(call.grid for call in found)
    return found


@dataclass(frozen=True, slots=True)
class Chain:
    """Who was asked when, and who comes next. `following` is empty once nobody is asked any more."""

    asks: list[Ask]
    following: list[Deputy]


def chain_of(call: CallOut, on: date) -> Chain:
    """How the call goes its way."""
    asks = list(call.asks.select_related("deputy__person").order_by("order"))
    return Chain(asks, to_ask(call, on) if call.state == CallState.CALLING else [])


def late_asks(at: datetime, *, most: int = 200) -> list[UUID]:
    """Deputies who did not answer in time, the longest first: for the job."""
    rows = Ask.objects.filter(state=AskState.WAITING, answer_by__lte=at)
    return list(rows.order_by("answer_by").values_list("pk", flat=True)[:most])


def sleeping_asks(since: datetime) -> list[Ask]:
    """Asks that wait since before `since`, when this day began: their message is due now."""
    rows = Ask.objects.filter(state=AskState.WAITING, asked_at__lt=since)
    return list(rows.select_related("call__grid", "deputy__person").order_by("asked_at")[:200])


def deputies_by_id(ids: Collection[UUID]) -> dict[UUID, Deputy]:
    return Deputy.objects.select_related("person").in_bulk(list(ids))

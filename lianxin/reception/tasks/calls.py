"""Calls to a grid and its table of duty: who is told what, and what time alone brings about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.congress.queries import people_of
from lianxin.kernel.clock import local, local_date
from lianxin.notices import services as notices
from lianxin.notices.enums import Channel
from lianxin.people.enums import Ability
from lianxin.reception.enums import DAY_BEGINS
from lianxin.reception.events import CallMoved, DutyChanged
from lianxin.reception.models import Ask, CallOut
from lianxin.reception.queries.calls import deputies_by_id, late_asks, sleeping_asks
from lianxin.reception.queries.duty import named, turns_of
from lianxin.reception.rules.duty import wakes_at
from lianxin.reception.services import calls
from lianxin.web.dates import cn_day, cn_short

KIND = "call"
Who = Callable[[CallOut], set[UUID]]


@dataclass(frozen=True, slots=True)
class Decision:
    """`words` know %(grid)s, %(deputy)s. `staff`: the link is the caller's page, else the deputy's."""

    who: Who
    words: str | Promise
    staff: bool = True
    texts: bool = False


def caller(call: CallOut) -> set[UUID]:
    return {call.called_by_id}


def desk(call: CallOut) -> set[UUID]:
    """Who called, and the clerks of the venue."""
    found = people_of(call.venue.desk_id, Ability.RECEPTION_RUN)
    return caller(call) | {one.pk for one in found}


def concerned(call: CallOut) -> set[UUID]:
    """The deputy who was going, else the last one who was asked."""
    if call.deputy:
        return {call.deputy.person_id}
    last = call.asks.select_related("deputy").order_by("-order").first()
    return {last.deputy.person_id} if last else set()


#: What an act of a call tells whom; None: nobody. Being asked is told by `tell_asked`.
NOTICES: dict[str, Decision | None] = {
    "call": None,
    "ask": None,
    "pass": None,
    "lapse": None,
    "call_again": None,
    "accept": Decision(caller, gettext_lazy("%(deputy)s is coming to %(grid)s.")),
    "give_back": Decision(
        caller, gettext_lazy("The deputy cannot come to %(grid)s after all; the next one is asked.")
    ),
    "exhaust": Decision(desk, gettext_lazy("No deputy could come to %(grid)s. Please look.")),
    "finish": Decision(
        caller, gettext_lazy("The call to %(grid)s is done. What was done: see there.")
    ),
    "withdraw": Decision(
        concerned,
        gettext_lazy("You need not go to %(grid)s any more: the call was withdrawn."),
        staff=False,
        texts=True,
    ),
}


def is_told(event: CallMoved) -> bool:
    """Whether an act of a call concerns anybody: the others need no message."""
    return event.act == "ask" or NOTICES[event.act] is not None


def tell_call(event: CallMoved) -> None:
    """Tell whom an act of a call concerns, never its doer. Repeatable: once per person and act."""
    call = (
        CallOut.objects.select_related("grid", "venue", "deputy__person")
        .filter(pk=event.call_id)
        .first()
    )
    if call is None:
        return
    if event.act == "ask":
        ask = call.asks.filter(asked_at=event.at).order_by("-order").first()
        if ask:
            tell_asked(ask, event.at)
        return
    decision = NOTICES[event.act]
    if decision is None:
        return
    with translation.override(settings.LANGUAGE_CODE):
        words = str(decision.words) % {
            "grid": named([call.grid])[0].label,
            "deputy": call.deputy.name if call.deputy else _("A deputy"),
        }
    people = decision.who(call) - ({call.ended_by_id} if call.ended_by_id else set())
    key = f"reception:call:{call.pk}:{event.act}:{event.at.isoformat()}"
    page = "reception:call" if decision.staff else "reception:my-call"
    _tell(people, words, reverse(page, args=(call.pk,)), key, event.at)
    if decision.texts:
        for phone in _phones(call, people):
            _text(phone, words, f"{key}:sms", call.division_code, event.at)


def _phones(call: CallOut, people: set[UUID]) -> Iterable[str]:
    asked = call.asks.filter(deputy__person__in=people).select_related("deputy__person")
    return {one.deputy.person.phone for one in asked if one.deputy.person.phone}


def tell_asked(ask: Ask, at: datetime) -> None:
    """The deputy whose turn it is: in the bell at once, as a text message by day only."""
    with translation.override(settings.LANGUAGE_CODE):
        said = {"grid": named([ask.call.grid])[0].label, "until": cn_short(ask.answer_by)}
        words = _("%(grid)s needs a deputy. Can you come? Please answer before %(until)s.") % said
    link = reverse("reception:my-call", args=(ask.call_id,))
    _tell({ask.deputy.person_id}, words, link, f"reception:ask:{ask.pk}", at)
    if wakes_at(at) == local(at) and ask.deputy.person.phone:
        text = f"{words} {settings.PUBLIC_URL}{link}"
        key = f"reception:ask:{ask.pk}:sms"
        _text(ask.deputy.person.phone, text, key, ask.division_code, at)


def _tell(people: set[UUID], words: str, url: str, key: str, at: datetime) -> None:
    notices.tell(person_ids=people, kind=KIND, text=words, url=url, event_key=key, at=at)


def _text(phone: str, words: str, key: str, division_code: str, at: datetime) -> None:
    notices.send(
        channel=Channel.SMS,
        address=phone,
        text=words,
        event_key=key,
        division_code=division_code,
        at=at,
    )


def tell_duty(event: DutyChanged) -> None:
    """Each deputy whose turns changed learns of the next one. Once per deputy and change."""
    on = local_date(event.at)
    for deputy_id, deputy in deputies_by_id(event.deputy_ids).items():
        turns = turns_of(deputy_id, on, most=1)
        with translation.override(settings.LANGUAGE_CODE):
            if turns:
                words = _(
                    "Grid duty changed. Your next turn: %(grid)s, %(since)s to %(until)s."
                ) % {
                    "grid": named([turns[0].grid])[0].label,
                    "since": cn_day(turns[0].from_date),
                    "until": cn_day(turns[0].until_date),
                }
            else:
                words = _("Grid duty changed: you have no turn for the time being.")
        key = f"reception:duty:{event.venue_id}:{event.at.isoformat()}"
        _tell({deputy.person_id}, words, reverse("reception:my-calls"), key, event.at)


def pass_on_late(at: datetime) -> None:
    """Every minute: who did not answer in time is passed over; who was asked at night gets the
    message when the day begins.
    """
    for ask_id in late_asks(at):
        calls.lapse(ask_id=ask_id, at=at)
    if wakes_at(at) == local(at):
        morning = local(at).replace(hour=DAY_BEGINS, minute=0, second=0, microsecond=0)
        for ask in sleeping_asks(morning):
            tell_asked(ask, at)

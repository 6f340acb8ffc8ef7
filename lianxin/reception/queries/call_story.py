"""A call in words: with whom it is, since and until when, and everybody who was asked."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from lianxin.reception.enums import AskState, CallState
from lianxin.reception.models import Ask, CallOut
from lianxin.reception.queries.calls import Chain
from lianxin.web.dates import cn_short, near
from lianxin.web.parts import Custody, Fact, Step, Tone

TONES: dict[str, Tone] = {
    CallState.CALLING: "warn",
    CallState.ACCEPTED: "info",
    CallState.DONE: "good",
    CallState.UNANSWERED: "bad",
    CallState.WITHDRAWN: "neutral",
}


def custody(call: CallOut, chain: Chain, at: datetime) -> Custody:
    """Who has the call, since when, until when, and what comes next."""
    waiting = next((one for one in chain.asks if one.state == AskState.WAITING), None)
    facts = []
    if waiting:
        facts += [
            Fact(
                question=_("Being asked"),
                answer=waiting.deputy.name,
                note=_("since %(when)s") % {"when": near(waiting.asked_at, at)},
            ),
            Fact(question=_("Answers by"), answer=near(waiting.answer_by, at)),
            Fact(question=_("After that"), answer=_after(chain)),
        ]
    elif call.state == CallState.ACCEPTED and call.deputy:
        going = next(one for one in reversed(chain.asks) if one.state == AskState.ACCEPTED)
        facts.append(
            Fact(
                question=_("Is coming"),
                answer=call.deputy.name,
                note=_("since %(when)s") % {"when": near(going.answered_at or at, at)},
            )
        )
        facts.append(Fact(question=_("After that"), answer=_("The deputy says what was done")))
    elif call.state == CallState.UNANSWERED:
        facts.append(
            Fact(question=_("After that"), answer=_("Call again, or ring the venue’s clerk"))
        )
    return Custody(state=str(call.get_state_display()), tone=TONES[call.state], facts=facts)


def _after(chain: Chain) -> str:
    if not chain.following:
        return _("Nobody else can be asked: the clerk is told")
    name = chain.following[0].name
    more = len(chain.following) - 1
    return _("%(name)s, then %(n)s more") % {"name": name, "n": more} if more else name


def steps(call: CallOut, chain: Chain) -> list[Step]:
    """The way of the call: called, asked one after the other, next, ended."""
    found = [
        Step(
            title=_("%(who)s called") % {"who": call.caller},
            at=call.called_at,
            note=_("entered by %(name)s") % {"name": call.called_by.name},
        )
    ]
    found += [_step(ask) for ask in chain.asks]
    found += [
        Step(title=_("%(name)s: asked after that") % {"name": one.name}, state="next")
        for one in chain.following[:3]
    ]
    if call.ended_at:
        title = str(call.get_state_display())
        found.append(Step(title=title, quote=call.outcome, at=call.ended_at))
    return found


def _step(ask: Ask) -> Step:
    words = {"name": ask.deputy.name, "state": ask.get_state_display()}
    title = _("%(name)s: %(state)s") % words
    if ask.state == AskState.WAITING:
        until = _("to answer by %(until)s") % {"until": cn_short(ask.answer_by)}
        return Step(title=title, at=ask.asked_at, note=until, state="now")
    asked = _("asked %(since)s") % {"since": cn_short(ask.asked_at)}
    ended = ask.answered_at or ask.answer_by
    return Step(title=title, quote=ask.words, at=ended, note=asked)


def card(call: CallOut, ask: Ask) -> tuple[str, Tone]:
    """In a word how the call stands for the deputy, with its tone."""
    if ask.state == AskState.WAITING:
        until = {"when": near(ask.answer_by)}
        return _("Please answer by %(when)s") % until, "warn"
    if ask.state == AskState.ACCEPTED:
        if call.state == CallState.ACCEPTED:
            return _("You are going"), "info"
        return str(call.get_state_display()), TONES[call.state]
    if call.state in (CallState.WITHDRAWN, CallState.DONE):
        return str(call.get_state_display()), TONES[call.state]
    return str(ask.get_state_display()), "neutral"

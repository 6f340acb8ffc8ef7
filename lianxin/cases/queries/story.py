"""What happened to a case, in sentences: from its events, messages, screening and reveals.

The resident reads the public steps and nothing that another voice said; staff read everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from lianxin.cases.enums import CaseState, MessageKind, VoiceKind
from lianxin.cases.models import Case, Message, Reveal, Voice
from lianxin.handling.enums import (
    Act,
    CommitmentState,
    DispatchKind,
    Outcome,
    Part,
    RoundKind,
    Satisfaction,
    Urgency,
)
from lianxin.handling.enums import Step as Rung
from lianxin.handling.models import Answer, Commitment, Event, Matter
from lianxin.web.dates import cn_day
from lianxin.web.parts import Photo, Step

Photos = Mapping[UUID, Sequence[Photo]]


@dataclass(slots=True)
class Telling:
    """What a story is told from, read beforehand. `voice` None: for staff, everything.

    `above` is the answer that the page shows in full above the story.
    """

    case: Case
    root: Case
    matter: Matter | None
    messages: Iterable[Message] = ()
    reveals: Iterable[Reveal] = ()
    voice: Voice | None = None
    photos: Photos = field(default_factory=dict)
    above: UUID | None = None

    @property
    def for_staff(self) -> bool:
        return self.voice is None

    @property
    def sole(self) -> bool:
        """Whether whatever the asker of the matter wrote is this reader's own."""
        return self.for_staff or self.root.voices_count == 1


def story(telling: Telling) -> list[Step]:
    """Every step, newest first; steps of the same moment in the order in which they were made."""
    told = [*_filing(telling), *_said(telling), *_looked(telling), *_handled(telling)]
    told += [*_ended(telling)]
    ranked = sorted(enumerate(told), key=lambda one: (one[1][0], one[0]), reverse=True)
    return [step for _rank, (_at, step) in ranked]


Told = tuple[datetime, Step]


def _step(at: datetime, title: str, **more: Any) -> Told:
    return at, Step(title=str(title), at=at, **more)


def _filing(telling: Telling) -> Iterable[Told]:
    case, voice = telling.case, telling.voice
    if voice and voice.kind == VoiceKind.ME_TOO:
        yield _step(voice.joined_at, _("You joined: the same concern"))
        return
    photos = telling.photos.get(case.pk, ())
    yield _step(
        case.filed_at, _("Reported"), note=str(case.get_channel_display()), photos=tuple(photos)
    )


_MESSAGES: dict[str, tuple[Callable[[], str], Callable[[], str]]] = {
    MessageKind.ASK_BACK: (
        lambda: _("The venue asks you"),
        lambda: _("The resident was asked"),
    ),
    MessageKind.REPLY: (lambda: _("You replied"), lambda: _("The resident replied")),
    MessageKind.SUPPLEMENT: (lambda: _("You added"), lambda: _("The resident added")),
    MessageKind.URGE: (lambda: _("You asked to hurry"), lambda: _("The resident asked to hurry")),
    MessageKind.OBJECTION: (
        lambda: _("You objected to the refusal"),
        lambda: _("The resident objected to the refusal"),
    ),
}


def _said(telling: Telling) -> Iterable[Told]:
    """The desk's questions and what the resident said: own words only, where there are others."""
    for message in telling.messages:
        if message.kind not in _MESSAGES or not _may_read(telling, message):
            continue
        you, they = _MESSAGES[message.kind]
        photos = tuple(telling.photos.get(message.pk, ()))
        title = they() if telling.for_staff else you()
        yield _step(
            message.written_at,
            title,
            quote=message.text if telling.for_staff else message.said,
            photos=photos,
        )


def _may_read(telling: Telling, message: Message) -> bool:
    if telling.voice is None:
        return True
    if message.voice_id:
        return message.voice_id == telling.voice.pk
    first = telling.voice.kind == VoiceKind.FILED and message.case_id == telling.voice.case_id
    return first or telling.sole


def _looked(telling: Telling) -> Iterable[Told]:
    for look in telling.reveals:
        who = look.organ.name if look.organ else _("A deputy")
        yield _step(
            look.revealed_at, _("%(who)s looked at the contact") % {"who": who}, quote=look.reason
        )


def _ended(telling: Telling) -> Iterable[Told]:
    case = telling.case
    if case.state == CaseState.MERGED:
        at = (case.matter.closed_at if case.matter else None) or case.filed_at
        text = _("It is handled together with theirs; you get your own answer.")
        yield _step(at, _("Joined with the same concern of others"), text=text)
    if case.state == CaseState.REFUSED and case.refusal and case.screened_at:
        text = "\n".join(filter(None, (str(case.refusal), case.refusal_note)))
        yield _step(case.screened_at, _("Not accepted, with reason"), text=text)


# --- the engine's events -------------------------------------------------------------------


def _handled(telling: Telling) -> Iterable[Told]:
    if telling.matter is None:
        return
    reader = _Reader(telling)
    for event in telling.matter.events.all():
        if not (event.is_public or telling.for_staff):
            continue
        told = _EVENTS.get(event.act, _plain)(reader, event)
        if told:
            yield _step(event.at, told.pop("title"), **told)


class _Reader:
    """Answers and promises by id, and how to name whoever acted."""

    def __init__(self, telling: Telling) -> None:
        self.telling = telling
        assert telling.matter is not None
        self.answers: dict[str, Answer] = {str(a.pk): a for a in telling.matter.answers.all()}
        self.promises: dict[str, Commitment] = {
            str(c.pk): c for c in telling.matter.commitments.all()
        }

    def who(self, event: Event) -> str:
        """The organ or the deputy to whom it was handed; else the organ that acted."""
        if event.dispatch:
            name = event.dispatch.target.name
            return _("Deputy %(name)s") % {"name": name} if event.dispatch.to_deputy_id else name
        if event.organ:
            return event.organ.name
        # Only deputies act without an organ; their names are public.
        return _("Deputy %(name)s") % {"name": event.person.name} if event.person else ""

    def note(self, event: Event) -> str:
        """The note of an act; what an asker wrote is shown to nobody but that asker and staff."""
        return event.note if event.person_id or self.telling.sole else ""

    def staff_note(self, event: Event) -> str:
        """Who did it, by name: for staff only."""
        return event.person.name if self.telling.for_staff and event.person else ""


Words = dict[str, Any] | None


def _open(reader: _Reader, event: Event) -> Words:
    root = reader.telling.root
    text = _("%(desk)s took it up.") % {"desk": root.venue.name}
    if root.category:
        text = _("%(desk)s took it up: %(category)s.") % {
            "desk": root.venue.name,
            "category": root.category,
        }
    return {"title": _("Accepted"), "text": text, "note": reader.staff_note(event)}


def _send(reader: _Reader, event: Event) -> Words:
    dispatch = event.dispatch
    if dispatch is None or dispatch.kind == DispatchKind.SUPERVISE:
        return None
    forms = {
        DispatchKind.TRIAGE: _("Shared out → %(who)s"),
        DispatchKind.ASSIGN: _("Assigned → %(who)s"),
        DispatchKind.TRANSFER: _("Transferred → %(who)s"),
    }
    title = forms[DispatchKind(dispatch.kind)] % {"who": reader.who(event)}
    text = ""
    if dispatch.part == Part.ASSIST:
        text = _("As an assisting unit")
    elif not dispatch.owes_answer:
        text = _("Handed over for good; the venue still owes you an answer.")
    shown = dispatch.instruction if reader.telling.for_staff else ""
    return {"title": title, "text": text, "quote": shown, "note": reader.staff_note(event)}


def _about(words: Callable[[], str], *, with_note: bool = False) -> Callable[..., Words]:
    """A sentence with `%(who)s`; the reason as a quotation where it is asked for."""

    def tell(reader: _Reader, event: Event) -> Words:
        if event.dispatch and event.dispatch.kind == DispatchKind.SUPERVISE:
            return None if not reader.telling.for_staff else _plain(reader, event)
        return {
            "title": words() % {"who": reader.who(event)},
            "quote": reader.note(event) if with_note or reader.telling.for_staff else "",
            "note": reader.staff_note(event),
        }

    return tell


def _answered(reader: _Reader, event: Event) -> Words:
    if event.dispatch and event.dispatch.to_deputy_id and not reader.telling.for_staff:
        return None  # A deputy's answer reaches the asker in the same moment.
    told = _about(lambda: _("%(who)s has answered; the venue checks the answer"))(reader, event)
    if told and reader.telling.for_staff:
        answer = reader.answers.get(str(event.data.get("answer")))
        told["quote"] = answer.text if answer else ""
    return told


def _deliver(reader: _Reader, event: Event) -> Words:
    answer = reader.answers.get(str(event.data.get("answer")))
    if answer is None:
        return {"title": _("Answered")}
    source = (
        answer.organ.name if answer.organ else _("Deputy %(name)s") % {"name": answer.author_name}
    )
    photos = tuple(reader.telling.photos.get(answer.pk, ()))
    return {
        "title": _("Answer of %(who)s") % {"who": source},
        "text": answer.class_label or str(Outcome(answer.outcome).label),
        "quote": "" if answer.pk == reader.telling.above else answer.text,
        "photos": photos,
        "note": reader.staff_note(event),
    }


def _promise(reader: _Reader, event: Event) -> Words:
    promise = reader.promises.get(str(event.data.get("commitment")))
    if promise is None:
        return None
    day = cn_day(promise.until_date)
    return {"title": _("Promised until %(day)s") % {"day": day}, "quote": promise.what}


def _check(reader: _Reader, event: Event) -> Words:
    state = CommitmentState(event.data.get("state", CommitmentState.OPEN)).label
    return {"title": _("Promise checked: %(state)s") % {"state": state}, "quote": event.note}


def _verdict(reader: _Reader, event: Event) -> Words:
    if not reader.telling.sole:
        return None
    result = Satisfaction(event.data["result"]).label
    title = _("Verdict: %(result)s") if reader.telling.for_staff else _("You judged: %(result)s")
    return {"title": title % {"result": result}}


def _close(reader: _Reader, event: Event) -> Words:
    reasons = {
        "satisfied": _("After a satisfied verdict"),
        "silence": _("Nothing was heard for a long time. Silence does not count as satisfaction."),
    }
    return {"title": _("Closed"), "text": reasons.get(event.data.get("reason", ""), "")}


def _reopen(reader: _Reader, event: Event) -> Words:
    second = event.data.get("round_kind") == RoundKind.SECOND_LOOK
    title = _("A second look, by somebody else") if second else _("Handled again")
    return {"title": title, "quote": reader.note(event)}


def _urgency(reader: _Reader, event: Event) -> Words:
    return {"title": _("Urgency: %(word)s") % {"word": Urgency(event.data["urgency"]).label}}


def _rung(title: Callable[[], str]) -> Callable[..., Words]:
    def tell(reader: _Reader, event: Event) -> Words:
        words = {"who": event.organ.name if event.organ else "", "step": ""}
        words["step"] = str(Rung(event.data["step"]).label)
        return {"title": title() % words, "quote": event.note}

    return tell


def _extension(reader: _Reader, event: Event) -> Words:
    day = cn_day(date.fromisoformat(event.data["until"]))
    words = {"who": reader.who(event), "day": day}
    return {"title": _("%(who)s was given more time, until %(day)s") % words}


def _supersede(reader: _Reader, event: Event) -> Words:
    if event.data.get("why") != "passed_on" and not reader.telling.for_staff:
        return None
    return _about(lambda: _("%(who)s passes it on and follows it"))(reader, event)


def _pause(reader: _Reader, event: Event) -> Words:
    words = {"who": reader.who(event)}
    title = _("%(who)s asks; the clock stands still until the reply") % words
    return {"title": title, "quote": event.note, "note": reader.staff_note(event)}


def _resume(reader: _Reader, event: Event) -> Words:
    return {"title": _("The clock runs again"), "note": reader.staff_note(event)}


def _silent(reader: _Reader, event: Event) -> Words:
    """Told elsewhere: from the messages of the case."""
    return None


def _plain(reader: _Reader, event: Event) -> Words:
    who = reader.who(event)
    label = str(Act(event.act).label)
    title = f"{who} · {label}" if who else label
    return {"title": title, "quote": reader.note(event), "note": reader.staff_note(event)}


_EVENTS: dict[str, Callable[[_Reader, Event], Words]] = {
    Act.OPEN: _open,
    Act.SEND: _send,
    Act.SIGN: _about(lambda: _("%(who)s signed for it")),
    Act.RETURN: _about(lambda: _("%(who)s returned it"), with_note=True),
    Act.RECALL: _about(lambda: _("Called back from %(who)s"), with_note=True),
    Act.REWORK: _about(lambda: _("The answer was sent back to %(who)s"), with_note=True),
    Act.REMIND: _about(lambda: _("%(who)s was reminded")),
    Act.MARK_OVERDUE: _about(lambda: _("%(who)s missed the date")),
    Act.ANSWER: _answered,
    Act.APPROVE: _answered,
    Act.SUPERSEDE: _supersede,
    Act.GRANT_EXTENSION: _extension,
    Act.DELIVER: _deliver,
    Act.PROMISE: _promise,
    Act.CHECK: _check,
    Act.VERDICT: _verdict,
    Act.CLOSE: _close,
    Act.REOPEN: _reopen,
    Act.CHANGE_URGENCY: _urgency,
    Act.STEP: _rung(lambda: _("%(who)s supervises: %(step)s")),
    Act.CONCLUDE: _rung(lambda: _("Supervision concluded: %(step)s")),
    Act.NOTE: _about(lambda: _("%(who)s notes"), with_note=True),
    Act.ESCALATE: _about(lambda: _("%(who)s is far over its date: raised to the office above")),
    Act.PAUSE: _pause,
    Act.RESUME: _resume,
    Act.URGE: _silent,
    Act.SUPPLEMENT: _silent,
}

"""One message from filing to its end, at its own times. Shares of what happens are stated here."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction

from lianxin.cases.enums import CaseState, Channel
from lianxin.cases.models import Case, RefusalReason, Voice
from lianxin.cases.services import filing, judging, projections, screening
from lianxin.config.replay.cast import Crew
from lianxin.congress.models import Actor, Organ
from lianxin.handling.enums import Cause, DispatchKind, DispatchState, Outcome, Part, Step
from lianxin.handling.models import Dispatch, Matter
from lianxin.handling.services import answers, dispatches, extensions, supervision, sweep
from lianxin.handling.services.answers import Reply
from lianxin.handling.services.dispatches import Target
from lianxin.kernel.clock import local_date
from lianxin.places.queries import WorkCalendar

#: How the matters are dispatched, and what share meets what; the rest is the plain way.
KINDS = ((DispatchKind.ASSIGN, 0.6), (DispatchKind.TRIAGE, 0.25), (DispatchKind.TRANSFER, 0.15))
SHARES = {"refused": 0.03, "returned": 0.12, "extended": 0.12, "assisted": 0.2, "supervised": 0.5}
#: Of the answered: what the resident says. Silence closes by rule.
VERDICTS = (("satisfied", 0.5), ("basically", 0.15), ("dissatisfied", 0.1), ("silent", 0.25))
CHANNELS = (
    (Channel.WEB, 0.5),
    (Channel.PHONE, 0.2),
    (Channel.WALK_IN, 0.2),
    (Channel.LETTER, 0.05),
    (Channel.HOME_VISIT, 0.05),
)
WORDS: dict[str, str] = json.loads(
    (Path(__file__).parent / "data" / "words.json").read_text(encoding="utf-8")
)
#: Read in this order: the first that fits wins, else the matter counts as solved.
_READINGS = (
    (re.compile(WORDS["upward"]), Outcome.UPWARD),
    (re.compile(WORDS["planned"]), Outcome.PLANNED),
    (re.compile(WORDS["noted"]), Outcome.NOTED),
)


CALENDAR = WorkCalendar.default()


@dataclass(frozen=True, slots=True)
class Message:
    """A row of the file: times are Shanghai's."""

    id: str
    title: str
    words: str
    answer: str
    filed_at: datetime
    answered_at: datetime
    source: str = "replay"
    may_publish: bool = False

    @property
    def foreign_id(self) -> str:
        return f"{self.source}:{self.id}"


@dataclass(slots=True)
class Walk:
    """The run of one message; `met` counts what happened on the way."""

    message: Message
    crew: Crew
    chance: random.Random
    met: list[str] = field(default_factory=list)

    def happens(self, what: str) -> bool:
        hit = self.chance.random() < SHARES[what]
        if hit:
            self.met.append(what)
        return hit

    def pick(self, table: tuple[tuple[str, float], ...]) -> str:
        names, weights = zip(*table, strict=True)
        return str(self.chance.choices(names, weights)[0])

    def at(self, share: float) -> datetime:
        """The moment after this share of the time between message and answer, in office hours."""
        length = self.message.answered_at - self.message.filed_at
        moment = CALENDAR.next_service_moment(self.message.filed_at + share * length)
        return min(moment, self.message.answered_at)


def outcome_of(answer: str) -> str:
    """A rough reading of an official answer, for the replay only: no figure rests on it."""
    for pattern, outcome in _READINGS:
        if pattern.search(answer):
            return outcome
    return Outcome.SOLVED


@transaction.atomic
def run(message: Message, crew: Crew) -> list[str] | None:
    """Drive one message through; None when it is here already. All of it or nothing is written."""
    foreign = message.foreign_id
    if Case.objects.filter(foreign_id=foreign).exists():
        return None
    walk = Walk(message, crew, random.Random(foreign))  # noqa: S311 (repeatable, no secret)
    case = _file(walk, foreign)
    if walk.happens("refused"):
        reason = walk.chance.choice(list(RefusalReason.objects.filter(is_active=True)))
        screening.refuse(
            case_id=case.pk,
            reason_id=reason.pk,
            explanation=message.answer[:500],
            by=crew.clerk,
            at=message.answered_at,
        )
        return ["refused"]
    case = screening.accept(case_id=case.pk, by=crew.clerk, at=walk.at(0.05))
    assert case.matter_id
    _handle(walk, case.matter_id, start=0.08, end=message.answered_at)
    _judge(walk, case)
    projections.refresh_due(matter_id=case.matter_id)
    case.refresh_from_db()
    matter = Matter.objects.get(pk=case.matter_id)
    state = case.state if case.state != CaseState.ACCEPTED else matter.state
    return [state, *walk.met]


def _file(walk: Walk, foreign: str) -> Case:
    message, channel = walk.message, walk.pick(CHANNELS)
    by = None if channel == Channel.WEB else walk.crew.clerk
    receipt = filing.file_case(
        draft=filing.Draft(
            words=message.words,
            title=message.title,
            division_code=walk.crew.division_code,
            venue_id=walk.crew.venue.pk,
            channel=channel,
            may_publish=message.may_publish,
            foreign_id=foreign,
        ),
        key=foreign,
        actor=foreign,
        route="replay",
        by=by,
        at=message.filed_at,
    )
    return Case.objects.get(pk=receipt.case_id)


def _handle(walk: Walk, matter_id: UUID, *, start: float, end: datetime) -> None:
    """Dispatch, and answer: through a deputy, a unit of the place, or somewhere else."""
    kind = walk.pick(KINDS)
    if kind == DispatchKind.TRIAGE and not walk.crew.deputies:
        kind = DispatchKind.ASSIGN
    if kind == DispatchKind.TRANSFER and not walk.crew.platforms:
        kind = DispatchKind.ASSIGN
    walk.met.append(str(kind))
    at = walk.at(start)
    if kind == DispatchKind.TRIAGE:
        _by_deputy(walk, matter_id, at, end)
    elif kind == DispatchKind.TRANSFER:
        platform = walk.chance.choice(walk.crew.platforms)
        [sent] = _send(walk, matter_id, kind, [Target(organ_id=platform.pk)], at)
        _answer(walk, sent, walk.crew.clerk, end, channel="letter")
    else:
        _by_unit(walk, matter_id, at, end)


def _send(
    walk: Walk, matter_id: UUID, kind: str, targets: list[Target], at: datetime
) -> list[Dispatch]:
    return dispatches.send(
        matter_id=matter_id,
        kind=kind,
        targets=targets,
        instruction="",
        by=walk.crew.clerk,
        at=at,
    )


def _by_deputy(walk: Walk, matter_id: UUID, at: datetime, end: datetime) -> None:
    deputy = walk.chance.choice(walk.crew.deputies)
    target = Target(deputy_id=deputy.deputy_id, part=Part.EACH)
    [shared] = _send(walk, matter_id, DispatchKind.TRIAGE, [target], at)
    if walk.chance.random() < 0.5:
        answers.answer_dispatch(dispatch_id=shared.pk, reply=_reply(walk, end), by=deputy, at=end)
        return
    walk.met.append("passed_on")
    unit = walk.chance.choice(walk.crew.units)
    passed = dispatches.pass_on(
        dispatch_id=shared.pk, organ_id=unit.pk, by=deputy, at=walk.at(0.15), instruction=""
    )
    _answer_as_unit(walk, passed, unit, end)


def _by_unit(walk: Walk, matter_id: UUID, at: datetime, end: datetime) -> None:
    unit, other = walk.chance.sample(walk.crew.units, 2)
    if walk.happens("returned"):
        [wrong] = _send(walk, matter_id, DispatchKind.ASSIGN, [Target(organ_id=other.pk)], at)
        dispatches.return_(
            dispatch_id=wrong.pk,
            by=walk.crew.handlers[other.pk][0],
            at=min(walk.at(0.12), wrong.sent_at + timedelta(hours=20)),
            reason=WORDS["returned"],
        )
    targets = [Target(organ_id=unit.pk)]
    if walk.happens("assisted"):
        targets.append(Target(organ_id=other.pk, part=Part.ASSIST))
    lead, *assisting = _send(walk, matter_id, DispatchKind.ASSIGN, targets, at)
    for helper in assisting:
        _answer_as_unit(walk, helper, other, walk.at(0.8), plain=True)
    _answer_as_unit(walk, lead, unit, end)


def _answer_as_unit(
    walk: Walk, dispatch: Dispatch, unit: Organ, end: datetime, *, plain: bool = False
) -> None:
    matter = dispatch.matter
    earlier = dispatches.handlers_before(matter) if matter.round_kind == "second_look" else set()
    fresh = [one for one in walk.crew.handlers[unit.pk] if one.person_id not in earlier]
    handler = fresh[0] if fresh else walk.crew.clerk
    dispatch = dispatches.sign(dispatch_id=dispatch.pk, by=handler, at=walk.at(0.2))
    if not plain and fresh and walk.happens("extended"):
        _extend(walk, dispatch, handler)
    sweep.tick(matter_id=matter.pk, at=end - timedelta(minutes=5))
    dispatch.refresh_from_db()
    if not plain and dispatch.overdue_at and walk.crew.supervisor and walk.happens("supervised"):
        _supervise(walk, dispatch, handler, end)
    else:
        _answer(walk, dispatch, handler, end)


def _extend(walk: Walk, dispatch: Dispatch, handler: Actor) -> None:
    until = extensions.latest_extension(dispatch)
    if until is None:
        return
    asked = walk.at(0.4)
    extensions.ask_extension(
        dispatch_id=dispatch.pk, until=until, reason=WORDS["extend"], by=handler, at=asked
    )
    extensions.decide_extension(
        dispatch_id=dispatch.pk, grant=True, by=walk.crew.clerk, at=walk.at(0.45)
    )


def _supervise(walk: Walk, dispatch: Dispatch, handler: Actor, end: datetime) -> None:
    assert walk.crew.supervisor
    step = supervision.open_step(
        matter_id=dispatch.matter_id,
        step=Step.ORDER,
        cause=Cause.OVERDUE,
        text=WORDS["order"],
        presses_id=dispatch.pk,
        by=walk.crew.supervisor,
        at=end - timedelta(minutes=4),
    )
    _answer(walk, dispatch, handler, end)
    supervision.conclude_step(
        supervision_id=step.pk, outcome=WORDS["outcome"], by=walk.crew.supervisor, at=end
    )


def _reply(walk: Walk, at: datetime, channel: str = "platform") -> Reply:
    outcome = outcome_of(walk.message.answer)
    planned = local_date(at) + timedelta(days=90) if outcome == Outcome.PLANNED else None
    return Reply(text=walk.message.answer, outcome=outcome, channel=channel, promised_until=planned)


def _answer(
    walk: Walk, dispatch: Dispatch, by: Actor, at: datetime, channel: str = "platform"
) -> None:
    answers.answer_dispatch(dispatch_id=dispatch.pk, reply=_reply(walk, at, channel), by=by, at=at)
    dispatch.refresh_from_db()
    if dispatch.state == DispatchState.SUBMITTED and dispatch.to_organ_id:
        answers.decide_approval(
            dispatch_id=dispatch.pk, approve=True, by=walk.crew.heads[dispatch.to_organ_id], at=at
        )
    answers.accept_answer(dispatch_id=dispatch.pk, by=walk.crew.clerk, at=at)


def _judge(walk: Walk, case: Case) -> None:
    """A verdict, or silence; dissatisfied means another round, half of them a second look."""
    voice, verdict = Voice.objects.get(case=case), walk.pick(VERDICTS)
    walk.met.append(verdict)
    at = walk.message.answered_at + timedelta(days=2)
    assert case.matter_id
    if verdict == "silent":
        sweep.tick(matter_id=case.matter_id, at=at + timedelta(days=60))
        return
    _say(voice, verdict, at, second_look=walk.chance.random() < 0.5)
    if verdict == "dissatisfied":
        again = at + timedelta(days=7)
        _handle_again(walk, case.matter_id, at, again)
        _say(voice, "satisfied", again + timedelta(days=1), second_look=False)


def _handle_again(walk: Walk, matter_id: UUID, at: datetime, end: datetime) -> None:
    unit = walk.chance.choice(walk.crew.units)
    [lead] = _send(walk, matter_id, DispatchKind.ASSIGN, [Target(organ_id=unit.pk)], at)
    _answer_as_unit(walk, lead, unit, end, plain=True)


def _say(voice: Voice, verdict: str, at: datetime, *, second_look: bool) -> None:
    judging.judge(
        voice_id=voice.pk,
        result=verdict,
        attitude=verdict,
        is_done=verdict != "dissatisfied",
        reason=WORDS["unhappy"] if verdict == "dissatisfied" else "",
        ask_second_look=second_look,
        at=at,
    )

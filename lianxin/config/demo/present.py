"""What lies on the tables today: one case in every state, by the real services, days ago."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from lianxin.cases.enums import Channel, MessageKind
from lianxin.cases.models import Case, RefusalReason, Voice
from lianxin.cases.services import filing, joining, judging, screening
from lianxin.config.demo.seeds import matters, words, world
from lianxin.config.replay.cast import Crew, assemble
from lianxin.congress.models import Actor, Organ
from lianxin.handling.enums import Cause, DispatchKind, Outcome, Part, Satisfaction, Step, Urgency
from lianxin.handling.models import Dispatch
from lianxin.handling.services import (
    answers,
    dispatches,
    extensions,
    supervision,
    sweep,
    verdicts,
)
from lianxin.handling.services import matters as handling
from lianxin.handling.services.answers import Reply
from lianxin.handling.services.dispatches import Target
from lianxin.kernel.clock import local, local_date
from lianxin.kernel.ids import uuid7
from lianxin.people.models import Account
from lianxin.places.queries import WorkCalendar

#: The number of the unit whose answers wait for their head.
STRICT = -1


@dataclass(slots=True)
class Table:
    """The station whose accounts are printed, and how far the seeds are used up."""

    crew: Crew
    now: datetime
    used: int = 0
    calendar: WorkCalendar = field(default_factory=WorkCalendar.default)

    def ago(self, days: float) -> datetime:
        """Twenty past ten so many days ago, or on the working day before if that one was off.

        Parts of a day are just the time before now.
        """
        if days < 1:
            return self.now - timedelta(days=days)
        then = local(self.now - timedelta(days=days)).replace(hour=10, minute=20, second=0)
        while not self.calendar.is_working_day(then.date()):
            then -= timedelta(days=1)
        return then

    def file(self, days: float, channel: str = Channel.WEB, **more: object) -> Case:
        said, _answer, _outcome = matters()[self.used % len(matters())]
        self.used += 1
        by = None if channel == Channel.WEB else self.crew.clerk
        wanted = {
            "words": said,
            "division_code": self.crew.division_code,
            "venue_id": self.crew.venue.pk,
            "channel": channel,
            "may_publish": True,
            "foreign_id": f"demo:now-{self.used}",
            **more,
        }
        receipt = filing.file_case(
            draft=filing.Draft(**wanted),  # type: ignore[arg-type]
            key=str(uuid7()),
            actor="demo",
            route="demo",
            by=by,
            at=self.ago(days),
        )
        return Case.objects.get(pk=receipt.case_id)

    def accepted(self, days: float, **more: object) -> Case:
        case = self.file(days + 0.5 if days < 1 else days + 1, **more)  # type: ignore[arg-type]
        return screening.accept(case_id=case.pk, by=self.crew.clerk, at=self.ago(days))

    def send(self, case: Case, days: float, target: Target, kind: str) -> Dispatch:
        assert case.matter_id
        return dispatches.send(
            matter_id=case.matter_id,
            kind=kind,
            targets=[target],
            instruction=words("instruction"),
            by=self.crew.clerk,
            at=self.ago(days),
        )[0]

    def assigned(self, days: float, unit: int = 0, **more: object) -> Dispatch:
        target = Target(organ_id=self.unit(unit).pk, part=Part.LEAD)
        return self.send(self.accepted(days, **more), days, target, DispatchKind.ASSIGN)

    def signed(self, days: float, unit: int = 0, **more: object) -> Dispatch:
        dispatch = self.assigned(days, unit, **more)
        return dispatches.sign(
            dispatch_id=dispatch.pk, by=self.handler(unit), at=self.ago(days) + timedelta(hours=3)
        )

    def answered(self, days: float, unit: int = 0, reply: Reply | None = None) -> Dispatch:
        dispatch = self.signed(days + 2, unit)
        answers.answer_dispatch(
            dispatch_id=dispatch.pk,
            reply=reply or self.reply(),
            by=self.handler(unit),
            at=self.ago(days),
        )
        dispatch.refresh_from_db()
        return dispatch

    def delivered(self, days: float, unit: int = 0, reply: Reply | None = None) -> Dispatch:
        dispatch = self.answered(days, unit, reply)
        answers.accept_answer(
            dispatch_id=dispatch.pk, by=self.crew.clerk, at=self.ago(days) + timedelta(hours=1)
        )
        return dispatch

    def reply(self, outcome: str = Outcome.SOLVED, days: int | None = None) -> Reply:
        _said, answer, _ = matters()[(self.used - 1) % len(matters())]
        until = local_date(self.now) + timedelta(days=days) if days else None
        return Reply(text=answer, outcome=outcome, promised_until=until, promise=answer[:60])

    def unit(self, number: int) -> Organ:
        """0 is the unit whose account is printed; none of these needs approval, but STRICT does."""
        if number == STRICT:
            return next(u for u in self.crew.units if self._approves(u))
        plain = [u for u in self.crew.units if not u.needs_approval]
        return sorted(plain, key=lambda u: not u.name.endswith(world()["units"][0][0]))[number]

    def _approves(self, unit: Organ) -> bool:
        return unit.needs_approval and unit.name.endswith(world()["units"][1][0])

    def handler(self, number: int) -> Actor:
        return self.crew.handlers[self.unit(number).pk][0]

    def voice(self, case: Case) -> UUID:
        return Voice.objects.get(case=case).pk


def load(*, now: datetime, crew: Crew | None = None) -> None:
    """All scenes, twice over with other matters, at the station of the printed accounts."""
    table = Table(crew or _first_station(), now)
    for scene in SCENES:
        scene(table)
    sweep.sweep(at=now)


def _first_station() -> Crew:
    """The station of the printed accounts; its deputies with an account come first."""
    crews = [c for c in assemble() if c.venue.kind == "station"]
    crew = next(c for c in crews if c.division_code == "530112005")
    known = list(Account.objects.order_by("username").values_list("person_id", flat=True))
    order = {person_id: place for place, person_id in enumerate(known)}
    first = sorted(crew.deputies, key=lambda d: order.get(d.person_id, len(order)))
    return replace(crew, deputies=tuple(first))


def new_ones(t: Table) -> None:
    t.file(0.02)
    t.file(0.2, Channel.PHONE)
    t.file(1, urgency=Urgency.URGENT)
    case = t.file(0.4, Channel.WALK_IN)
    screening.ask_back(case_id=case.pk, question=words("ask_back"), by=t.crew.clerk, at=t.ago(0.1))


def with_deputies(t: Table) -> None:
    for days, deputy in ((1, 0), (0.3, 0), (2, 1)):
        target = Target(deputy_id=t.crew.deputies[deputy].deputy_id, part=Part.EACH)
        t.send(t.accepted(days), days, target, DispatchKind.TRIAGE)
    target = Target(deputy_id=t.crew.deputies[0].deputy_id, part=Part.EACH)
    shared = t.send(t.accepted(4), 4, target, DispatchKind.TRIAGE)
    passed = dispatches.pass_on(
        dispatch_id=shared.pk,
        organ_id=t.unit(0).pk,
        by=t.crew.deputies[0],
        at=t.ago(3),
        instruction=words("instruction"),
    )
    handling.note(
        matter_id=passed.matter_id,
        by=t.crew.deputies[0],
        at=t.ago(3),
        text=words("visit"),
        public=True,
    )


def with_units(t: Table) -> None:
    t.assigned(0.4)
    t.assigned(1, 2)
    t.signed(5)
    t.signed(9, 3)
    dispatch = t.signed(7)
    assisting = Target(organ_id=t.unit(4).pk, part=Part.ASSIST)
    dispatches.send(
        matter_id=dispatch.matter_id,
        kind=DispatchKind.ASSIGN,
        targets=[assisting],
        instruction="",
        by=t.crew.clerk,
        at=t.ago(6),
    )
    returned = t.assigned(2, 2)
    dispatches.return_(
        dispatch_id=returned.pk, by=t.handler(2), at=t.ago(1), reason=words("returned")
    )


def more_time(t: Table) -> None:
    for grant in (None, True):
        dispatch = t.signed(8)
        until = extensions.latest_extension(dispatch)
        assert until
        extensions.ask_extension(
            dispatch_id=dispatch.pk,
            until=until,
            reason=words("extend"),
            by=t.handler(0),
            at=t.ago(2),
        )
        if grant:
            extensions.decide_extension(
                dispatch_id=dispatch.pk, grant=True, by=t.crew.clerk, at=t.ago(1)
            )


def answers_waiting(t: Table) -> None:
    t.answered(1)
    t.answered(0.3, 3)
    t.answered(0.5, STRICT)


def late(t: Table) -> None:
    for days in (20, 26):
        dispatch = t.signed(days, 0 if days == 20 else 2)
        sweep.tick(matter_id=dispatch.matter_id, at=t.ago(2))
    dispatch = t.signed(34, 3)
    sweep.tick(matter_id=dispatch.matter_id, at=t.ago(15))
    sweep.tick(matter_id=dispatch.matter_id, at=t.ago(8))
    if t.crew.supervisor:
        supervision.open_step(
            matter_id=dispatch.matter_id,
            step=Step.ORDER,
            cause=Cause.OVERDUE,
            text=words("order"),
            presses_id=dispatch.pk,
            by=t.crew.supervisor,
            at=t.ago(3),
        )


def answered_and_judged(t: Table) -> None:
    t.delivered(1)
    t.delivered(3, 3)
    t.delivered(9, 4, t.reply(Outcome.PLANNED, 120))
    again = t.delivered(6)
    judging.judge(
        voice_id=t.voice(again.matter.case),
        result=Satisfaction.DISSATISFIED,
        attitude=Satisfaction.BASICALLY,
        is_done=False,
        reason=words("unhappy"),
        ask_second_look=True,
        at=t.ago(2),
    )
    happy = t.delivered(12)
    judging.judge(
        voice_id=t.voice(happy.matter.case),
        result=Satisfaction.SATISFIED,
        attitude=Satisfaction.SATISFIED,
        is_done=True,
        reason="",
        ask_second_look=False,
        at=t.ago(10),
    )
    promised = t.delivered(
        40,
        4,
        Reply(
            text=words("instruction"),
            outcome=Outcome.PLANNED,
            promised_until=local_date(t.now) - timedelta(days=2),
            promise=words("evidence"),
        ),
    )
    verdicts.give_verdict(
        matter_id=promised.matter_id,
        voice=t.voice(promised.matter.case),
        result=Satisfaction.BASICALLY,
        at=t.ago(38),
    )


def ended_otherwise(t: Table) -> None:
    refused = t.file(3)
    reason = RefusalReason.objects.filter(is_active=True).first()
    assert reason
    screening.refuse(
        case_id=refused.pk,
        reason_id=reason.pk,
        explanation=words("refusal"),
        by=t.crew.clerk,
        at=t.ago(2),
    )
    gone = t.accepted(4)
    screening.withdraw(
        case_id=gone.pk, voice=None, by=t.crew.clerk, at=t.ago(3), reason=words("withdraw")
    )
    kept, same = t.signed(5).matter.case, t.file(2)
    joining.merge(
        case_id=same.pk, into_id=kept.pk, by=t.crew.clerk, at=t.ago(1), reason=words("merged")
    )
    screening.speak(
        case_id=kept.pk,
        voice_id=None,
        kind=MessageKind.SUPPLEMENT,
        text=words("supplement"),
        at=t.ago(0.5),
    )


def elsewhere(t: Table) -> None:
    platform = t.crew.platforms[0]
    t.send(t.accepted(3), 3, Target(organ_id=platform.pk), DispatchKind.TRANSFER)
    t.accepted(0.2)


SCENES: tuple[Callable[[Table], None], ...] = (
    new_ones,
    with_deputies,
    with_units,
    more_time,
    answers_waiting,
    late,
    answered_and_judged,
    ended_otherwise,
    elsewhere,
)

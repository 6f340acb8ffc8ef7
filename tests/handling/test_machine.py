"""Anything anybody tries, in any order: the derivation holds, and nothing closed owes an answer."""

from __future__ import annotations

import contextlib
import os
import random
from datetime import timedelta
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from lianxin.cases.models import Voice
from lianxin.handling.enums import (
    DISPATCH_MOVES,
    MATTER_MOVES,
    Cause,
    DispatchKind,
    MatterState,
    Outcome,
    Part,
    RoundKind,
    Satisfaction,
    Step,
)
from lianxin.handling.models import Dispatch, Matter, Supervision
from lianxin.handling.queries.derive import derive
from lianxin.handling.services import (
    answers,
    dispatches,
    extensions,
    matters,
    supervision,
    sweep,
    verdicts,
)
from lianxin.handling.services.answers import Reply
from lianxin.handling.services.dispatches import Target
from lianxin.handling.services.settle import differences
from lianxin.kernel.clock import local_date
from lianxin.kernel.refused import Refused
from tests import factories
from tests.factories import MONDAY, World

pytestmark = pytest.mark.django_db

#: Acts tried in all, and in one matter.
STEPS, STEPS_AT_ONCE = int(os.environ.get("MACHINE_STEPS", "300")), 25
DONE = Reply(text="已办", outcome=Outcome.SOLVED)


class Play:
    """One matter and everybody who may or may not touch it."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self.world, self.chance, self.at = world, chance, MONDAY
        self.case = factories.accepted(world)
        self.voice = Voice.objects.get(case=self.case).pk

    @property
    def matter_id(self):
        return self.case.matter_id

    def anybody(self):
        w = self.world
        return self.chance.choice(
            [w.clerk, w.handler, w.colleague, w.drafter, w.chief, w.deputy, w.supervisor]
        )

    def dispatch(self) -> Dispatch | None:
        rows = list(Dispatch.objects.filter(matter_id=self.matter_id))
        return self.chance.choice(rows) if rows else None

    def send(self):
        kind = self.chance.choice(list(DispatchKind)[:3])
        target = self.chance.choice(
            [
                Target(organ_id=self.world.unit.pk, part=Part.LEAD),
                Target(organ_id=self.world.strict_unit.pk, part=Part.ASSIST),
                Target(organ_id=self.world.platform.pk, part=Part.LEAD),
                Target(deputy_id=self.world.deputy.deputy_id, part=Part.EACH),
            ]
        )
        dispatches.send(
            matter_id=self.matter_id,
            kind=kind,
            targets=[target],
            instruction="",
            owes_answer=self.chance.random() < 0.8,
            by=self.world.clerk,
            at=self.at,
        )

    def on_dispatch(self, verb):
        chosen = self.dispatch()
        if chosen:
            verb(dispatch_id=chosen.pk, by=self.anybody(), at=self.at)

    def sign(self):
        self.on_dispatch(dispatches.sign)

    def give_back(self):
        self.on_dispatch(lambda **a: dispatches.return_(reason="不属", **a))

    def recall(self):
        self.on_dispatch(lambda **a: dispatches.recall(reason="误派", **a))

    def answer(self):
        self.on_dispatch(lambda **a: answers.answer_dispatch(reply=DONE, **a))

    def approve(self):
        yes = self.chance.random() < 0.7
        self.on_dispatch(lambda **a: answers.decide_approval(approve=yes, note="改", **a))

    def accept(self):
        self.on_dispatch(answers.accept_answer)

    def rework(self):
        self.on_dispatch(lambda **a: answers.rework_answer(reason="不全", **a))

    def pass_on(self):
        unit = self.world.unit.pk
        self.on_dispatch(lambda **a: dispatches.pass_on(organ_id=unit, instruction="", **a))

    def extend(self):
        until = local_date(self.at) + timedelta(days=self.chance.randrange(1, 40))
        self.on_dispatch(lambda **a: extensions.ask_extension(until=until, reason="r", **a))

    def decide(self):
        grant = self.chance.random() < 0.5
        self.on_dispatch(lambda **a: extensions.decide_extension(grant=grant, note="n", **a))

    def spot(self):
        answers.answer_asker(matter_id=self.matter_id, reply=DONE, by=self.world.clerk, at=self.at)

    def pause(self):
        matters.pause(matter_id=self.matter_id, by=self.world.clerk, at=self.at, note="?")

    def resume(self):
        matters.supplement(matter_id=self.matter_id, at=self.at, note="!")

    def close(self):
        matters.close(matter_id=self.matter_id, by=self.world.clerk, at=self.at, reason="x")

    def reopen(self):
        kind = self.chance.choice([RoundKind.REOPENED, RoundKind.SECOND_LOOK])
        matters.reopen(
            matter_id=self.matter_id, round_kind=kind, by=None, at=self.at, reason="没办"
        )

    def press(self):
        chosen = self.dispatch()
        supervision.open_step(
            matter_id=self.matter_id,
            step=self.chance.choice(list(Step)),
            cause=Cause.KEY,
            text="督",
            presses_id=chosen.pk if chosen else None,
            by=self.world.supervisor,
            at=self.at,
        )

    def conclude(self):
        step = Supervision.objects.filter(matter_id=self.matter_id).order_by("?").first()
        if step:
            supervision.conclude_step(
                supervision_id=step.pk, outcome="已改", by=self.world.supervisor, at=self.at
            )

    def judge(self):
        result = self.chance.choice(list(Satisfaction))
        verdicts.give_verdict(
            matter_id=self.matter_id, voice=self.voice, result=result, reason="差", at=self.at
        )

    def wait(self):
        self.at += timedelta(hours=self.chance.choice([1, 30, 200, 900]))
        sweep.sweep(at=self.at)

    ACTS = [
        "send",
        "sign",
        "give_back",
        "recall",
        "answer",
        "approve",
        "accept",
        "rework",
        "pass_on",
        "extend",
        "decide",
        "spot",
        "pause",
        "resume",
        "close",
        "reopen",
        "press",
        "conclude",
        "judge",
        "wait",
        "send",
        "sign",
        "answer",
        "accept",
    ]


class Engine(RuleBasedStateMachine):
    """Hypothesis chooses who tries what, in any order, and makes a failing order short."""

    world: ClassVar[World]
    tried: ClassVar[int] = 0
    done: ClassVar[int] = 0

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.play = Play(self.world, random.Random(seed))

    @rule(name=st.sampled_from(Play.ACTS))
    def act(self, name: str) -> None:
        type(self).tried += 1
        with contextlib.suppress(Refused):
            getattr(self.play, name)()
            type(self).done += 1

    @invariant()
    def what_is_stored_is_what_its_events_say(self) -> None:
        matter = Matter.objects.get(pk=self.play.matter_id)
        assert differences(matter, derive(matter)) == {}
        numbers = list(matter.events.values_list("number", flat=True).order_by("number"))
        assert numbers == list(range(1, matter.last_number + 1))

    @invariant()
    def every_state_is_one_of_the_tables(self) -> None:
        matter = Matter.objects.get(pk=self.play.matter_id)
        assert matter.state in MATTER_MOVES
        assert set(matter.dispatches.values_list("state", flat=True)) <= set(DISPATCH_MOVES)

    @invariant()
    def nothing_closed_owes_an_answer(self) -> None:
        matter = Matter.objects.get(pk=self.play.matter_id)
        if matter.state == MatterState.CLOSED:
            assert matter.owing == 0
            delivered = matter.answers.filter(round=matter.round, delivered_at__isnull=False)
            assert delivered.exists()


def test_no_order_of_acts_breaks_the_engine(record_property):
    """300 acts; `make machine` does 50,000. Many are refused: whoever tries them may not, or not now."""
    Engine.world, Engine.tried, Engine.done = factories.world(), 0, 0
    many = settings(
        max_examples=max(STEPS // STEPS_AT_ONCE, 1),
        stateful_step_count=STEPS_AT_ONCE,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Engine, settings=many)
    record_property("acts", Engine.tried)
    record_property("acts done", Engine.done)
    assert Engine.done > Engine.tried / 10

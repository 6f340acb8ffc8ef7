"""Parts that several answers share: who has it, what happened."""

from __future__ import annotations

from typing import get_args

from pydantic import Field

from lianxin.web.parts import Custody, Step, Tone
from lianxin.web.rest.fields import Moment
from lianxin.web.rest.schemas import Shown


class FactShown(Shown):
    question: str
    answer: str
    note: str


class CustodyShown(Shown):
    """Who has it, since when, what is owed until when, who is next: in the asked language."""

    state: str
    tone: str = Field(json_schema_extra={"enum": list(get_args(Tone))})
    due: str
    facts: list[FactShown]


class StepShown(Shown):
    title: str
    text: str
    quote: str
    note: str
    at: Moment | None
    state: str = Field(json_schema_extra={"enum": ["done", "now", "next"]})


def custody_shown(card: Custody) -> CustodyShown:
    return CustodyShown(
        state=str(card.state),
        tone=card.tone,
        due=str(card.due),
        facts=[
            FactShown(question=str(f.question), answer=str(f.answer), note=str(f.note))
            for f in card.facts
        ],
    )


def step_shown(step: Step) -> StepShown:
    return StepShown(
        title=str(step.title),
        text=str(step.text),
        quote=str(step.quote),
        note=str(step.note),
        at=step.at,
        state=step.state,
    )

"""A year of finished cases: the same walk as the replay, with invented matters."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from tqdm import tqdm

from lianxin.cases.models import Case
from lianxin.cases.rules.masking import masked
from lianxin.cases.services.publishing import publish
from lianxin.config.demo.seeds import matters
from lianxin.config.replay.cast import Crew, assemble
from lianxin.config.replay.walk import CALENDAR, Message, run
from lianxin.congress.models import Actor
from lianxin.congress.queries import actor_of, people_of
from lianxin.handling.enums import MatterState
from lianxin.kernel.clock import LOCAL, local

DAYS = 365


def load(*, count: int, now: datetime, quiet: bool) -> None:
    """Spread `count` cases over the last year up to three weeks ago; publish some of them."""
    crews = assemble()
    chance = random.Random("history")  # noqa: S311  (repeatable, no secret)
    for number in tqdm(range(count), unit=" cases", disable=quiet or None, leave=False):
        crew = crews[number % len(crews)] if number % 3 else crews[chance.randrange(3)]
        message = _message(number, count, now, chance)
        run(message, crew)
        if message.may_publish and chance.random() < 0.6:
            _publish(message, crew)


def _message(number: int, count: int, now: datetime, chance: random.Random) -> Message:
    said, answer, _outcome = matters()[number % len(matters())]
    age = timedelta(days=DAYS - (DAYS - 45) * number / count)
    filed = local(now - age).replace(
        hour=chance.randrange(8, 20), minute=chance.randrange(60), second=0, microsecond=0
    )
    days = max(0.3, chance.lognormvariate(1.7, 0.7))
    answered = CALENDAR.next_service_moment(filed + timedelta(days=days)) + timedelta(
        minutes=chance.randrange(150)
    )
    return Message(
        id=str(number),
        title="",
        words=said,
        answer=answer,
        filed_at=filed.astimezone(LOCAL),
        answered_at=min(answered, local(now) - timedelta(days=21)),
        source="demo",
        may_publish=chance.random() < 0.6,
    )


def publisher_of(crew: Crew) -> Actor | None:
    """Who may publish for a venue: its head, else the office above."""
    heads = list(people_of(crew.venue.desk_id, "case.publish"))
    return actor_of(heads[0].pk) if heads else crew.supervisor


def _publish(message: Message, crew: Crew) -> None:
    case = Case.objects.select_related("matter").get(foreign_id=message.foreign_id)
    by = publisher_of(crew)
    if by is None or case.matter is None or case.matter.state != MatterState.CLOSED:
        return
    publish(
        case_id=case.pk,
        title=masked(case.title),
        words=masked(case.words),
        answer=masked(message.answer),
        by=by,
        at=message.answered_at + timedelta(days=3),
    )

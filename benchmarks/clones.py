"""Ten thousand cases in half a minute: copies of cases that the real services made.

A copy has keys, number and dates of its own and everything that hangs on a case: voices, matter,
dispatches, events, answers, verdicts, journal. It is written by bulk_create, past the services.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models, transaction

from lianxin.cases.models import Case, Message, Publication, Reveal, Voice
from lianxin.handling.models import (
    Answer,
    Commitment,
    Dispatch,
    Event,
    Extension,
    FollowUp,
    Matter,
    Supervision,
    Verdict,
)
from lianxin.kernel import codes, search
from lianxin.kernel.fields import Sealed
from lianxin.kernel.ids import uuid7
from lianxin.record.models import Entry

#: In the order of writing: who is named stands before who names.
PARTS: tuple[tuple[type[models.Model], str], ...] = (
    (Matter, "case"),
    (Case, "pk"),
    (Voice, "case"),
    (Message, "case"),
    (Reveal, "voice__case"),
    (Dispatch, "matter__case"),
    (Extension, "dispatch__matter__case"),
    (Event, "matter__case"),
    (Answer, "matter__case"),
    (Commitment, "matter__case"),
    (Verdict, "matter__case"),
    (FollowUp, "matter__case"),
    (Supervision, "matter__case"),
)
AT_ONCE = 250
#: Of 10,000 cases, so many are over; open ones lie days back, these up to a year.
CLOSED = 0.75
PUBLISHED = 0.4
Rows = dict[type[models.Model], list[models.Model]]


@dataclass(slots=True)
class Prototype:
    """A case with all that hangs on it."""

    case: Case
    rows: Rows = field(default_factory=dict)
    keys: list[UUID] = field(default_factory=list)

    @classmethod
    def of(cls, case: Case) -> Prototype:
        found = cls(case)
        for model, path in PARTS:
            found.rows[model] = list(model._meta.default_manager.filter(**{path: case.pk}))
        found.keys = [row.pk for rows in found.rows.values() for row in rows]
        found.rows[Entry] = list(Entry.objects.filter(subject_id__in=found.keys))
        for row in (row for rows in found.rows.values() for row in rows):
            for name, value in list(vars(row).items()):
                if isinstance(value, Sealed):
                    getattr(row, name)  # Opened in its own place; sealed anew in the copy's.
        return found

    def copy(self, *, number: str, back: timedelta) -> Rows:
        """A copy that lies `back` before the original."""
        keys = {key: uuid7() for key in self.keys}
        copies = {
            model: [_copy(row, keys, back) for row in rows] for model, rows in self.rows.items()
        }
        for case in copies[Case]:
            assert isinstance(case, Case)
            case.number, case.foreign_id = number, ""
        for voice in copies[Voice]:
            assert isinstance(voice, Voice)
            voice.code_digest = codes.digest(codes.new_code())
        return copies


def _copy(row: models.Model, keys: dict[UUID, UUID], back: timedelta) -> models.Model:
    copy = type(row).__new__(type(row))
    values = {name: _moved(value, keys, back) for name, value in vars(row).items()}
    values["id"] = keys.get(row.pk) or uuid7()
    vars(copy).update(values)
    copy._state = models.base.ModelState()
    return copy


def _moved(value: Any, keys: dict[UUID, UUID], back: timedelta) -> Any:
    if isinstance(value, UUID):
        return keys.get(value, value)
    if isinstance(value, datetime):
        return value - back
    if isinstance(value, date):
        return value - timedelta(days=back.days)
    if isinstance(value, (dict, list)) and value:
        text = json.dumps(value)
        for old, new in keys.items():
            text = text.replace(str(old), str(new))
        return json.loads(text)
    return value


def multiply(count: int, *, seed: str = "lianxin") -> int:
    """Copies of the cases that are there until there are `count`; returns how many were made."""
    chance = random.Random(seed)
    alone = Case.objects.filter(merged_into=None, merged=None, links=None, linked_from=None)
    found = [Prototype.of(case) for case in alone.order_by("id")]
    over = [one for one in found if not one.case.is_open] or found
    going = [one for one in found if one.case.is_open] or found
    # Of what is over, most was answered and judged; some was refused or withdrawn.
    often = [20 if one.rows[Verdict] else 1 for one in over]
    missing = count - Case.objects.count()

    def copies() -> Iterator[Rows]:
        for number in range(missing):
            closed = chance.random() < CLOSED
            one = chance.choices(over, often)[0] if closed else chance.choice(going)
            back = timedelta(days=chance.uniform(0, 330 if closed else 3))
            year = (one.case.filed_at - back).year
            yield one.copy(
                number=f"{one.case.division_code[:6]}-{year}-{1_000_000 + number}", back=back
            )

    write(copies())
    publish(chance)
    return max(missing, 0)


def write(copies: Iterable[Rows]) -> None:
    """A few hundred cases per transaction."""
    waiting: Rows = {}
    for number, rows in enumerate(copies, 1):
        for model, more in rows.items():
            waiting.setdefault(model, []).extend(more)
        if number % AT_ONCE == 0:
            _flush(waiting)
    _flush(waiting)


@transaction.atomic
def _flush(waiting: Rows) -> None:
    for model, _path in (*PARTS, (Entry, "")):
        model._meta.default_manager.bulk_create(waiting.pop(model, []))


@transaction.atomic
def publish(chance: random.Random) -> None:
    """Some of the answered cases are published, as the services would have done."""
    answered = Answer.objects.filter(
        delivered_at__isnull=False, matter__case__publication=None, matter__case__may_publish=True
    ).select_related("matter__case")
    rows = {}
    for answer in answered:
        case: Case = answer.matter.case
        if case.is_open or case.pk in rows or chance.random() > PUBLISHED:
            continue
        rows[case.pk] = published(case, answer)
    Publication.objects.bulk_create(rows.values())


def published(case: Case, answer: Answer) -> Publication:
    """An unsaved publication of the case's own words; those of the demo world name nobody."""
    return Publication(
        case=case,
        division_code=case.division_code,
        title=case.title,
        words=case.words,
        answer=answer.text,
        outcome=answer.outcome,
        category_id=case.category_id,
        venue_id=case.venue_id,
        published_at=answer.delivered_at,
        published_by_id=answer.delivered_by_id or answer.given_by_id,
        days_taken=3,
        search_text=search.tokens(f"{case.title} {case.words} {answer.text}"),
    )

"""The demo world's words and names, and the people made from them. Everybody is invented."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from lianxin.congress.models import Organ
from lianxin.congress.services import give_post
from lianxin.people.models import Person
from lianxin.people.services import create_account, create_person

FOLDER = Path(__file__).parent / "data"
#: The world begins with the terms of 2022; its cases lie in the last year.
BEGAN = datetime(2022, 1, 10, 1, 0, tzinfo=UTC)
FROM = date(2022, 1, 10)
PASSWORD = "lianxin-demo"  # noqa: S105  (printed on start, for a world without secrets)


@cache
def world() -> dict[str, Any]:
    return dict(json.loads((FOLDER / "world.json").read_text(encoding="utf-8")))


def words(key: str) -> str:
    return str(world()["words"][key])


@cache
def matters() -> list[tuple[str, str, str]]:
    rows = json.loads((FOLDER / "matters.json").read_text(encoding="utf-8"))
    return [(said, answer, outcome) for said, answer, outcome in rows]


@dataclass(slots=True)
class Cast:
    """Makes persons with names that do not repeat, always the same ones."""

    accounts: dict[str, str] = field(default_factory=dict)
    _names: Iterator[str] = field(default_factory=lambda: _names())

    def person(self, username: str = "", shown_as: str = "") -> Person:
        """A new person; with a user name also an account, listed as `shown_as`."""
        person = create_person(name=next(self._names), by=None, at=BEGAN)
        if username:
            create_account(
                person_id=person.pk, username=username, password=PASSWORD, by=None, at=BEGAN
            )
            self.accounts[username] = f"{shown_as} · {person.name}"
        return person

    def holder(self, role: str, organ: Organ, username: str = "") -> Person:
        """A new person with one post."""
        person = self.person(username, f"{role} · {organ.name}")
        give_post(
            person_id=person.pk, role=role, organ_id=organ.pk, from_date=FROM, by=None, at=BEGAN
        )
        return person


def _names() -> Iterator[str]:
    chance = random.Random("lianxin")  # noqa: S311  (repeatable, no secret)
    pool = [first + given for first in world()["surnames"] for given in world()["given"]]
    chance.shuffle(pool)
    return iter(pool)

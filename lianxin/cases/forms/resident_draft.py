"""The draft of a filing: everything typed, carried from step to step in one signed hidden field.

No account, no session, no cookie: the browser holds it. The key fixed with the first page makes
one case of two sends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from lianxin.kernel.board_codes import normalise_board_code
from lianxin.kernel.ids import uuid7

SALT = "cases.filing"
LONGEST = 200_000
NOT_TYPED = ("csrfmiddlewaretoken", "draft", "at")
Values = dict[str, list[str]]


@dataclass(slots=True)
class FilingDraft:
    """`values` holds per step what was typed, as typed: it is checked anew at the end."""

    key: str
    venue: str = ""
    deputy: str = ""
    values: dict[str, Values] = field(default_factory=dict)

    @classmethod
    def begin(cls, asked: Mapping[str, Any]) -> FilingDraft:
        """A fresh draft; `?venue=` and `?deputy=` address it point to point (站码, 代表码)."""
        return cls(
            key=str(uuid7()),
            venue=normalise_board_code(str(asked.get("venue", ""))) or "",
            deputy=normalise_board_code(str(asked.get("deputy", ""))) or "",
        )

    @classmethod
    def read(cls, data: QueryDict) -> FilingDraft:
        """The draft that a page sent back; a fresh one where it was tampered with."""
        text = data.get("draft", "")
        if not text or len(text) > LONGEST:
            return cls.begin({})
        try:
            held = signing.loads(text, salt=SALT)
            UUID(held["key"])
        except (signing.BadSignature, ValueError, KeyError, TypeError):
            return cls.begin({})
        return cls(held["key"], held["venue"], held["deputy"], held["values"])

    def seal(self) -> str:
        return signing.dumps(
            {
                "key": self.key,
                "venue": self.venue,
                "deputy": self.deputy,
                "values": self.values,
            },
            salt=SALT,
            compress=True,
        )

    def take(self, step: str, data: QueryDict) -> None:
        """Keep what one step's form sent, as it was typed."""
        own = {k: v for k, v in data.lists() if k not in NOT_TYPED}
        self.values[step] = {name: [str(one) for one in values] for name, values in own.items()}

    def of(self, step: str) -> MultiValueDict[str, str] | None:
        """What was typed in a step; None where it was never sent."""
        held = self.values.get(step)
        return MultiValueDict(held) if held is not None else None

    def first(self, step: str, name: str) -> str:
        return (self.values.get(step, {}).get(name) or [""])[-1]

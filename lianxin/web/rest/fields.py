"""Kinds of values that the API takes and gives, each with its exact shape in the schema."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from ninja import Header, P
from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError, core_schema

from lianxin.kernel.clock import local
from lianxin.kernel.puzzles import LONGEST

if TYPE_CHECKING:
    from django.db.models import Choices

_KEY = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class OneOf:
    """One of a closed set of words, such as the values of an enum; nothing is converted."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = list(words)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.literal_schema(self.words)


def _key(value: Any) -> Any:
    if isinstance(value, UUID):
        return value
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise PydanticCustomError("uuid", "not a UUID")
    return UUID(value)


def _day(value: Any) -> Any:
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise PydanticCustomError("date", "not a day")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("date", "not a day") from None


#: A UUID in its usual form. Strict schemas take no text for one otherwise.
Key = Annotated[UUID, BeforeValidator(_key)]
#: A day in Shanghai, such as 2026-11-02.
Day = Annotated[date, BeforeValidator(_day)]
#: A moment with the offset of Shanghai.
Moment = Annotated[
    datetime,
    PlainSerializer(lambda at: local(at).isoformat(), return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
_PLACE = r"[0-9]{2}([0-9]{2}([0-9]{2}([0-9]{3}([0-9]{3})?)?)?)?"
#: The code of a division: 2, 4, 6, 9 or 12 digits.
Place = Annotated[str, Field(pattern=f"^{_PLACE}$", max_length=12)]
#: The same, or empty for everywhere.
AnyPlace = Annotated[str, Field(pattern=f"^({_PLACE})?$", max_length=12)]
#: Words that a list is searched for.
Sought = Annotated[str, Field(max_length=100)]
#: Where the page before ended: opaque, signed, and only good for the same list.
After = Annotated[str, Field(max_length=4000, description="`next` of the page before")]
#: The solved puzzle of /puzzle/, where 429 with the code `puzzle` said that one is owed.
Puzzle = Annotated[
    str, Field(max_length=LONGEST, description="the solved puzzle, where one is owed")
]
#: RFC draft Idempotency-Key: without it 400; while the first is not finished 409 with Retry-After;
#: then the same again gives the same answer for 30 days.
if TYPE_CHECKING:
    IdempotencyKey = str
else:
    IdempotencyKey = Header[
        str,
        P(
            alias="Idempotency-Key",
            pattern="^[!-~]{1,255}$",
            description="Names this one request: sent again, it is done once. A UUID is best.",
        ),
    ]


def one_of(words: type[Choices]) -> dict[str, Any]:
    """For `json_schema_extra`: the value is one of these words."""
    return {"enum": list(words.values)}

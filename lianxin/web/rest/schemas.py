"""What bodies and answers are made of."""

from __future__ import annotations

from typing import Generic, TypeVar

from ninja import Schema
from pydantic import ConfigDict, Field

T = TypeVar("T")


class Said(Schema):
    """A body that is taken: nothing is converted, and nothing unknown is passed over in silence."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Shown(Schema):
    """A part of an answer."""


class PageOf(Shown, Generic[T]):
    """Some rows; `next` leads on and is null at the end."""

    items: list[T]
    next: str | None = None


class FieldFault(Shown):
    """What is wrong with one value."""

    place: str = Field(description="body, query, path, header or file")
    name: str
    message: str


class Problem(Shown):
    """RFC 9457. `title` is a sentence for the person, `code` is for programs and never changes."""

    type: str
    title: str
    status: int
    code: str
    instance: str
    detail: str | None = None
    fields: list[FieldFault] | None = None

"""Addresses in words: which places they name, and what is left to look for there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from django.db.models import F, Value

from lianxin.places.models import Division
from lianxin.places.queries.division_search import active, is_path
from lianxin.places.rules.addresses import LONGER_WORDS, joined, normal


class Trust(IntEnum):
    """How sure it is that the words mean this place."""

    GUESSED = 1
    BY_STEM = 2
    NAMED = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """A place named by the beginning of an address, and the rest of it: 3栋, 润城路12号, nothing."""

    division: Division
    rest: str
    trust: Trust


def read_places(text: str, *, within: str = "") -> list[Reading]:
    """The places that an address names, however its path is cut; the best readings only.

    昆明市西山区前卫街道官庄社区3栋, 西山 前卫 官庄3栋 and 家住官庄社区3栋 mean the same place; a name
    that several places have gives several readings. A full name goes before a stem, then more
    words understood, then the smaller place. One query.
    """
    said = joined(text)
    if len(said) < 2:
        return []
    rows = active(within).annotate(said=Value(said)).filter(said__contains=F("stem"))
    found = [reading for row in rows.order_by("code") if (reading := _reading(said, row))]
    if not found:
        return []
    best = max(_worth(one) for one in found)
    return [one for one in found if _worth(one) == best]


def _worth(reading: Reading) -> tuple[int, int, int]:
    named = reading.trust >= Trust.BY_STEM
    return named, -len(reading.rest), len(reading.division.code)


def _reading(said: str, row: Division) -> Reading | None:
    return max(_readings(said, row), key=lambda one: (one.trust, -len(one.rest)), default=None)


def _readings(said: str, row: Division) -> Iterator[Reading]:
    above = row.path_names[:-1]
    for name in {row.name, row.short_name, row.stem}:
        whole = name != row.stem or name == row.short_name
        for at in _places_of(name, said):
            head, rest = said[:at], normal(said[at + len(name) :])
            if not whole and rest[:1] and rest[0] in LONGER_WORDS:
                continue
            if is_path(head, above):
                plain = not rest or not rest[0].isalpha()
                yield Reading(row, rest, _trust(whole=whole, plain=plain))
            elif whole:
                yield Reading(row, rest, Trust.GUESSED)


def _trust(*, whole: bool, plain: bool) -> Trust:
    if whole:
        return Trust.NAMED
    return Trust.BY_STEM if plain else Trust.GUESSED


def _places_of(name: str, said: str) -> Iterator[int]:
    at = said.find(name)
    while at >= 0:
        yield at
        at = said.find(name, at + 1)

"""One venue, one year: its days, its deputies, who cannot when, and what is wished for.

Plain values without a database, so that a rota can be computed in another process. Members and days
are named by their position in the tuples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

#: Members on the seats of each day, in the order of the seats.
Seats = tuple[tuple[int, ...], ...]


class Why(StrEnum):
    """Why a member cannot sit on a day. None of these is ever relaxed: nobody is in two places."""

    LEAVE = "leave"
    MEETING = "meeting"
    ELSEWHERE = "elsewhere"  # a seat in another venue on that day
    NOT_HERE = "not_here"  # not stationed, or no mandate in force on the day


class Wish(StrEnum):
    """What a rota keeps to, the dearest first; a rota that breaks one is a draft with a mark."""

    SEATS = "seats"  # every seat of a day is taken
    LANGUAGE = "language"  # somebody speaks the language that the day asks for
    QUOTA = "quota"  # each sits as often as wished: at least, at most
    WEEKDAY = "weekday"  # nobody on a weekday they asked off
    GAP = "gap"  # nobody twice within `gap` days


class Goal(StrEnum):
    """What a rota is measured by once the wishes are kept, in this order."""

    SHARE = (
        "share"  # re-planning only: nobody drifts from a fair share by more than a turn and a half
    )
    CHANGED = "changed"  # re-planning only: seats that go to somebody else
    FAIR = "fair"  # the load over the year
    LEVELS = "levels"  # two of one level on a day
    PROFESSIONS = "professions"  # two of one profession on a day
    PAIRS = "pairs"  # repetitions of a pair, or how many pairs there are
    TRAVEL = "travel"  # kilometres


#: The order in which rotas are compared.
ORDER: tuple[str, ...] = (*Wish, *Goal)
WISHES = len(Wish)


@dataclass(frozen=True, slots=True)
class Member:
    """A deputy in the rota. `level` is the highest held; `days_off` are ISO weekdays."""

    key: str
    level: str = ""
    profession: str = ""
    languages: frozenset[str] = frozenset()
    least: int = 0
    most: int | None = None
    days_off: frozenset[int] = frozenset()
    distance: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    """A reception day. `held` sit there under the rota in force; `is_fixed` leaves them there."""

    key: str
    on: date
    language: str = ""
    held: tuple[int, ...] = ()
    is_fixed: bool = False


@dataclass(frozen=True)
class Problem:
    """What a rota must be found for. `gap` counts the reception days between two turns at least.

    `away` says why a member cannot on a day: {(member, day): Why}. `replans`: there is a rota in
    force, and as few seats as possible are to change. `lasts`: pairs stay together.
    """

    venue: str
    days: tuple[Day, ...]
    members: tuple[Member, ...]
    away: Mapping[tuple[int, int], Why] = field(default_factory=dict)
    seats: int = 2
    gap: int = 1
    lasts: bool = False
    mixes_levels: bool = True
    mixes_professions: bool = True
    replans: bool = False

    def may(self, member: int, day: int) -> bool:
        return (member, day) not in self.away

    def available(self, day: int) -> list[int]:
        """Who could sit there, weekdays off set aside."""
        return [member for member in range(len(self.members)) if (member, day) not in self.away]

    def speaks(self, member: int, day: int) -> bool:
        return self.days[day].language in self.members[member].languages

    @cached_property
    def asked(self) -> tuple[bool, ...]:
        """Days on which a language is asked for that somebody in the rota speaks at all."""
        spoken = frozenset().union(*(member.languages for member in self.members))
        return tuple(day.language in spoken for day in self.days)

    @cached_property
    def wanted(self) -> int:
        """Turns to be given over the year; a fixed day has those it has."""
        return sum(len(day.held) if day.is_fixed else self.seats for day in self.days)

    @cached_property
    def shares(self) -> tuple[int, ...]:
        """The fair share of each over the year, in hundredths of a turn.

        A day's seats are shared by all who belong to the rota on it. Leave and other meetings do
        not lower a share; coming late or leaving the venue does.
        """
        shares = [0.0] * len(self.members)
        for index, day in enumerate(self.days):
            here = [
                member
                for member in range(len(self.members))
                if self.away.get((member, index)) is not Why.NOT_HERE
            ]
            seats = len(day.held) if day.is_fixed else self.seats
            for member in here:
                shares[member] += 100 * seats / len(here)
        return tuple(round(share) for share in shares)

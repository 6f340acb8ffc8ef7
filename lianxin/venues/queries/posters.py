"""Boards on paper: the facts of a board laid out on sheets, in one language or two.

One text for every form: `WORDS` is said in the installation's language and, on a bilingual poster, in
a second installed one; a further language needs a translation and nothing here. Lengths are parts of
a sheet of 297 × 420; an A2 sheet is the same in larger units.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil, log
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy, override

from lianxin.venues.enums import BoardForm, VenueKind
from lianxin.venues.models import Venue
from lianxin.venues.rules.boards import Facts, level_words
from lianxin.web.dates import cn_date, cn_day

Texts = Mapping[str, "Said"]

WORDS = {
    "next": gettext_lazy("Next reception"),
    "then": gettext_lazy("Further reception days"),
    "days": gettext_lazy("Reception days"),
    "no_days": gettext_lazy("Call, scan or come in: a deputy will see you."),
    "hours": gettext_lazy("Opening hours"),
    "free": gettext_lazy("You may come without booking; booked, you need not wait."),
    "unit": gettext_lazy("Unit"),
    "constituency": gettext_lazy("Constituency"),
    "profession": gettext_lazy("Profession"),
    "field": gettext_lazy("Field"),
    "languages": gettext_lazy("Speaks"),
    "phone": gettext_lazy("Phone"),
    "grids": gettext_lazy("Grid"),
    "partner": gettext_lazy("Partner"),
    "receives": gettext_lazy("Receives"),
    "scan": gettext_lazy("Something to say? Scan, and say it once."),
    "call": gettext_lazy("Or call, or come in"),
    "promise": gettext_lazy("Each matter has a number, a time limit and an answer you can check."),
    "fresh": gettext_lazy("Scan to see whether this board is up to date"),
    "how": gettext_lazy("How a matter goes"),
    "how_say": gettext_lazy("You say it: to a deputy, by phone or by the code below."),
    "how_hand": gettext_lazy("It is handed to the unit that must act, with a time limit."),
    "how_press": gettext_lazy("The deputy follows it and presses."),
    "how_answer": gettext_lazy("You get the answer, and you judge it."),
    "scan_deputy": gettext_lazy("Deputy's page"),
    "scan_venue": gettext_lazy("Venue's page"),
    "nobody": gettext_lazy("No deputy is stationed here at the moment."),
    "draft": gettext_lazy("Draft"),
}
STEPS = ("how_say", "how_hand", "how_press", "how_answer")


@dataclass(frozen=True, slots=True)
class Said:
    """The same in the first language and, where there is one, in the second."""

    first: str
    second: str = ""

    def __str__(self) -> str:
        return self.first


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a form is laid out: paper, deputies on the first and on further sheets, field of cards."""

    paper: str
    first: int
    further: int
    lines: tuple[str, ...]
    shape: float = 1.55


_ALL = ("unit", "constituency", "profession", "field", "languages", "phone", "grids", "partner")
SHEETS = {
    BoardForm.A3: Sheet("a3", 12, 15, (*_ALL, "receives")),
    BoardForm.A2: Sheet("a2", 12, 15, (*_ALL, "receives")),
    BoardForm.LARGE: Sheet("a2", 6, 8, ("unit", "phone", "grids", "receives"), shape=1.7),
    BoardForm.BILINGUAL: Sheet("a3", 6, 8, ("unit", "phone", "grids", "partner", "receives"), 1.7),
    BoardForm.CARDS: Sheet("a4", 8, 8, (*_ALL, "receives")),
}
#: Width and height of the field of cards, in units: on the first sheet, on further ones.
_FIELD = ((271, 205), (271, 300))
MOST_COLUMNS = 5
#: What cells left over cost, against cards of an unhandsome shape.
_EMPTY_COSTS = 0.12


@dataclass(frozen=True, slots=True)
class Line:
    label: Said
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """A deputy on paper. `initial` stands where there is no photo."""

    name: str
    initial: str
    photo: str
    levels: tuple[Said, ...]
    lines: tuple[Line, ...]
    address: str


@dataclass(frozen=True, slots=True)
class DayLine:
    """A reception day on paper; `names` are those who receive."""

    day: Said
    time: str
    names: str
    place: str


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet: its cards, how many columns, and cells left over in the last row."""

    number: int
    cards: tuple[Card, ...]
    columns: int
    spare: int


@dataclass(frozen=True, slots=True)
class Poster:
    """A board on paper, ready to be set. `address` is behind the large QR code."""

    form: str
    paper: str
    facts: Facts
    words: Texts
    second: str
    pages: tuple[Page, ...]
    days: tuple[DayLine, ...]
    steps: tuple[Said, ...]
    address: str

    @property
    def total(self) -> int:
        return len(self.pages)


def languages() -> list[tuple[str, str]]:
    """Installed languages a second text may be in."""
    return [(code, name) for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def second_language(form: str, wanted: str) -> str:
    """The second language of a form: the wanted one where it is installed, else the first there is."""
    if form != BoardForm.BILINGUAL:
        return ""
    codes = [code for code, _name in languages()]
    return wanted if wanted in codes else next(iter(codes), "")


def poster(
    facts: Facts, *, form: str, code: str, version: int | None, second: str = "", at: datetime
) -> Poster:
    """The facts of a board as sheets of a form. No query.

    `version` is behind the large code; without one (a look before printing) the venue's page is.
    Reception days that are over are left out.
    """
    sheet = SHEETS[BoardForm(form)]
    second = second_language(form, second)
    words = {name: _said(lambda text=text: str(text), second) for name, text in WORDS.items()}
    ahead = [day for day in facts["days"] if not day["off"] and _starts(day, "ends") > at]
    cards = [_card(one, ahead, sheet, words, second) for one in facts["deputies"]]
    check = reverse("venues:board-check", args=[code, version]) if version else ""
    return Poster(
        form=form,
        paper=sheet.paper,
        facts=facts,
        words=words,
        second=second,
        pages=tuple(_pages(cards, sheet, is_cards=form == BoardForm.CARDS)),
        days=tuple(_day_line(day, second) for day in ahead),
        steps=tuple(words[name] for name in STEPS),
        address=settings.PUBLIC_URL + (check or reverse("venues:venue", args=[code])),
    )


def _said(text: Any, second: str) -> Said:
    with override(settings.LANGUAGE_CODE):
        first = text()
    if not second:
        return Said(first)
    with override(second):
        return Said(first, text())


def _starts(day: Facts, name: str = "starts") -> datetime:
    return datetime.fromisoformat(day[name])


def _day_line(day: Facts, second: str) -> DayLine:
    starts, ends = _starts(day), _starts(day, "ends")
    place = "".join(f"（{one}）" for one in (day["place"],) if one)
    return DayLine(
        day=_said(lambda: cn_day(starts), second),
        time=f"{starts:%H:%M}—{ends:%H:%M}".replace(" 0", " ").removeprefix("0"),
        names=" ".join(day["names"]),
        place=place,
    )


def _card(
    deputy: Facts, days: Sequence[Facts], sheet: Sheet, words: Texts, second: str
) -> Card:
    levels = [
        Said(
            _said(lambda level=level, place=place: level_words(level, place), "").first,
            _label(level, second),
        )
        for level, place in deputy["levels"]
    ]
    mine = [day for day in days if deputy["id"] in day["who"]]
    said = {
        **{name: deputy[name] for name in ("unit", "constituency", "field", "phone")},
        "profession": "" if deputy["profession"] in deputy["unit"] else deputy["profession"],
        "languages": "、".join(deputy["languages"]),
        "grids": "、".join(deputy["grids"]),
        "partner": "、".join(_partners(deputy, mine)),
        "receives": "、".join(str(_said(lambda day=day: cn_day(_starts(day)), "")) for day in mine[:2]),
    }
    photo = reverse("record:attachment", args=[deputy["photo"], "full"]) if deputy["photo"] else ""
    return Card(
        name=deputy["name"],
        initial=deputy["name"][:1],
        photo=photo,
        levels=tuple(levels),
        lines=tuple(Line(words[name], said[name]) for name in sheet.lines if said[name]),
        address=settings.PUBLIC_URL + reverse("venues:deputy", args=[deputy["code"]]),
    )


def _label(level: str, language: str) -> str:
    """The level alone: the names of places stay in the first language."""
    if not language:
        return ""
    with override(language):
        return level_words(level, "")


def _partners(deputy: Facts, days: Sequence[Facts]) -> list[str]:
    """Who sits beside the deputy on all of his days; nobody where it changes."""
    pairs = [
        tuple(name for key, name in zip(day["who"], day["names"], strict=True) if key != deputy["id"])
        for day in days
    ]
    return list(pairs[0]) if pairs and len(set(pairs)) == 1 else []


def _pages(cards: Sequence[Card], sheet: Sheet, *, is_cards: bool) -> Iterator[Page]:
    start = 0
    for number, size in enumerate(shares(len(cards), sheet.first, sheet.further), start=1):
        mine = tuple(cards[start : start + size])
        start += size
        columns = 2 if is_cards else columns_for(size, first=number == 1, shape=sheet.shape)
        yield Page(number, mine, columns, -size % columns if size else 0)


def shares(count: int, first: int, further: int) -> list[int]:
    """How many cards go on each sheet: as few sheets as possible, filled alike.

    Where 12 fit on the first and 15 on further ones, 30 become 9, 11 and 10.
    """
    sheets = 1 if count <= first else 1 + ceil((count - first) / further)
    rooms = [first, *[further] * (sheets - 1)]
    sizes = [min(room, count * room // sum(rooms)) for room in rooms]
    place = 0
    while sum(sizes) < count:
        if sizes[place] < rooms[place]:
            sizes[place] += 1
        place = (place + 1) % sheets
    return sizes


def columns_for(count: int, *, first: bool, shape: float) -> int:
    """The number of columns whose cards come nearest to the wanted shape (width : height)."""
    width, height = _FIELD[0 if first else 1]

    def cost(columns: int) -> float:
        rows = ceil(count / columns)
        bent = abs(log((width / columns) / (height / rows) / shape))
        return bent + _EMPTY_COSTS * (columns * rows - count)

    return min(range(1, min(MOST_COLUMNS, max(count, 1)) + 1), key=cost)


def long_date(moment: datetime) -> str:
    """The day of printing in the installation's language."""
    with override(settings.LANGUAGE_CODE):
        return cn_date(moment)


def office_of(venue: Venue) -> str:
    """The organ over the venue's desk, which answers for the board; empty without one."""
    superior = venue.desk.superior
    return superior.name if superior else ""


def kind_of(venue: Venue, second: str) -> Said:
    """The kind of venue in both languages."""
    return _said(lambda: str(VenueKind(venue.kind).label), second)

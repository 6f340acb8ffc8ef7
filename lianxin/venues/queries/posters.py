"""Boards on paper: the facts of a board laid out on sheets, in one language or two.

One text for every form: `WORDS` is said in the installation's language and, on a bilingual poster, in
a second installed one; a further language needs a translation and nothing here. Lengths are parts of
a sheet of 297 × 420; an A2 sheet is the same in larger units.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, override

from lianxin.kernel.clock import local
from lianxin.venues.enums import BoardForm, VenueKind
from lianxin.venues.models import Venue
from lianxin.venues.rules.boards import Facts, level_words
from lianxin.venues.rules.layout import NAME, Box, Field, Text, shares, type_size, width_of
from lianxin.web.dates import cn_date, month_name, short_weekday

Texts = Mapping[str, "Said"]

WORDS = {
    "next": gettext_lazy("Next reception here"),
    "then": gettext_lazy("Further reception days"),
    "days": gettext_lazy("Reception days"),
    "no_days": gettext_lazy("Call, scan or come in: a deputy will see you."),
    "hours": gettext_lazy("Opening hours"),
    "free": gettext_lazy("You may come without booking; booked, you need not wait."),
    "languages": gettext_lazy("Speaks"),
    "phone": gettext_lazy("Phone"),
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


#: What is said of a deputy, in this order: unit, constituency and grids, profession and field, …
_ALL = ("unit", "seat", "receives", "phone", "partner", "trade", "languages")
#: What a crowded sheet leaves to the page behind the deputy's code.
_ONLY_WITH_ROOM = frozenset({"trade", "languages"})
_CROWDED = 9
#: From so many days on, the list of them is higher than the next one beside it.
_MANY_DAYS = 5
SHEETS = {
    BoardForm.A3: Sheet("a3", 12, 15, _ALL),
    BoardForm.A2: Sheet("a2", 12, 15, _ALL),
    BoardForm.LARGE: Sheet("a2", 6, 8, ("unit", "seat", "receives", "phone")),
    BoardForm.BILINGUAL: Sheet("a3", 6, 8, ("unit", "seat", "receives", "phone", "partner")),
    BoardForm.CARDS: Sheet("a4", 8, 8, _ALL),
}
#: Where cards stand on further sheets, and the text of one on a sheet of cards.
_FURTHER, _CARD = Field(271, 308), Box(46, 54)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a card; units, constituencies and professions need no label."""

    name: str
    label: Said | None
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

    @property
    def text(self) -> Text:
        """Its widths in signs."""
        lines = (width_of(one.text) + _label_width(one.label) for one in self.lines)
        levels = tuple(width_of(one.first) + 0.85 * width_of(one.second) for one in self.levels)
        return Text(width_of(self.name), levels, tuple(lines))


def _label_width(label: Said | None) -> float:
    if label is None:
        return 0
    return 0.9 * width_of(label.first) + 0.8 * width_of(label.second) + 0.6


@dataclass(frozen=True, slots=True)
class DayLine:
    """A reception day on paper; `names` are those who receive."""

    day: Said
    time: str
    names: str
    place: str


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet: its cards, how many columns, cells left over in the last row, and in which size of
    type, in tenths of a unit, all its cards are set.
    """

    number: int
    cards: tuple[Card, ...]
    columns: int
    spare: int
    size: int
    tight: float

    @property
    def tighter(self) -> float:
        """Names of more signs than this stand smaller still."""
        return self.tight * 1.4


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
        pages=tuple(
            _card_pages(cards, sheet)
            if form == BoardForm.CARDS
            else _pages(cards, sheet, _first_field(len(ahead), second))
        ),
        days=tuple(
            _day_line(day, second, usual=ahead[0]["place"] if number else "")
            for number, day in enumerate(ahead)
        ),
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


def _day_line(day: Facts, second: str, *, usual: str) -> DayLine:
    """The room is named once, and again only where it is another one."""
    starts, ends = _starts(day), _starts(day, "ends")
    place = f"（{day['place']}）" if day["place"] not in ("", usual) else ""
    return DayLine(
        day=_said(lambda: _day(starts), second),
        time=f"{starts.hour}:{starts:%M}—{ends.hour}:{ends:%M}",
        names=" ".join(day["names"]),
        place=place,
    )


def _card(deputy: Facts, days: Sequence[Facts], sheet: Sheet, words: Texts, second: str) -> Card:
    levels = [
        Said(
            _said(lambda level=level, place=place: level_words(level, place), "").first,
            _label(level, second),
        )
        for level, place in deputy["levels"]
    ]
    mine = [day for day in days if deputy["id"] in day["who"]]
    trade = "" if deputy["profession"] in deputy["unit"] else deputy["profession"]
    said = {
        "unit": deputy["unit"],
        "phone": deputy["phone"],
        "seat": _joined(deputy["constituency"], "、".join(deputy["grids"])),
        "trade": _joined(trade, deputy["field"]),
        "languages": "、".join(deputy["languages"]),
        "partner": "、".join(_partners(deputy, mine)),
        "receives": "、".join(_short_day(_starts(day)) for day in mine[:2]),
    }
    photo = reverse("record:attachment", args=[deputy["photo"], "full"]) if deputy["photo"] else ""
    return Card(
        name=deputy["name"],
        initial=deputy["name"][:1],
        photo=photo,
        levels=tuple(levels),
        lines=tuple(Line(name, words.get(name), said[name]) for name in sheet.lines if said[name]),
        address=settings.PUBLIC_URL + reverse("venues:deputy", args=[deputy["code"]]),
    )


def _label(level: str, language: str) -> str:
    """The level alone: the names of places stay in the first language."""
    if not language:
        return ""
    with override(language):
        return level_words(level, "")


def _joined(*texts: str) -> str:
    return " · ".join(text for text in texts if text)


def _day(moment: datetime) -> str:
    """A day without its year, which the head of the board implies."""
    here = local(moment)
    words = {"weekday": short_weekday(here), "day": here.day, "month": month_name(here)}
    return gettext("%(weekday)s %(day)s %(month)s") % words


def _short_day(moment: datetime) -> str:
    """A day of a card, in the first language: the weekday stands in the list of days."""
    here = local(moment)
    with override(settings.LANGUAGE_CODE):
        return gettext("%(day)s %(month)s") % {"day": here.day, "month": month_name(here)}


def _partners(deputy: Facts, days: Sequence[Facts]) -> list[str]:
    """Who sits beside the deputy on all of his days; nobody where it changes."""
    pairs = [
        tuple(
            name for key, name in zip(day["who"], day["names"], strict=True) if key != deputy["id"]
        )
        for day in days
    ]
    return list(pairs[0]) if pairs and len(set(pairs)) == 1 else []


def _first_field(days: int, second: str) -> Field:
    """Where cards stand on the first sheet, below the reception days."""
    taken = (0 if not days else 12 if days < _MANY_DAYS else 19) + (24 if second else 0)
    return Field(271, 258 - taken)


def _pages(cards: Sequence[Card], sheet: Sheet, first: Field) -> Iterator[Page]:
    start = 0
    sizes = shares(len(cards), sheet.first, sheet.further)
    for number, count in enumerate(sizes, start=1):
        field = first if number == 1 else _FURTHER
        columns = field.columns(count)
        mine = [_with_room(one, count) for one in cards[start : start + count]]
        start += count
        spare = -count % columns if count else 0
        yield _page(number, mine, columns, spare, field.card(count, columns))


def _card_pages(cards: Sequence[Card], sheet: Sheet) -> Iterator[Page]:
    for number, start in enumerate(range(0, max(len(cards), 1), sheet.first), start=1):
        yield _page(number, cards[start : start + sheet.first], 2, 0, _CARD)


def _page(number: int, cards: Sequence[Card], columns: int, spare: int, box: Box) -> Page:
    size = type_size([card.text for card in cards], box)
    return Page(number, tuple(cards), columns, spare, round(size * 10), box.width / size / NAME)


def _with_room(card: Card, size: int) -> Card:
    if size <= _CROWDED:
        return card
    lines = tuple(line for line in card.lines if line.name not in _ONLY_WITH_ROOM)
    return replace(card, lines=lines)


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

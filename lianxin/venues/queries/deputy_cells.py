"""What the cells of a table of deputies name: congresses and terms, venues, deputies known already."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from lianxin.congress.enums import Level
from lianxin.congress.models import Deputy, Term
from lianxin.congress.queries import cells
from lianxin.congress.rules import CODE_LENGTH
from lianxin.kernel.board_codes import normalise_board_code
from lianxin.places.queries import within
from lianxin.record.services.imports import Row
from lianxin.venues.models import Venue

_BETWEEN = re.compile(r"[;；\n]+")
_PORTION = 1000
PersonKey = tuple[str, str]


class DeputyCells:
    """Everything that the rows name, read once in portions."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.places = cells.PlaceCells(row["place"] for row in rows)
        self._terms = _terms()
        self._venues = _venues({word for row in rows for word in _words(row)})
        self._deputies, self._by_code = _deputies(rows)
        self._levels = {row["level"]: _level(row["level"]) for row in rows}

    def refusals(self, row: Row) -> list[str]:
        """Why the row cannot be taken over, as far as names and codes go."""
        if sentence := self.places.refusal(row["place"]):
            return [sentence]
        wrong = [*self._of_seat(row), *self._of_person(row)]
        for word in _words(row):
            found = self._venue(word, row)
            if not found:
                wrong.append(_("We know no venue called “%(name)s”.") % {"name": word})
            elif len(found) > 1:
                wrong.append(
                    _("Several venues are called “%(name)s”; write the code of the venue.")
                    % {"name": word}
                )
        return wrong

    def _of_seat(self, row: Row) -> list[str]:
        level = self._level_of(row)
        if level is None:
            return [_("“%(word)s” is no level of people's congresses.") % {"word": row["level"]}]
        if not self._terms.get((self.places.code(row["place"]), level)):
            return [
                _("We know no congress of this level in “%(place)s”.") % {"place": row["place"]}
            ]
        if self._term(row) is None:
            return [_("We know no term “%(term)s” of this congress.") % {"term": row["term"]}]
        return []

    def _of_person(self, row: Row) -> list[str]:
        if row["code"]:
            deputy = self._by_code.get(normalise_board_code(row["code"]) or "")
            if deputy is None:
                return [_("We know no deputy with the code “%(code)s”.") % {"code": row["code"]}]
            if deputy.name != row["name"]:
                return [_("This code belongs to another deputy.")]
        elif len(self._deputies.get(self.person_key(row), ())) > 1:
            return [_("Several deputies have this name and unit; write the deputy code.")]
        return []

    def person_key(self, row: Row) -> PersonKey:
        """Rows with the same key are one person: the code where it is given, else name and unit."""
        code = normalise_board_code(row["code"]) if row["code"] else None
        return (code, "") if code else (row["name"], row["workplace"])

    def term(self, row: Row) -> Term:
        """The term of the row's seat; only for rows without a refusal."""
        found = self._term(row)
        assert found is not None
        return found

    def venues(self, row: Row) -> list[Venue]:
        """The venues the row names; only for rows without a refusal."""
        return [self._venue(word, row)[0] for word in _words(row)]

    def deputy(self, row: Row) -> Deputy | None:
        """The deputy whom the row means, when known already."""
        if row["code"]:
            return self._by_code.get(normalise_board_code(row["code"]) or "")
        return next(iter(self._deputies.get(self.person_key(row), ())), None)

    def remember(self, row: Row, deputy: Deputy) -> None:
        """The deputy made or changed from a row, for further rows of the same person."""
        self._deputies[self.person_key(row)] = [deputy]
        self._by_code[deputy.code] = deputy

    def home(self, row: Row) -> str:
        """The division a deputy is filed under: the county of the first venue, or the congress's."""
        code = self.places.code(row["place"])
        venues = self.venues(row)
        near = venues[0].division_code[:6] if venues else code
        return near if within(near, code) else code

    def _level_of(self, row: Row) -> str | None:
        """The level in words, or by the last sign of its place: 区 of 西山区, 市 of 昆明市."""
        level = self._levels[row["level"]]
        if level is not None:
            return level
        if len(row["level"]) != 1 or not self.places.name(row["place"]).endswith(row["level"]):
            return None
        lengths = {length: one for one, length in CODE_LENGTH.items()}
        return lengths.get(len(self.places.code(row["place"])))

    def _term(self, row: Row) -> Term | None:
        level = self._level_of(row)
        found = self._terms.get((self.places.code(row["place"]), level or ""), [])
        if not row["term"]:
            return found[-1] if found else None
        return next((term for term in found if str(term.number) == row["term"].strip()), None)

    def _venue(self, word: str, row: Row) -> list[Venue]:
        found = self._venues.get(word, [])
        inside = [one for one in found if within(one.division_code, self.places.code(row["place"]))]
        return inside if len(inside) == 1 else found


def _level(word: str) -> str | None:
    return cells.choice_by_word(Level.choices, word[:40])


def _words(row: Row) -> list[str]:
    return list(dict.fromkeys(w.strip() for w in _BETWEEN.split(row["venues"]) if w.strip()))


def _terms() -> dict[tuple[str, str], list[Term]]:
    """Terms by place and level of their congress, the newest last. One query."""
    found: dict[tuple[str, str], list[Term]] = {}
    for term in Term.objects.select_related("congress").order_by("number"):
        found.setdefault((term.congress.division_code, term.congress.level), []).append(term)
    return found


def _venues(words: set[str]) -> dict[str, list[Venue]]:
    """Open venues by the name or the code in a cell."""
    codes = {code: word for word in words if (code := normalise_board_code(word))}
    found: dict[str, list[Venue]] = {}
    for field, wanted in (("code", sorted(codes)), ("name", sorted(words))):
        for start in range(0, len(wanted), _PORTION):
            portion = {f"{field}__in": wanted[start : start + _PORTION]}
            for venue in Venue.objects.filter(**portion, is_active=True):
                word = codes[venue.code] if field == "code" else venue.name
                found.setdefault(word, []).append(venue)
    return found


def _deputies(
    rows: Sequence[Row],
) -> tuple[dict[PersonKey, list[Deputy]], dict[str, Deputy]]:
    """Deputies that have one of the names or codes, by name and unit and by code."""
    names = sorted({row["name"] for row in rows})
    by_person: dict[PersonKey, list[Deputy]] = {}
    by_code: dict[str, Deputy] = {}
    for start in range(0, len(names), _PORTION):
        found = Deputy.objects.filter(person__name__in=names[start : start + _PORTION])
        for deputy in found.select_related("person"):
            by_person.setdefault((deputy.name, deputy.workplace), []).append(deputy)
            by_code[deputy.code] = deputy
    codes = sorted({c for row in rows if (c := normalise_board_code(row["code"]))} - set(by_code))
    for start in range(0, len(codes), _PORTION):
        found = Deputy.objects.filter(code__in=codes[start : start + _PORTION])
        by_code.update({one.code: one for one in found.select_related("person")})
    return by_person, by_code

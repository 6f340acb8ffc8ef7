"""Deputies from a table: a row a seat, with the venues in which the deputy receives residents."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.congress.enums import MandateState
from lianxin.congress.models import Actor, Deputy, Mandate
from lianxin.congress.queries import cells
from lianxin.congress.services import open_mandate, register_deputy, update_deputy
from lianxin.kernel.clock import local_date
from lianxin.kernel.phones import to_e164
from lianxin.people.services import create_person
from lianxin.record.services.imports import Column, Row
from lianxin.venues.models import Stationing
from lianxin.venues.queries.deputy_cells import DeputyCells
from lianxin.venues.services.deputies import station_deputy

_LONGEST = {
    "name": 60,
    "constituency": 120,
    "profession": 60,
    "workplace": 120,
    "field": 60,
    "office_phone": 30,
}
_SAID = ("profession", "workplace", "field")
_BETWEEN = re.compile(r"[;；、,，\n]+")


class DeputyImporter:
    """Record's `Importer` of deputies: person, deputy, seat in a known term, stationings.

    A deputy is known by the code, else by name and unit: several rows of one person give several
    seats. A row of a known one changes the words on the board and adds what is missing; it ends
    nothing.
    """

    title = gettext_lazy("Deputies")
    columns: Sequence[Column] = (
        Column("name", gettext_lazy("Name of the deputy"), required=True, example="张某某"),
        Column("level", gettext_lazy("Level"), required=True, example="区"),
        Column(
            "place",
            gettext_lazy("Place of the congress"),
            required=True,
            hint=gettext_lazy("The path in words, or the code."),
            example="昆明市西山区",
        ),
        Column(
            "term",
            gettext_lazy("Term number"),
            hint=gettext_lazy("The newest known term, if empty."),
            example="17",
        ),
        Column("constituency", gettext_lazy("Constituency or electing unit"), example="第三选区"),
        Column("workplace", gettext_lazy("Unit and position"), example="润城社区居委会 主任"),
        Column("profession", gettext_lazy("Profession"), example="社区工作者"),
        Column("field", gettext_lazy("Field of expertise"), example="小区治理"),
        Column("languages", gettext_lazy("Languages"), example="普通话、彝语"),
        Column(
            "office_phone",
            gettext_lazy("Public phone"),
            hint=gettext_lazy("An office's or a relay's number: it stands on the board."),
            example="0871-00000000",
        ),
        Column("phone", gettext_lazy("Mobile number"), hint=gettext_lazy("Is kept sealed.")),
        Column(
            "venues",
            gettext_lazy("Receives residents at"),
            hint=gettext_lazy("Names or codes of venues, separated by semicolons."),
            example="润城社区人大代表联络室",
        ),
        Column(
            "from_date",
            gettext_lazy("Deputy from"),
            hint=gettext_lazy("The first day of the term, if empty."),
            example="2022-01-10",
        ),
        Column(
            "code",
            gettext_lazy("Deputy code"),
            hint=gettext_lazy("Only needed where two deputies have the same name and unit."),
        ),
    )

    def check(self, rows: Sequence[Row], /) -> Mapping[int, Sequence[str]]:
        """Refuses unknown places, congresses, terms, venues and codes, bad numbers and days, a
        private number as the public one, and the same seat said twice.
        """
        known = DeputyCells(rows)
        refusals: dict[int, list[str]] = {}
        seen: dict[tuple[str, str, UUID], int] = {}
        for row in rows:
            wrong = [*_wrong(row), *known.refusals(row)]
            if not wrong:
                seat = (*known.person_key(row), known.term(row).pk)
                first = seen.setdefault(seat, row.number)
                if first != row.number:
                    wrong = [_("The same seat stands in row %(row)s.") % {"row": first}]
            if wrong:
                refusals[row.number] = wrong
        return refusals

    def apply(self, rows: Sequence[Row], /, *, by: Actor | None, at: datetime) -> int:
        """Through the services, row by row; returns how many rows changed something.

        Raises Forbidden where a congress or a venue lies outside the operator's places.
        """
        known = DeputyCells(rows)
        return sum(_taken(row, known, by, at) for row in rows)


def _wrong(row: Row) -> list[str]:
    wrong = cells.too_long(dict(row.values), _LONGEST)
    if row["phone"] and to_e164(row["phone"]) is None:
        wrong.append(
            _("“%(number)s” is not a telephone number we can call.") % {"number": row["phone"]}
        )
    elif row["phone"] and _digits(row["office_phone"]).endswith(_digits(row["phone"])[-11:]):
        wrong.append(_("The public phone must not be the deputy's own mobile number."))
    if row["from_date"] and cells.day(row["from_date"]) is None:
        wrong.append(_("“%(text)s” is no day.") % {"text": row["from_date"]})
    return wrong


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def _taken(row: Row, known: DeputyCells, by: Actor | None, at: datetime) -> bool:
    term = known.term(row)
    first = cells.day(row["from_date"]) or term.from_date
    deputy, changed = _deputy(row, known, by, at)
    held = Mandate.objects.filter(deputy=deputy, term=term).exclude(state=MandateState.ENDED)
    if not held.exists():
        open_mandate(
            deputy_id=deputy.pk,
            term_id=term.pk,
            from_date=first,
            constituency=row["constituency"],
            by=by,
            at=at,
        )
        changed = True
    return _stationed(row, known, deputy, max(first, local_date(at)), by, at) or changed


def _stationed(
    row: Row, known: DeputyCells, deputy: Deputy, first: date, by: Actor | None, at: datetime
) -> bool:
    here = Stationing.objects.filter(deputy=deputy).exclude(until_date__lt=first)
    held = set(here.values_list("venue_id", flat=True))
    new = [venue for venue in known.venues(row) if venue.pk not in held]
    for venue in new:
        station_deputy(venue_id=venue.pk, deputy_id=deputy.pk, from_date=first, by=by, at=at)
    return bool(new)


def _deputy(row: Row, known: DeputyCells, by: Actor | None, at: datetime) -> tuple[Deputy, bool]:
    languages = [word.strip() for word in _BETWEEN.split(row["languages"]) if word.strip()]
    deputy = known.deputy(row)
    if deputy is None:
        person = create_person(name=row["name"], phone=row["phone"], by=by, at=at)
        deputy = register_deputy(
            person_id=person.pk,
            division_code=known.home(row),
            relay_phone=row["office_phone"],
            languages=languages,
            by=by,
            at=at,
            **{name: row[name] for name in _SAID},
        )
        known.remember(row, deputy)
        return deputy, True
    said: dict[str, object] = {name: row[name] for name in _SAID if row[name]}
    if row["office_phone"]:
        said["relay_phone"] = row["office_phone"]
    if languages:
        said["languages"] = languages
    differs = any(getattr(deputy, name) != value for name, value in said.items())
    if differs:
        deputy = update_deputy(deputy_id=deputy.pk, by=by, at=at, **said)
        known.remember(row, deputy)
    return deputy, differs

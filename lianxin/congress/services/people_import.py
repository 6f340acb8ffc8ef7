"""Persons with their accounts and posts from a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.congress.models import Actor, Organ
from lianxin.congress.queries import cells, holds_post
from lianxin.congress.services.posts import give_post
from lianxin.kernel.clock import local_date
from lianxin.kernel.phones import to_e164
from lianxin.people.enums import ADMINISTRATORS
from lianxin.people.models import Account, Person
from lianxin.people.services import create_account, create_person, update_person
from lianxin.record.services.imports import Column, Row

_LONGEST = {"name": 60, "username": 60, "email": 254}


class PeopleImporter:
    """Record's `Importer` of persons, known by user name; several rows give several posts.

    Accounts are made without a password: nobody signs in before one is set.
    """

    title = gettext_lazy("People and posts")
    columns: Sequence[Column] = (
        Column("username", gettext_lazy("User name"), required=True, example="zhangsan"),
        Column("name", gettext_lazy("Name of the person"), required=True, example="张某某"),
        Column("phone", gettext_lazy("Mobile number"), hint=gettext_lazy("Is kept sealed.")),
        Column("email", gettext_lazy("E-mail")),
        Column("role", gettext_lazy("Role"), example="联络员"),
        Column(
            "organ",
            gettext_lazy("Unit or venue"),
            hint=gettext_lazy("The full name, as it is known here."),
            example="润城社区人大代表联络室",
        ),
        Column(
            "place",
            gettext_lazy("Place of the unit"),
            hint=gettext_lazy("Only needed where several units have the same name."),
        ),
        Column(
            "from_date",
            gettext_lazy("In the post from"),
            hint=gettext_lazy("Today, if empty."),
            example="2026-03-02",
        ),
    )

    def check(self, rows: Sequence[Row], /) -> Mapping[int, Sequence[str]]:
        """Refuses bad numbers, days, roles, administrators' posts, and units that are not known."""
        organs = _OrganCells(rows)
        names: dict[str, str] = {}
        refusals: dict[int, list[str]] = {}
        for row in rows:
            wrong = [*_wrong(row), *organs.refusals(row)]
            first = names.setdefault(row["username"].casefold(), row["name"])
            if first != row["name"]:
                wrong.append(_("Another row gives this user name to “%(name)s”.") % {"name": first})
            if wrong:
                refusals[row.number] = wrong
        return refusals

    def apply(self, rows: Sequence[Row], /, *, by: Actor | None, at: datetime) -> int:
        """Makes and changes persons, accounts and posts through the services; how many rows did.

        Raises Forbidden where a post lies outside the operator's places.
        """
        organs = _OrganCells(rows)
        return sum(_taken(row, organs, by, at) for row in rows)


def _wrong(row: Row) -> list[str]:
    wrong = cells.too_long(dict(row.values), _LONGEST)
    if row["phone"] and to_e164(row["phone"]) is None:
        wrong.append(
            _("“%(number)s” is not a telephone number we can call.") % {"number": row["phone"]}
        )
    if row["from_date"] and cells.day(row["from_date"]) is None:
        wrong.append(_("“%(text)s” is no day.") % {"text": row["from_date"]})
    if bool(row["role"]) != bool(row["organ"]):
        wrong.append(_("A post needs both a role and a unit."))
    elif row["role"]:
        role = cells.role_by_word(row["role"])
        if role is None:
            wrong.append(_("“%(word)s” is no role.") % {"word": row["role"]})
        elif role in ADMINISTRATORS:
            wrong.append(_("Administrators' posts are not given by a table."))
    return wrong


class _OrganCells:
    """The organs that the rows name, read once."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.places = cells.PlaceCells(row["place"] for row in rows)
        names = {row["organ"] for row in rows if row["organ"]}
        self._by_name: dict[str, list[Organ]] = {}
        for organ in Organ.objects.filter(name__in=names, is_active=True):
            self._by_name.setdefault(organ.name, []).append(organ)

    def refusals(self, row: Row) -> list[str]:
        if not row["organ"]:
            return []
        if row["place"] and (sentence := self.places.refusal(row["place"])):
            return [sentence]
        found = self._of(row)
        if not found:
            return [_("We know no organ called “%(name)s”.") % {"name": row["organ"]}]
        if len(found) > 1:
            return [_("Several organs are called so; say the place of the unit too.")]
        return []

    def one(self, row: Row) -> Organ:
        return self._of(row)[0]

    def _of(self, row: Row) -> list[Organ]:
        found = self._by_name.get(row["organ"], [])
        if not row["place"]:
            return found
        code = self.places.code(row["place"])
        return [organ for organ in found if organ.division_code == code]


def _taken(row: Row, organs: _OrganCells, by: Actor | None, at: datetime) -> bool:
    person, changed = _person(row, by, at)
    if not row["role"]:
        return changed
    role = cells.role_by_word(row["role"]) or ""
    organ = organs.one(row)
    first = cells.day(row["from_date"]) or local_date(at)
    if holds_post(person.pk, role, organ.pk, max(first, local_date(at))):
        return changed
    give_post(person_id=person.pk, role=role, organ_id=organ.pk, from_date=first, by=by, at=at)
    return True


def _person(row: Row, by: Actor | None, at: datetime) -> tuple[Person, bool]:
    account = Account.objects.filter(username__iexact=row["username"]).first()
    if account is None:
        person = create_person(
            name=row["name"], phone=row["phone"], email=row["email"], by=by, at=at
        )
        create_account(person_id=person.pk, username=row["username"], password=None, by=by, at=at)
        return person, True
    person = account.person
    said = (
        row["name"],
        (to_e164(row["phone"]) or "") if row["phone"] else person.phone,
        row["email"] or person.email,
    )
    if said == (person.name, person.phone, person.email):
        return person, False
    name, phone, email = said
    return update_person(
        person_id=person.pk, name=name, phone=phone, email=email, by=by, at=at
    ), True

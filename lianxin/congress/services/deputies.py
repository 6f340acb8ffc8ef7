"""Deputies: what the board shows of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.congress import rules
from lianxin.congress.models import Actor, Deputy
from lianxin.kernel.board_codes import new_board_code
from lianxin.kernel.refused import Refused
from lianxin.people.models import Person
from lianxin.record.services import write

_CHANGEABLE = ("profession", "workplace", "field", "relay_phone", "languages", "division_code")


class DeputyTaken(Refused):
    message = _("This person is registered as a deputy already.")
    code = "deputy_taken"


class PrivatePhone(Refused):
    message = _("The public phone must not be the deputy's own mobile number.")
    code = "private_phone"
    status = 422


@transaction.atomic
def register_deputy(
    *,
    person_id: UUID,
    division_code: str,
    profession: str = "",
    workplace: str = "",
    field: str = "",
    relay_phone: str = "",
    languages: Sequence[str] = (),
    by: Actor | None,
    at: datetime,
) -> Deputy:
    """A person as deputy, with a fresh deputy code (代表码); journal entry. A mandate makes it count.

    Raises Forbidden, DeputyTaken, or PrivatePhone: boards show an office's or a relay's number.
    """
    rules.check_may_manage_deputies(by, division_code)
    person = Person.objects.select_for_update().get(pk=person_id)
    if Deputy.objects.filter(person=person).exists():
        raise DeputyTaken
    _check_public(person, relay_phone)
    deputy = Deputy.objects.create(
        person=person,
        division_code=division_code,
        profession=profession,
        workplace=workplace,
        field=field,
        relay_phone=relay_phone,
        languages=list(languages),
        code=_fresh_code(),
    )
    write(
        action="congress.deputy.register",
        by=by,
        at=at,
        division_code=division_code,
        subject=deputy,
        data={"code": deputy.code},
    )
    return deputy


@transaction.atomic
def update_deputy(*, deputy_id: UUID, by: Actor | None, at: datetime, **changes: object) -> Deputy:
    """Other words on the board. Person and code never change; the journal names what did."""
    deputy = (
        Deputy.objects.select_for_update(of=("self",)).select_related("person").get(pk=deputy_id)
    )
    rules.check_may_manage_deputies(by, deputy.division_code)
    unknown = set(changes) - set(_CHANGEABLE)
    if unknown:
        raise TypeError(f"A deputy cannot change {sorted(unknown)}.")
    _check_public(deputy.person, str(changes.get("relay_phone", "")))
    changed = [name for name, value in changes.items() if getattr(deputy, name) != value]
    for name in changed:
        setattr(deputy, name, changes[name])
    if changed:
        deputy.save(update_fields=changed)
        write(
            action="congress.deputy.change",
            by=by,
            at=at,
            division_code=deputy.division_code,
            subject=deputy,
            data={"fields": changed},
        )
    return deputy


def _check_public(person: Person, relay_phone: str) -> None:
    digits = "".join(sign for sign in relay_phone if sign.isdigit())
    if digits and person.phone and digits.endswith(person.phone.removeprefix("+86")):
        raise PrivatePhone


def _fresh_code() -> str:
    while True:
        code = new_board_code()
        if not Deputy.objects.filter(code=code).exists():
            return code

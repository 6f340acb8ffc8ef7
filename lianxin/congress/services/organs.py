"""Organs: whoever can hold a matter, except a deputy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.congress import rules
from lianxin.congress.models import Actor, Organ
from lianxin.kernel.refused import Refused
from lianxin.record.services import Note, write, write_many

_AT_ONCE = 1000
_CHANGEABLE = ("name", "short_name", "superior_id", "needs_approval", "phone", "address")


class OrganTaken(Refused):
    message = _("There is an organ of this kind and name in this place already.")
    code = "organ_taken"


@transaction.atomic
def open_organ(
    *,
    name: str,
    kind: str,
    division_code: str,
    short_name: str = "",
    superior_id: UUID | None = None,
    needs_approval: bool = False,
    phone: str = "",
    address: str = "",
    by: Actor | None,
    at: datetime,
) -> Organ:
    """A new organ, and a journal entry. Raises Forbidden, or OrganTaken."""
    rules.check_may_keep_organs(by, division_code)
    same = Organ.objects.filter(division_code=division_code, name=name.strip(), kind=kind)
    if same.exists():
        raise OrganTaken
    organ = Organ.objects.create(
        name=name.strip(),
        short_name=short_name.strip(),
        kind=kind,
        division_code=division_code,
        superior_id=superior_id,
        needs_approval=needs_approval,
        phone=phone,
        address=address,
    )
    _note("congress.organ.open", organ, {"kind": str(kind), "name": organ.name}, by, at)
    return organ


@transaction.atomic
def open_organs(*, organs: Sequence[Organ], by: Actor | None, at: datetime) -> list[Organ]:
    """Many new organs at once, for imports; a journal entry each.

    Raises Forbidden where one lies outside the places of the person, or OrganTaken: then none is
    opened.
    """
    for code in {organ.division_code for organ in organs}:
        rules.check_may_keep_organs(by, code)
    wanted = {(organ.division_code, organ.name, str(organ.kind)) for organ in organs}
    places = sorted({code for code, _name, _kind in wanted})
    for start in range(0, len(places), _AT_ONCE):
        known = Organ.objects.filter(division_code__in=places[start : start + _AT_ONCE])
        if wanted & set(known.values_list("division_code", "name", "kind")):
            raise OrganTaken
    opened = Organ.objects.bulk_create(organs, batch_size=_AT_ONCE)
    notes = (
        Note(
            "congress.organ.open",
            organ.division_code,
            organ,
            {"kind": str(organ.kind), "name": organ.name},
        )
        for organ in opened
    )
    write_many(notes, by=by, at=at)
    return opened


@transaction.atomic
def update_organ(*, organ_id: UUID, by: Actor | None, at: datetime, **changes: object) -> Organ:
    """Other name, short name, superior, approval, phone or address; nothing else can change."""
    unknown = set(changes) - set(_CHANGEABLE)
    if unknown:
        raise TypeError(f"An organ cannot change {sorted(unknown)}.")
    organ = Organ.objects.select_for_update().get(pk=organ_id)
    rules.check_may_keep_organs(by, organ.division_code)
    changed = [name for name, value in changes.items() if getattr(organ, name) != value]
    for name in changed:
        setattr(organ, name, changes[name])
    if changed:
        organ.save(update_fields=changed)
        _note("congress.organ.change", organ, {"fields": changed}, by, at)
    return organ


@transaction.atomic
def close_organ(*, organ_id: UUID, by: Actor | None, at: datetime) -> Organ:
    """No new matter reaches it and its posts grant nothing; what it holds stays on record."""
    organ = Organ.objects.select_for_update().get(pk=organ_id)
    rules.check_may_keep_organs(by, organ.division_code)
    if organ.is_active:
        organ.is_active = False
        organ.save(update_fields=("is_active",))
        _note("congress.organ.close", organ, {}, by, at)
    return organ


def _note(
    action: str, organ: Organ, data: dict[str, object], by: Actor | None, at: datetime
) -> None:
    write(action=action, by=by, at=at, division_code=organ.division_code, subject=organ, data=data)

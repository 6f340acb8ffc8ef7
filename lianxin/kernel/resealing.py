"""Changing keys while people work: what is sealed with an old key or algorithm is sealed anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import Model

from lianxin.kernel.db import retry_on_conflict
from lianxin.kernel.fields import OwnKeyField, Sealed, SealedTextField
from lianxin.kernel.models import DataKey
from lianxin.kernel.pieces import each
from lianxin.kernel.seals import active_header, active_own_header, unwrap, wrap

#: Rows that are read at once, and that are changed in one transaction.
READ, BATCH = 1000, 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many rows of a table were looked at, and how many were sealed anew."""

    table: str
    rows: int
    resealed: int


Models = Iterable[type[Model]]


def reseal_all(models: Models | None = None) -> Iterator[Outcome]:
    """Every table with sealed columns, in batches of short transactions; may be stopped and repeated.

    A row is locked, read again and saved, so that a change made meanwhile is never undone. A
    resident's own key is only wrapped anew: the texts that it seals stay as they are.
    """
    if models is None:
        yield _rewrap()
    for model, names in _tables(models):
        yield _reseal(model, names)


def _tables(models: Models | None) -> Iterator[tuple[type[Model], list[str]]]:
    for model in apps.get_models() if models is None else models:
        names = sealed_names(model)
        if names:
            yield model, names


def sealed_names(model: type[Model]) -> list[str]:
    return [f.name for f in model._meta.concrete_fields if isinstance(f, SealedTextField)]


def left_over(models: Models | None = None) -> dict[str, int]:
    """How many texts each table still holds under another key or algorithm than today's."""
    old = {
        model._meta.label: sum(len(_old(row, names)) for row in _rows(model, names))
        for model, names in _tables(models)
    }
    if models is None:
        old[DataKey._meta.label] = sum(_is_old_wrap(row) for row in _keys())
    return {label: number for label, number in old.items() if number}


def _keys() -> Iterator[DataKey]:
    return each(DataKey.objects.all(), READ)


def _is_old_wrap(key: DataKey) -> bool:
    return bool(key.wrapped) and bytes(key.wrapped[:2]) != active_header()


def _rewrap() -> Outcome:
    seen, done, waiting = 0, 0, []
    for key in _keys():
        seen += 1
        if _is_old_wrap(key):
            waiting.append(key.pk)
        if len(waiting) == BATCH:
            done, waiting = done + _rewrap_batch(waiting), []
    return Outcome(DataKey._meta.label, seen, done + _rewrap_batch(waiting))


@retry_on_conflict
@transaction.atomic
def _rewrap_batch(ids: list[UUID]) -> int:
    rows = DataKey.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    old = [row for row in rows if _is_old_wrap(row)]
    for row in old:
        row.wrapped = wrap(unwrap(bytes(row.wrapped), row.pk))
    DataKey.objects.bulk_update(old, ("wrapped",))
    return len(old)


def _rows(model: type[Model], names: list[str]) -> Iterator[Model]:
    return each(model._default_manager.only("pk", *names), READ)


def _old(row: Model, names: list[str]) -> list[str]:
    """The columns of a row that are not sealed as they would be now; nothing is opened."""
    kept = {name: row.__dict__[name] for name in names}
    today = _headers_of_today(row)
    return [
        name
        for name, value in kept.items()
        if isinstance(value, Sealed) and value.data and not value.data.startswith(today)
    ]


def _headers_of_today(row: Model) -> tuple[bytes, ...]:
    """What texts of a row begin with when nothing is to do: of a resident's row, with its own key."""
    for field in row._meta.concrete_fields:
        if isinstance(field, OwnKeyField):
            return (active_own_header(),) if field.makes else (active_own_header(), active_header())
    return (active_header(),)


def _reseal(model: type[Model], names: list[str]) -> Outcome:
    seen, done, waiting = 0, 0, []
    for row in _rows(model, names):
        seen += 1
        if _old(row, names):
            waiting.append(row.pk)
        if len(waiting) == BATCH:
            done, waiting = done + _batch(model, names, waiting), []
    return Outcome(model._meta.label, seen, done + _batch(model, names, waiting))


@retry_on_conflict
@transaction.atomic
def _batch(model: type[Model], names: list[str], keys: list[object]) -> int:
    done = 0
    rows = model._default_manager.select_for_update(of=("self",)).filter(pk__in=keys)
    for row in rows.order_by("pk"):
        old = _old(row, names)
        for name in old:
            setattr(row, name, getattr(row, name))
        if old:
            row.save(update_fields=old)
            done += 1
    return done

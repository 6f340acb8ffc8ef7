"""From SQLite to PostgreSQL: every row, in the order in which they refer to each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import CommandError
from django.core.management.color import no_style
from django.db import connections, transaction
from django.db.models import Model
from django.db.models.fields.related import ForeignKey

from lianxin.config.backup import engines
from lianxin.config.backup.facts import Facts, differences, facts
from lianxin.kernel.db import is_sqlite

_BATCH = 1_000
#: Written by migrate itself, in both databases alike.
_MADE_BY_MIGRATE = {"contenttypes.ContentType", "auth.Permission"}


def move(source: Path) -> tuple[Facts, list[str]]:
    """Copies all rows of the SQLite file; returns the source's facts and what differs afterwards.

    One transaction: all or nothing. What migrate put into the empty target is replaced by the
    source's rows. Raises CommandError where the target is SQLite, or holds anything else.
    """
    if is_sqlite():
        raise CommandError("The target is SQLite; set DATABASE_URL to a PostgreSQL database.")
    if not source.exists():
        raise CommandError(f"{source} is not there.")
    _check_fresh()
    connections.databases[engines.COPY] = {
        **connections.databases["default"],
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(source.absolute()),
        "OPTIONS": {},
        "CONN_HEALTH_CHECKS": False,
    }
    try:
        before = facts(engines.COPY)
        with transaction.atomic():
            models = list(_ordered())
            for model in reversed(models):
                model._base_manager.all()._raw_delete("default")
            for model in models:
                _copy(model)
            _reset_counters(models)
        return before, differences(before, facts(sample=before["sample"]))
    finally:
        connections[engines.COPY].close()
        del connections.databases[engines.COPY]


def _check_fresh() -> None:
    from lianxin.record.models import Entry

    if Entry.objects.exists():
        raise CommandError("The target holds a journal already; move into a fresh database.")


def _ordered() -> Iterator[type[Model]]:
    """Our tables, sessions and accounts; those referred to before those that refer."""
    wanted = [
        one
        for one in apps.get_models(include_auto_created=True)
        if one._meta.managed and one._meta.label not in _MADE_BY_MIGRATE
    ]
    done: set[type[Model]] = set()

    def visit(model: type[Model]) -> Iterator[type[Model]]:
        if model in done:
            return
        done.add(model)
        for field in model._meta.fields:
            target: Any = field.related_model
            if isinstance(field, ForeignKey) and target in wanted and target is not model:
                yield from visit(target)
        yield model

    for one in wanted:
        yield from visit(one)


def _copy(model: type[Model]) -> None:
    """Rows in the order of their keys; those that refer to rows of their own table come after them."""
    rows = model._base_manager.using(engines.COPY).order_by("pk")
    own = [
        field.attname
        for field in model._meta.fields
        if isinstance(field, ForeignKey) and field.related_model is model
    ]
    if not own:
        for batch in _batches(rows.iterator(chunk_size=_BATCH)):
            model._base_manager.bulk_create(batch)
        return
    waiting, there = list(rows), set[object]()
    while waiting:
        ready = [row for row in waiting if all(_known(getattr(row, n), there) for n in own)]
        if not ready:
            raise CommandError(f"{model._meta.label}: rows refer to each other in a circle.")
        for batch in _batches(iter(ready)):
            model._base_manager.bulk_create(batch)
        there |= {row.pk for row in ready}
        gone = {row.pk for row in ready}
        waiting = [row for row in waiting if row.pk not in gone]


def _known(key: object, there: set[object]) -> bool:
    return key is None or key in there


def _batches(rows: Iterator[Model]) -> Iterator[list[Model]]:
    batch: list[Model] = []
    for row in rows:
        row._state.adding = True
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _reset_counters(models: list[type[Model]]) -> None:
    connection = connections["default"]
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(sql)

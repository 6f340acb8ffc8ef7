"""What the pages of imports show: kinds, one's own tables, their rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from lianxin.congress.models import Actor
from lianxin.kernel.paging import Page, keyset
from lianxin.kernel.refused import Absent
from lianxin.people.enums import Ability
from lianxin.record.models import ImportBatch, ImportRow
from lianxin.record.services import imports

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ImportKind:
    kind: str
    title: Any
    columns: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class PreviewRow:
    number: int
    cells: tuple[tuple[Any, str], ...]
    refusals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BatchPage:
    """A table to be looked through; `refused_only` while there are refused rows and none asked else."""

    batch: ImportBatch
    title: Any
    columns: tuple[Any, ...]
    rows: list[PreviewRow]
    page: Page[ImportRow]
    refused_only: bool

    @property
    def is_open(self) -> bool:
        return bool(self.batch.state == "PREVIEW")


def import_kinds() -> list[ImportKind]:
    """What can be imported, in the order of registering."""
    return [
        ImportKind(kind, importer.title, tuple(importer.columns))
        for kind, importer in imports.kinds().items()
    ]


def scope_of(actor: Actor) -> str:
    """The division an import is filed under."""
    return next(iter(actor.scopes_with(Ability.IMPORT_RUN)), "")


def batches_of(person_id: UUID) -> QuerySet[ImportBatch]:
    """One's own imports, newest first: rows hold telephone numbers, so nobody else's."""
    return ImportBatch.objects.filter(uploaded_by_id=person_id)


def own_batch(batch_id: UUID, person_id: UUID) -> ImportBatch:
    """Raises Absent for somebody else's."""
    batch = batches_of(person_id).filter(pk=batch_id).first()
    if batch is None:
        raise Absent
    return batch


def batch_page(
    batch_id: UUID, person_id: UUID, *, only: str = "", after: str | None = None
) -> BatchPage:
    """Rows of one's own table, fifty a page. Two queries."""
    batch = own_batch(batch_id, person_id)
    importer = imports.importer_of(batch.kind)
    refused_only = bool(batch.refused_count) and only != "all"
    rows = batch.rows.exclude(refusals=[]) if refused_only else batch.rows.all()
    page = keyset(rows, order=("number", "id"), after=after, size=_SHOWN)
    columns = tuple(importer.columns)
    return BatchPage(
        batch=batch,
        title=importer.title,
        columns=columns,
        rows=[_shown(row, columns) for row in page],
        page=page,
        refused_only=refused_only,
    )


def _shown(row: ImportRow, columns: tuple[Any, ...]) -> PreviewRow:
    values = row.values
    cells = tuple((column.title, values.get(column.name, "")) for column in columns)
    return PreviewRow(row.number, cells, tuple(row.refusals))

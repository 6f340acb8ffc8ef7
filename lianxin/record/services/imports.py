"""Imports from xlsx: looked through first, then taken over whole or not at all.

An app offers an `Importer` and registers it in config/wiring.py; nothing here knows what
is imported.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any, Protocol
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.moves import move
from lianxin.kernel.refused import Absent, Refused
from lianxin.record.enums import BATCH_TRANSITIONS, BatchState
from lianxin.record.models import ImportBatch, ImportRow
from lianxin.record.services.journal import Acting, write
from lianxin.record.services.tables import Column, Row, read_table, template
from lianxin.record.services.uploads import clean_name

PREVIEW_FOR = timedelta(days=7)


class Importer(Protocol):
    """What an app knows about one kind of table."""

    @property
    def title(self) -> Any:
        """What is imported, for people (lazy)."""

    @property
    def columns(self) -> Sequence[Column]:
        """The columns it reads, in the order of the template."""

    def check(self, rows: Sequence[Row], /) -> Mapping[int, Sequence[str]]:
        """The rows that cannot be taken over: row number → sentences. Writes nothing.

        Empty required cells are refused before.
        """

    def apply(self, rows: Sequence[Row], /, *, by: Any, at: datetime) -> int:
        """Writes all rows in the caller's transaction; returns how many things are new or changed.

        May raise Refused: then nothing is written.
        """


class ImportRefused(Refused):
    """The import cannot be taken over as it is."""

    code = "import"
    status = 422


_importers: dict[str, Importer] = {}


def register(kind: str, importer: Importer) -> None:
    """Offers an importer under its kind, a slug; in config/wiring.py."""
    _importers[kind] = importer


def kinds() -> dict[str, Importer]:
    """All importers by kind."""
    return dict(_importers)


def importer_of(kind: str) -> Importer:
    """Raises Absent for a kind nobody offers."""
    try:
        return _importers[kind]
    except KeyError:
        raise Absent from None


def template_workbook(importer: Importer) -> bytes:
    """An xlsx file to fill in, with titles and hints in the language of the moment."""
    return template(str(importer.title), importer.columns)


def preview(
    kind: str, file: File[Any], by: Acting | None, at: datetime, *, division_code: str = ""
) -> ImportBatch:
    """Reads and checks a table and keeps it for looking through.

    Effects: a batch in PREVIEW with its rows (sealed) and their refusals. Nothing else is
    written; after a week it is discarded. Raises UploadRefused.
    """
    importer = importer_of(kind)
    rows = read_table(file, importer.columns)
    refusals = _checked(importer, rows)
    batch = ImportBatch(
        kind=kind,
        file_name=clean_name(PurePosixPath(file.name or "").name) or "xlsx",
        division_code=division_code,
        row_count=len(rows),
        refused_count=len(refusals),
        uploaded_at=at,
        uploaded_by_id=by.person_id if by else None,
        uploaded_by_name=by.name[:60] if by else "",
    )
    with transaction.atomic():
        batch.save(force_insert=True)
        ImportRow.objects.bulk_create(
            (
                ImportRow(
                    batch=batch,
                    number=row.number,
                    cells=json.dumps(dict(row.values), ensure_ascii=False),
                    refusals=refusals.get(row.number, []),
                )
                for row in rows
            ),
            batch_size=500,
        )
    return batch


@transaction.atomic
def apply(batch_id: UUID, by: Acting | None, at: datetime) -> ImportBatch:
    """Takes a looked-through table over: every row, or none.

    Locks the batch, checks all rows again (things may have changed since), lets the importer
    write, empties the cells, batch APPLIED, journal entry. Raises Absent, IllegalMove,
    ImportRefused when any row is refused.
    """
    batch = _locked(batch_id)
    state = move(BATCH_TRANSITIONS, batch.state, "apply")
    importer = importer_of(batch.kind)
    rows = [Row(row.number, row.values) for row in batch.rows.order_by("number")]
    refusals = _checked(importer, rows)
    if refusals:
        first = min(refusals)
        raise ImportRefused(
            _("%(number)s rows are refused, so nothing was taken over. Row %(row)s: %(why)s")
            % {"number": len(refusals), "row": first, "why": refusals[first][0]}
        )
    batch.applied_count = importer.apply(rows, by=by, at=at)
    return _settled(batch, state, by=by, at=at, action="record.import.apply")


@transaction.atomic
def discard(batch_id: UUID, by: Acting | None, at: datetime) -> ImportBatch:
    """Throws a looked-through table away: cells emptied, batch DISCARDED, journal entry."""
    batch = _locked(batch_id)
    state = move(BATCH_TRANSITIONS, batch.state, "discard")
    return _settled(batch, state, by=by, at=at, action="record.import.discard")


def purge_previews(at: datetime) -> int:
    """Discards tables nobody took over within a week; returns how many. A job."""
    late = ImportBatch.objects.filter(
        state=BatchState.PREVIEW, uploaded_at__lt=at - PREVIEW_FOR
    ).values_list("pk", flat=True)
    return len([discard(key, None, at) for key in list(late[:500])])


def _checked(importer: Importer, rows: Sequence[Row]) -> dict[int, list[str]]:
    refusals: dict[int, list[str]] = {}
    for row in rows:
        absent = [str(c.title) for c in importer.columns if c.required and not row[c.name]]
        if absent:
            sentence = _("These cells are empty: %(columns)s.") % {"columns": ", ".join(absent)}
            refusals[row.number] = [str(sentence)]
    complete = [row for row in rows if row.number not in refusals]
    for number, sentences in importer.check(complete).items():
        if sentences:
            refusals[number] = [str(sentence) for sentence in sentences]
    return refusals


def _locked(batch_id: UUID) -> ImportBatch:
    batch = ImportBatch.objects.select_for_update().filter(pk=batch_id).first()
    if batch is None:
        raise Absent
    return batch


def _settled(
    batch: ImportBatch, state: str, *, by: Acting | None, at: datetime, action: str
) -> ImportBatch:
    # The cells have done their work, and hold names and telephone numbers.
    batch.rows.all().delete()
    batch.state, batch.settled_at = state, at
    batch.settled_by_id = by.person_id if by else None
    batch.save(update_fields=("state", "settled_at", "settled_by_id", "applied_count"))
    write(
        action=action,
        by=by,
        at=at,
        division_code=batch.division_code,
        subject=batch,
        data={"kind": batch.kind, "rows": batch.row_count, "applied": batch.applied_count},
    )
    return batch


__all__ = [
    "Column",
    "ImportRefused",
    "Importer",
    "Row",
    "apply",
    "discard",
    "importer_of",
    "kinds",
    "preview",
    "purge_previews",
    "register",
    "template_workbook",
]

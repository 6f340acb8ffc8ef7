"""Reads and writes xlsx tables, carefully: they come from strangers."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from lianxin.record.services.uploads import MEGABYTE, UploadRefused

MOST_BYTES = 10 * MEGABYTE
MOST_UNPACKED = 150 * MEGABYTE
MOST_PARTS = 500
MOST_ROWS = 20_000
MOST_COLUMNS = 60
LONGEST_CELL = 2000


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name for programs, its title and hint for people (lazy)."""

    name: str
    title: Any
    required: bool = False
    hint: Any = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its number as the sheet shows it, and the text of each known column ("" if empty)."""

    number: int
    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values[name]


def read_table(file: File[Any], columns: Sequence[Column]) -> list[Row]:
    """The rows of the first sheet below its titles; empty ones are left out.

    Titles may stand in any order and in any of our languages; other columns are ignored.
    Raises UploadRefused: no xlsx, too large, more than 20,000 rows, a required column missing.
    """
    import openpyxl  # A third of a second, spared where no table is read.

    data = _checked(file)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0]
            lines = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
            return _rows(enumerate(lines, start=sheet.min_row or 1), columns)
        finally:
            book.close()
    except UploadRefused:
        raise
    except Exception as error:  # openpyxl raises whatever a broken file makes it stumble over.
        raise UploadRefused(
            _("This table cannot be read. Please save it as an Excel file (xlsx) again.")
        ) from error


def template(title: str, columns: Sequence[Column]) -> bytes:
    """An empty table with the titles, hints as comments and on a second sheet, and one example."""
    import openpyxl
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = _sheet_name(title)
    sheet.freeze_panes = "A2"
    hints = book.create_sheet(gettext("Notes"))
    hints.append(
        [gettext("Column"), gettext("Required"), gettext("What goes in"), gettext("Example")]
    )
    for number, column in enumerate(columns, start=1):
        name, hint = str(column.title), str(column.hint)
        cell = sheet.cell(1, number, name)
        cell.font = Font(bold=True, color="9C1C1C" if column.required else "333333")
        cell.fill = PatternFill("solid", fgColor="F3EDE4")
        cell.alignment = Alignment(vertical="center")
        if hint:
            cell.comment = Comment(hint, "")
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = max(14, 2 * len(name) + 4)
        # Text, or Excel would turn telephone numbers and codes into 1.38E+10.
        for line in range(2, 502):
            sheet.cell(line, number).number_format = "@"
        needed = gettext("yes") if column.required else ""
        hints.append([name, needed, hint, column.example])
    for letter, width in zip("ABCD", (20, 10, 60, 30), strict=True):
        hints.column_dimensions[letter].width = width
    for cell in hints[1]:
        cell.font = Font(bold=True)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _checked(file: File[Any]) -> bytes:
    too_large = UploadRefused(_("This table is too large. Please split it into several ones."))
    if (file.size or 0) > MOST_BYTES:
        raise too_large
    file.seek(0)
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise too_large
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if sum(p.file_size for p in parts) > MOST_UNPACKED or len(parts) > MOST_PARTS:
                raise too_large
            for part in parts:
                # Entities are how a small XML file becomes a huge one; Excel writes none.
                with archive.open(part) as stream:
                    if b"<!DOCTYPE" in stream.read(4096).upper():
                        raise zipfile.BadZipFile("document type")
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, RuntimeError, NotImplementedError):
        raise UploadRefused(
            _("This is no Excel table (xlsx). Please save it in that format and try again.")
        ) from None
    return data


def _rows(lines: Any, columns: Sequence[Column]) -> list[Row]:
    places: dict[int, str] | None = None
    rows: list[Row] = []
    for number, cells in lines:
        texts = [_text(cell) for cell in cells]
        if not any(texts):
            continue
        if places is None:
            places = _places(texts, columns)
            continue
        values = {column.name: "" for column in columns}
        values.update({name: texts[place] for place, name in places.items() if place < len(texts)})
        if not any(values.values()):
            continue
        if len(rows) == MOST_ROWS:
            raise UploadRefused(
                _("This table has more than %(most)s rows. Please split it.") % {"most": MOST_ROWS}
            )
        rows.append(Row(number, values))
    if not rows:
        raise UploadRefused(_("There are no rows in the first sheet of this table."))
    return rows


def _places(texts: Sequence[str], columns: Sequence[Column]) -> dict[int, str]:
    by_title: dict[str, str] = {}
    for column in columns:
        by_title[_folded(column.name)] = column.name
        for language, _name in settings.LANGUAGES:
            with override(language):
                by_title[_folded(str(column.title))] = column.name
    places: dict[int, str] = {}
    for place, text in enumerate(texts):
        name = by_title.get(_folded(text))
        if name and name not in places.values():
            places[place] = name
    absent = [str(c.title) for c in columns if c.required and c.name not in places.values()]
    if absent:
        raise UploadRefused(
            _("These columns are missing in the first row: %(columns)s.")
            % {"columns": ", ".join(absent)}
        )
    return places


def _folded(text: str) -> str:
    return re.sub(r"[\s*＊:：]+", "", unicodedata.normalize("NFKC", text)).casefold()


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat(sep=" ") if isinstance(cell, datetime) else cell.isoformat()
    plain = "".join(c if c.isprintable() or c in "\n\t" else " " for c in str(cell))
    return plain.strip()[:LONGEST_CELL]


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", title)[:31].strip() or "1"

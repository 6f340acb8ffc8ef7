"""Workbooks (xlsx) for WPS and Excel, written row by row: memory does not grow with their length."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

#: A3 and A4, as xlsx numbers paper.
A3, A4 = 8, 9
#: The longest text a cell takes.
LONGEST = 32_000


@dataclass(frozen=True, slots=True)
class Column:
    heading: Any
    width: int = 12


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its rows have as many values as there are columns. `fixed` columns stay in view."""

    title: Any
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    fixed: int = 1


def workbook(sheets: Iterable[Sheet], *, paper: int = A4) -> IO[bytes]:
    """The workbook as an open file at its beginning: dates as dates, numbers as numbers, anything
    else as text, so that nothing is taken for a formula.
    """
    import xlsxwriter  # It takes long to load, and few processes ever need it.

    file = tempfile.SpooledTemporaryFile(max_size=4 << 20)  # noqa: SIM115  (handed to the response)
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False})
    head = book.add_format({"bold": True, "text_wrap": True, "border": 1, "valign": "vcenter"})
    plain = book.add_format({"text_wrap": True, "border": 1, "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "border": 1, "valign": "top"})
    for one in sheets:
        sheet = book.add_worksheet(str(one.title)[:31])
        sheet.set_landscape()
        sheet.set_paper(paper)
        sheet.repeat_rows(0)
        sheet.freeze_panes(1, one.fixed)
        for place, column in enumerate(one.columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, str(column.heading), head)
        for number, row in enumerate(one.rows, 1):
            for place, value in enumerate(row):
                _cell(sheet, number, place, value, plain, day)
    book.close()
    file.seek(0)
    return file


def _cell(sheet: Any, number: int, place: int, value: Any, plain: Any, day: Any) -> None:
    if isinstance(value, date):
        sheet.write_datetime(number, place, value, day)
    elif isinstance(value, int):
        sheet.write_number(number, place, value, plain)
    else:
        text = "" if value is None else str(value)
        sheet.write_string(number, place, text[:LONGEST], plain)

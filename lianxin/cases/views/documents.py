"""Files made for paper and WPS: the ledger as xlsx, the slips as docx."""

from __future__ import annotations

import tempfile
from datetime import date
from itertools import islice
from typing import IO, Any

from django.utils.translation import gettext as _

from lianxin.cases.queries import ledger
from lianxin.cases.queries.slips import Slip
from lianxin.venues.models import Venue
from lianxin.web.dates import cn_date
from lianxin.web.sheets import A3, Column, Sheet, workbook

MOST_PRINTED = 500
CHUNK = 500
SERIF = "SimSun"
WIDE = {"words": 50, "result": 50, "on_the_spot": 30, "opinion": 30, "venue": 24, "units": 24}


def ledger_book(venue: Venue, period: ledger.Period) -> IO[bytes]:
    """The ledger as a workbook, written row by row: memory does not grow with the ledger."""
    columns = [Column(heading, WIDE.get(key, 12)) for key, heading in ledger.COLUMNS]
    rows = ([row[key] for key, _heading in ledger.COLUMNS] for row in _all_rows(venue, period))
    return workbook([Sheet(_("Ledger"), columns, rows, fixed=2)], paper=A3)


def _all_rows(venue: Venue, period: ledger.Period) -> Any:
    cases, start = ledger.cases_of(venue, period).iterator(chunk_size=CHUNK), 1
    while chunk := list(islice(cases, CHUNK)):
        yield from ledger.rows(chunk, start=start)
        start += len(chunk)


def ledger_proof(venue: Venue) -> IO[bytes]:
    """The bundle that lianxin-verify checks, on disk: a county's log may have many leaves."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the answer)
    file.writelines(line.encode() for line in ledger.proof_lines(venue))
    file.seek(0)
    return file


def slip_document(slip: Slip) -> IO[bytes]:
    """An A4 slip that WPS and Word open: heading, table of facts, own words, instruction, seal."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Pt

    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = SERIF, Pt(12)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), SERIF)
    head = document.add_paragraph()
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = head.add_run(f"{slip.office}\n{slip.title}")
    run.bold, run.font.size = True, Pt(18)
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    rows = [
        (_("Handed to"), slip.to),
        *slip.facts,
        (_("In the resident's own words"), slip.words),
        (_("What is asked"), slip.instruction),
    ]
    for label, value in rows:
        cells = table.add_row().cells
        cells[0].text = str(label)
        cells[1].text = cn_date(value) if isinstance(value, date) else str(value)
    document.add_paragraph()
    sign = document.add_paragraph(f"{slip.office}（{_('seal')}）")
    sign.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    file = tempfile.SpooledTemporaryFile(max_size=1 << 20)  # noqa: SIM115  (handed to the response)
    document.save(file)
    file.seek(0)
    return file

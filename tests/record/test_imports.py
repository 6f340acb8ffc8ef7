import io
import zipfile
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils.functional import lazystr
from django.utils.translation import get_language, override

from lianxin.kernel.ids import uuid7
from lianxin.kernel.refused import Absent, IllegalMove, Refused
from lianxin.record.enums import BatchState
from lianxin.record.models import Entry, ImportBatch, ImportRow
from lianxin.record.services import UploadRefused, imports
from lianxin.record.services.imports import Column, ImportRefused, Row
from lianxin.record.services.tables import MOST_ROWS
from tests.record.people import AT, Clerk, sheet

pytestmark = pytest.mark.django_db
CLERK = Clerk()


class Title:
    """A title in two languages, whether the translations are compiled or not."""

    def __str__(self):
        return "图片" if (get_language() or "zh").startswith("zh") else "picture"


class Grids:
    """Takes grids over: a name twice is refused; one name makes `apply` fail half way."""

    title = "网格"
    columns = (
        Column(
            "name", lazystr(Title()), required=True, hint="The name people use.", example="一网格"
        ),
        Column("phone", "电话"),
        Column("since", "日期"),
    )

    def __init__(self):
        self.taken: list[dict[str, str]] = []
        self.known: set[str] = set()

    def check(self, rows):
        seen: set[str] = set(self.known)
        refusals = {}
        for row in rows:
            if row["name"] in seen:
                refusals[row.number] = ["This name is there already."]
            seen.add(row["name"])
        return refusals

    def apply(self, rows, *, by, at):
        for row in rows:
            Entry.objects.create(
                at=at, action=f"made.{row['name']}", subject_type="x", subject_id=uuid7()
            )
            if row["name"] == "trap":
                raise Refused("half way")
            self.taken.append(dict(row.values))
        return len(rows)


@pytest.fixture
def grids(monkeypatch):
    monkeypatch.setattr(imports, "_importers", {})
    importer = Grids()
    imports.register("grids", importer)
    return importer


def look(*lines):
    return imports.preview("grids", sheet(*lines), CLERK, AT, division_code="530124")


TITLES = ("图片", "电话", "日期")


def test_a_table_is_looked_through_and_taken_over(grids):
    batch = look(
        TITLES,
        ("一网格", 13800138000, date(2026, 1, 2)),
        (None, None, None),
        ("二网格", "0871-1", datetime(2026, 1, 2, 3, 4)),  # noqa: DTZ001
    )
    assert (batch.state, batch.row_count, batch.refused_count) == (BatchState.PREVIEW, 2, 0)
    assert [(row.number, row.values["phone"]) for row in batch.rows.all()] == [
        (2, "13800138000"),
        (4, "0871-1"),
    ]
    assert grids.taken == []
    done = imports.apply(batch.pk, CLERK, AT + timedelta(hours=1))
    assert (done.state, done.applied_count) == (BatchState.APPLIED, 2)
    assert grids.taken[0] == {"name": "一网格", "phone": "13800138000", "since": "2026-01-02"}
    assert grids.taken[1]["since"] == "2026-01-02 03:04:00"
    assert ImportRow.objects.count() == 0, "the cells are not kept"
    (entry,) = Entry.objects.filter(action="record.import.apply")
    assert (entry.actor_id, entry.data) == (
        CLERK.person_id,
        {"kind": "grids", "rows": 2, "applied": 2},
    )
    with pytest.raises(IllegalMove):
        imports.apply(batch.pk, CLERK, AT)


def test_every_refused_row_says_why_and_nothing_is_taken_over(grids):
    batch = look(TITLES, ("一", "", ""), ("一", "", ""), ("", "139", ""))
    assert batch.refused_count == 2
    refusals = {row.number: row.refusals for row in batch.rows.all()}
    assert refusals[2] == []
    assert refusals[3] == ["This name is there already."]
    assert "图片" in refusals[4][0]
    with pytest.raises(ImportRefused) as refused:
        imports.apply(batch.pk, CLERK, AT)
    assert "2" in str(refused.value)
    assert grids.taken == []
    assert ImportBatch.objects.get().state == BatchState.PREVIEW


def test_what_changed_since_the_preview_is_checked_again(grids):
    batch = look(TITLES, ("一", "", ""))
    grids.known.add("一")
    with pytest.raises(ImportRefused):
        imports.apply(batch.pk, CLERK, AT)


def test_nothing_stays_half_done(grids):
    batch = look(TITLES, ("一", "", ""), ("trap", "", ""))
    with pytest.raises(Refused, match="half way"):
        imports.apply(batch.pk, CLERK, AT)
    assert Entry.objects.count() == 0
    assert ImportBatch.objects.get().state == BatchState.PREVIEW


def test_the_cells_are_sealed(grids):
    look(TITLES, ("一", "13800138000", ""))
    with connection.cursor() as cursor:
        cursor.execute("SELECT cells FROM record_importrow")
        assert b"138" not in bytes(cursor.fetchone()[0])


def test_previews_are_discarded_after_a_week(grids):
    batch = look(TITLES, ("一", "", ""))
    assert imports.purge_previews(AT + timedelta(days=6)) == 0
    assert imports.purge_previews(AT + timedelta(days=8)) == 1
    assert ImportBatch.objects.get().state == BatchState.DISCARDED
    assert not ImportRow.objects.exists()
    with pytest.raises(IllegalMove):
        imports.discard(batch.pk, CLERK, AT)


def test_titles_are_found_in_any_order_language_and_spelling(grids):
    for titles in (("picture", "phone"), ("Picture ＊", " 电 话："), ("图片*", "PHONE")):
        batch = look((None, "something else", *titles), (None, "x", "一", "139"))
        assert dict(batch.rows.get().values) == {"name": "一", "phone": "139", "since": ""}


def test_missing_columns_are_named(grids):
    with pytest.raises(UploadRefused) as refused:
        look(("电话", "日期"), ("139", ""))
    assert "图片" in str(refused.value)


@pytest.mark.parametrize("lines", [[], [TITLES], [TITLES, ("", " ", None)]])
def test_an_empty_table_is_refused(grids, lines):
    with pytest.raises(UploadRefused):
        look(*lines)


def test_too_many_rows_are_refused(grids):
    with pytest.raises(UploadRefused) as refused:
        look(TITLES, *((str(n), "", "") for n in range(MOST_ROWS + 1)))
    assert str(MOST_ROWS) in str(refused.value).replace(",", "")


def packed(**parts: bytes) -> bytes:
    """A real table with some of its parts replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(sheet(TITLES, ("一", "", ""))) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in source.namelist():
            short = name.rsplit("/", 1)[-1].removesuffix(".xml")
            archive.writestr(name, parts.get(short, source.read(name)))
    return out.getvalue()


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
<worksheet><sheetData>
<row r="1"><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>"""


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"name,phone\n1,2",
        b"PK\x03\x04 broken",
        b"\xd0\xcf\x11\xe0 old xls",
        packed(sheet1=LAUGHS),
        packed(sheet1=b"<broken"),
        packed(workbook=b"<workbook/>"),
        packed(sheet1=b"\0" * 160_000_000),
        packed()[:-40],
        b"\0" * (11 * 1024 * 1024),
    ],
    ids=range(10),
)
def test_hostile_and_broken_files_are_refused_with_a_sentence(grids, data):
    with pytest.raises(UploadRefused) as refused:
        imports.preview("grids", SimpleUploadedFile("x.xlsx", data), CLERK, AT)
    assert str(refused.value)
    assert not ImportBatch.objects.exists()


def test_the_template_is_in_the_language_of_the_moment_and_is_taken_back(grids):
    for language, title in (("zh-hans", "图片"), ("en", "picture")):
        with override(language):
            data = imports.template_workbook(grids)
        book = openpyxl.load_workbook(io.BytesIO(data))
        first, notes = book.worksheets
        assert [cell.value for cell in first[1]] == [title, "电话", "日期"]
        assert first["A1"].comment.text == "The name people use."
        assert first["B2"].number_format == "@"
        assert notes["D2"].value == "一网格"
        first.append(["三网格", "13800138000"])
        out = io.BytesIO()
        book.save(out)
        file = SimpleUploadedFile("t.xlsx", out.getvalue())
        batch = imports.preview("grids", file, None, datetime(2026, 1, 1, tzinfo=UTC))
        assert batch.rows.get().values["phone"] == "13800138000"


def test_an_unknown_kind_or_batch_is_absent(grids):
    with pytest.raises(Absent):
        imports.preview("nothing", sheet(TITLES), CLERK, AT)
    with pytest.raises(Absent):
        imports.apply(uuid7(), CLERK, AT)
    assert set(imports.kinds()) == {"grids"}
    assert Row(1, {"a": "b"})["a"] == "b"

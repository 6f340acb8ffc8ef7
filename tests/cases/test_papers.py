"""The ledger as page, print and xlsx, and the slips as docx: read back with the libraries others use."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import docx
import openpyxl
import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lianxin.cases.queries.ledger import COLUMNS
from lianxin.handling.enums import Outcome
from lianxin.handling.services import answers, dispatches
from lianxin.handling.services.answers import Reply
from lianxin.kernel.clock import now
from lianxin.record.queries import ledger as heads
from lianxin.record.services import journal, ledger
from tests import factories
from tests.architecture.source import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> factories.World:
    return factories.world()


def as_(username: str) -> Client:
    client = Client()
    assert client.login(username=username, password="a long password")
    return client


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_the_ledger_reads_back_from_xlsx(world):
    case = factories.accepted(world, now(), name="李秀英", phone="13888001234", consents=True)
    dispatch = factories.assigned(world, case, at=now())
    dispatches.sign(dispatch_id=dispatch.pk, by=world.handler, at=now())
    reply = Reply(text="已现场疏导。", outcome=Outcome.SOLVED)
    answers.answer_dispatch(dispatch_id=dispatch.pk, reply=reply, by=world.handler, at=now())
    answers.accept_answer(dispatch_id=dispatch.pk, by=world.clerk, at=now())
    response = as_("clerk").get(reverse("cases:ledger-xlsx", args=[world.venue.pk]))
    sheet = openpyxl.load_workbook(io.BytesIO(body(response))).active
    head = [cell.value for cell in sheet[1]]
    assert len(head) == len(COLUMNS)
    row = dict(zip(head, (cell.value for cell in sheet[2]), strict=True))
    assert row["反映问题（原话）"] == case.words
    assert (row["群众姓名"], row["电话"]) == ("李**", "138****1234")
    assert row["承办单位"] == "西山区交警大队"
    assert "已现场疏导。" in row["办理结果"]


def test_the_whole_ledger_of_a_venue_is_checked_off_line(world, tmp_path):
    """By the separate program: what is shown is the venue's, and nothing of the county is left out."""
    factories.assigned(world)
    other = ("tests.thing", factories.uuid7())
    journal.write(action="tests.done", by=None, at=now(), division_code="530112001", subject=other)
    ledger.sequence_all(now())
    answer = as_("clerk").get(reverse("cases:ledger-proof", args=[world.venue.pk]))
    file = tmp_path / "venue.ledger"
    file.write_bytes(body(answer))
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    shown = [one["record"]["action"] for one in lines[1:] if "record" in one]
    assert {"cases.case.filed", "handling.dispatch.send"} <= set(shown)
    assert str(other[1]) not in file.read_text(encoding="utf-8")
    assert len(lines) - 1 > len(shown)
    assert verified(file)
    for broken in (
        lines[:-1],
        [lines[0], *lines[2:]],
        [*lines[:1], lines[2], lines[1], *lines[3:]],
    ):
        text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in broken)
        file.write_text(text, encoding="utf-8")
        assert not verified(file)


def verified(file) -> bool:
    program = str(ROOT / "verify" / "lianxin_verify.py")
    vkey = heads.signer("530112").verifier.vkey
    command = [sys.executable, program, "bundle", str(file), "--key", vkey]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def test_a_formula_stays_text(world):
    factories.filed(now(), words="=1+1|cmd", title="=1+1|cmd")
    response = as_("clerk").get(reverse("cases:ledger-xlsx", args=[world.venue.pk]))
    sheet = openpyxl.load_workbook(io.BytesIO(body(response))).active
    assert "=1+1|cmd" in [cell.value for cell in sheet[2]]
    assert {cell.data_type for cell in sheet[2]} <= {"s", "n", "d"}


def test_the_slip_reads_back_from_docx(world):
    dispatch = factories.assigned(world)
    response = as_("handler").get(reverse("cases:slip-docx", args=[dispatch.pk]))
    document = docx.Document(io.BytesIO(body(response)))
    cells = {row.cells[0].text: row.cells[1].text for row in document.tables[0].rows}
    assert "交办单" in document.paragraphs[0].text
    assert cells["主办单位"] == "西山区交警大队"
    assert cells["编号"] == dispatch.matter.case.number


def test_who_reads_a_ledger(world):
    address = reverse("cases:ledger", args=[world.venue.pk])
    seen = {
        name: as_(name).get(address).status_code
        for name in ("clerk", "other_clerk", "supervisor", "handler", "deputy")
    }
    assert seen == {
        "clerk": 200,
        "other_clerk": 404,
        "supervisor": 200,
        "handler": 404,
        "deputy": 404,
    }


def test_a_ledger_asks_as_often_for_thirty_rows_as_for_one(world, django_assert_max_num_queries):
    from django.db import connection

    client, address = as_("clerk"), reverse("cases:ledger", args=[world.venue.pk])
    factories.assigned(world, at=now())
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _ in range(29):
        factories.assigned(world, at=now())
    with CaptureQueriesContext(connection) as thirty:
        client.get(address)
    assert len(one) == len(thirty) < 30


def test_a_period_that_makes_no_sense_says_so(world):
    address = reverse("cases:ledger", args=[world.venue.pk])
    page = as_("clerk").get(address, {"since": "2026-03-01", "until": "2026-02-01"})
    assert "结束日期早于开始日期" in page.content.decode()

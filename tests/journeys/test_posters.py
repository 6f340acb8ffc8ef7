"""Boards go to the printer as PDF: whole sheets of the right size, filled, with the right codes."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from lianxin.web.qr import qr
from tests.journeys.people import PICTURES

#: Points of the papers; Chromium rounds to a quarter of a point or so.
PAPERS = {
    "a3": (842, 1191),
    "a2": (1191, 1684),
    "large": (1191, 1684),
    "bilingual": (842, 1191),
    "cards": (595, 842),
}
FORMS = {
    "a3": "海报 A3",
    "a2": "海报 A2",
    "large": "大字海报 A2",
    "bilingual": "双语海报 A3",
    "cards": "代表卡片 A4",
}
#: How far down the lowest thing on a sheet reaches, as part of its height.
FILLED = """() => [...document.querySelectorAll('.poster')].map((sheet) => {
  const box = sheet.getBoundingClientRect();
  return Math.max(...[...sheet.children].map((e) => e.getBoundingClientRect().bottom - box.top)) / box.height;
})"""
CUT = """() => [...document.querySelectorAll('.tells')].filter((e) => e.scrollHeight > e.clientHeight + 2)
  .map((e) => e.textContent.trim().slice(0, 20))"""


@pytest.fixture
def head(people):
    one = people("head").open("/desk/venue/")
    one.page.get_by_role("link", name="打印公示栏").click()
    return one


def printed(person, form: str) -> str:
    """Presses the button of a form; the address of the recorded version."""
    person.page.get_by_role("link", name=FORMS[form], exact=True).click()
    person.page.get_by_role("button", name="打印新版").click()
    person.page.wait_for_url(re.compile(r"\?version=\d+"))
    return person.page.url


def facts_of_pdf(path: Path) -> tuple[int, tuple[float, float]]:
    said = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout
    pages = re.search(r"Pages:\s+(\d+)", said)
    size = re.search(r"Page size:\s+([\d.]+) x ([\d.]+)", said)
    assert pages
    assert size
    return int(pages[1]), (float(size[1]), float(size[2]))


@pytest.mark.skipif(not shutil.which("pdfinfo"), reason="needs poppler-utils")
@pytest.mark.parametrize("form", sorted(PAPERS))
def test_a_form_prints_on_whole_sheets_and_fills_them(head, form, tmp_path):
    version = re.search(r"version=(\d+)", printed(head, form))[1]
    page = head.page
    sheets = page.locator(".poster").count()
    path = tmp_path / f"{form}.pdf"
    page.pdf(path=path, prefer_css_page_size=True, print_background=True)
    pages, size = facts_of_pdf(path)
    assert pages == sheets
    assert size == pytest.approx(PAPERS[form], abs=1.5)
    assert page.evaluate(CUT) == []
    if form != "cards":
        assert all(0.96 < part <= 1 for part in page.evaluate(FILLED))
        code = re.search(r"/desk/venue/([^/]+)/", page.url)[1]
        drawn = page.locator(".big-code").first.evaluate("e => e.innerHTML.trim()")
        assert same(drawn, qr(f"{head.site.url}/b/{code}/{version}/", error="q"))
    PICTURES.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["pdftoppm", "-r", "60", "-png", "-f", "1", "-l", "1", path, PICTURES / f"poster-{form}"],
        check=True,
    )


def same(one: str, other: str) -> bool:
    """Two drawings of the same code: the modules are in the path."""
    paths = [re.findall(r'\bd="([^"]+)"', text) for text in (one, other)]
    return bool(paths[0]) and paths[0] == paths[1]


def test_a_passer_by_scans_an_old_board(head, people):
    version = re.search(r"version=(\d+)", printed(head, "a3"))[1]
    code = re.search(r"/desk/venue/([^/]+)/", head.page.url)[1]
    passer_by = people().open(f"/b/{code}/{version}/").sees("这块公示栏是最新的")
    head.open(f"/desk/venue/{code}/facts/")
    head.page.locator("[name=hours]").fill("周一至周五 8:00—18:00")
    head.page.get_by_role("button", name="保存").click()
    head.sees("已保存")
    passer_by.open(f"/b/{code}/{version}/").sees("开放时间现为：周一至周五 8:00—18:00。")
    passer_by.sees("打印以后有这些变化")
    passer_by.shot("board-old")

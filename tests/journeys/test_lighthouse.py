"""Lighthouse's marks for the pages people meet first; it runs from npm with our own browser."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import pytest

from tests.journeys.conftest import ARGS, CHROMIUM
from tests.journeys.people import PHONE
from tests.journeys.site import ROOT
from tests.journeys.test_filing import begin, code_of, say_where

LIGHTHOUSE = ROOT / "node_modules" / "lighthouse" / "cli" / "index.js"
LEAST = 95

pytestmark = pytest.mark.skipif(
    not LIGHTHOUSE.exists() or not shutil.which("node"), reason="needs Node.js and npm ci"
)


def marks(url: str, folder, cookies: list) -> tuple[dict[str, int], list[str]]:
    """Marks of 100 by category, and the audits that cost something."""
    told = "; ".join(f"{one['name']}={one['value']}" for one in cookies)
    done = subprocess.run(
        [
            "node", str(LIGHTHOUSE), url, "--quiet", "--output=json",
            f"--output-path={folder / 'lighthouse.json'}",
            "--only-categories=accessibility,best-practices",
            f"--chrome-flags={' '.join(['--headless=new', *ARGS])}",
            f"--extra-headers={json.dumps({'Cookie': told} if told else {})}",
            "--no-enable-error-reporting",
        ],
        env={**os.environ, "CHROME_PATH": CHROMIUM}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    read = json.loads((folder / "lighthouse.json").read_text())
    scores = {name: round(100 * part["score"]) for name, part in read["categories"].items()}
    wrong = [
        f"{one['id']}: {one['title']}"
        for one in read["audits"].values()
        if one["score"] is not None and one["score"] < 1
    ]
    return scores, wrong


def test_marks(people, site, tmp_path):
    resident, clerk = people(size=PHONE), people("clerk")
    begin(resident)
    say_where(resident).send("提交")
    pages = {
        "/": [],
        "/file/": [],
        f"/t/{code_of(resident)}/": [],
        "/results/": [],
        "/desk/": clerk.context.cookies(),
    }
    low = []
    for path, cookies in pages.items():
        scores, wrong = marks(site.url + path, tmp_path, cookies)
        print(path.split("/")[1] or "home", scores, wrong)
        low += [(path, scores, wrong)] * (min(scores.values()) < LEAST)
    assert not low, low

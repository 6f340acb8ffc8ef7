"""Pictures for the README and the guides that no other journey takes."""

from __future__ import annotations

from PIL import Image

from tests.journeys.people import PHONE, PICTURES
from tests.journeys.test_filing import begin, code_of, say_where

GAP = 32


def test_overview(people):
    """Home on a phone, the desk, a matter on its way, beside each other."""
    one = people(size=PHONE).open("/").shot("overview-home")
    begin(one)
    say_where(one).send("提交")
    one.open(f"/t/{code_of(one)}/").shot("overview-track")
    people("clerk", size={"width": 1200, "height": 800}).open("/desk/").shot("overview-desk")
    parts = [PICTURES / f"overview-{name}.png" for name in ("home", "desk", "track")]
    pictures = [Image.open(path).convert("RGB") for path in parts]
    width = sum(p.width for p in pictures) + GAP * (len(pictures) + 1)
    sheet = Image.new("RGB", (width, 800 + 2 * GAP), "#e9e6df")
    left = GAP
    for picture in pictures:
        sheet.paste(picture, (left, GAP))
        left += picture.width + GAP
    sheet.resize((width * 3 // 4, (800 + 2 * GAP) * 3 // 4), Image.Resampling.LANCZOS).quantize(
        128
    ).save(PICTURES / "overview.png", optimize=True)
    for path in parts:
        path.unlink()


def test_the_operators_pages(people):
    one = people("security").open("/staff/organs/").sees("西山区").shot("organs")
    one.leave()
    people("operator").open("/staff/imports/").shot("imports")

"""No barrier on any page: axe-core and sideways scrolling, phone and desk, normal and elder,
Chinese and English; how heavy the first page is; the elder mode's sizes."""

from __future__ import annotations

import gzip
import re
import urllib.request

import pytest

from tests.journeys.people import DESK, PHONE, Person
from tests.journeys.test_filing import begin, code_of, say_where

MODES = {
    "normal": {},
    "elder": {"elder": "1"},
    "english": {"lang": "en"},
    "english-elder": {"lang": "en", "elder": "1"},
}
SIZES = {"360": PHONE, "1280": DESK}
#: Of the first public page with everything it loads, as it comes over the line.
MOST_BYTES = 100 * 1024

PUBLIC = ("/", "/results/", "/venues/", "/track/", "/sign-in/")
STAFF = {
    "clerk": ("/desk/", "/desk/lists/all/", "/desk/register/", "/ledgers/"),
    "unit": ("/unit/", "/unit/?where=done", "/notices/"),
    "deputy": ("/deputy/", "/deputy/matters/?where=follow"),
    "office": (
        "/office/", "/office/matters/", "/office/places/", "/office/units/",
        "/office/supervisions/", "/office/extensions/", "/office/commitments/", "/office/rules/",
    ),
    "operator": ("/staff/organs/", "/staff/imports/"),
}  # fmt: skip


@pytest.fixture(scope="module")
def receipt(browser, site):
    """The code of a matter just filed: its receipt and tracking page are looked at, too."""
    one = Person(browser, site, size=PHONE)
    begin(one)
    say_where(one).send("提交")
    code = code_of(one)
    one.leave()
    return code


def look(one: Person, path: str, found: list) -> None:
    one.open(path)
    modes = [
        c["name"] + c["value"] for c in one.context.cookies() if c["name"] in ("lang", "elder")
    ]
    found += [(path, *modes, *barrier) for barrier in one.barriers()]


def links(one: Person, start: str, pattern: str) -> list[str]:
    """The first link of this kind on a page: a venue, a result, a case."""
    one.open(start)
    hrefs = one.main.locator("a").evaluate_all("all => all.map((a) => a.getAttribute('href'))")
    return [next(href for href in hrefs if href and re.search(pattern, href))]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mode", MODES)
def test_public_pages(people, receipt, mode, size):
    one = people(size=SIZES[size]).cookies(**MODES[mode])
    paths = [
        *PUBLIC,
        *links(one, "/results/", r"/results/[0-9a-f-]{36}/$"),
        *links(one, "/venues/", r"/venues/[^/]+/$"),
        *(f"/t/{receipt}/{part}" for part in ("", "receipt/", "slip/", "supplement/", "withdraw/")),
    ]
    found: list = []
    for path in paths:
        look(one, path, found)
    assert not found, "\n".join(map(str, found))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mode", MODES)
def test_the_steps_of_filing(people, mode, size):
    one = people(size=SIZES[size]).cookies(**MODES[mode])
    found: list = []
    one.open("/file/").finish()
    found += [("/file/ with a mistake", *b) for b in one.barriers()]
    one.fill("words", "路灯坏了半个月，晚上看不清路。")
    found += [("/file/", *b) for b in one.barriers()]
    # Suggestions arrive while one writes and move the button: pressed when they are there.
    one.page.wait_for_timeout(1500)
    one.page.wait_for_load_state("networkidle")
    one.finish().page.locator("[name=division]").wait_for()
    one.page.locator("[name=division]").press_sequentially("前卫街道", delay=20)
    one.page.get_by_role("option").first.wait_for()
    found += [("where, open list", *b) for b in one.barriers()]
    one.page.get_by_role("option").filter(has_text="前卫街道").first.click()
    one.finish().page.locator("[name=phone]").wait_for()
    found += [("contact", *b) for b in one.barriers()]
    assert not found, "\n".join(map(str, found))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("who", STAFF)
def test_workplaces(people, who, size):
    one = people(who, size=SIZES[size])
    paths = list(STAFF[who])
    if who == "clerk":
        paths += links(one, "/desk/lists/all/", r"/case/[0-9a-f-]{36}/$")
        paths += links(one, "/ledgers/", r"/ledgers/[0-9a-f-]{36}/")
    if who in ("unit", "deputy"):
        paths += links(one, paths[0], r"/dispatch/[0-9a-f-]{36}/$")
        paths += links(one, paths[0], r"/dispatch/[0-9a-f-]{36}/answer/$")
    found: list = []
    for mode in ("normal", "english-elder"):
        one.context.clear_cookies(name=re.compile("^(elder|lang)$"))
        one.cookies(**MODES[mode])
        for path in paths:
            look(one, path, found)
    assert not found, "\n".join(map(str, found))


def weight(site, one: Person, path: str) -> dict[str, int]:
    """Bytes of every answer a fresh browser gets for a page, headers aside, as they are sent."""
    asked: list[str] = []
    one.page.on("request", lambda request: asked.append(request.url))
    one.open(path)
    sizes = {}
    for url in dict.fromkeys(asked):
        if url.startswith(("data:", "blob:")):
            continue
        assert url.startswith(site.url), f"{path} asks another host: {url}"
        request = urllib.request.Request(url, headers={"Accept-Encoding": "br, gzip"})  # noqa: S310
        with urllib.request.urlopen(request) as answer:  # noqa: S310  (our own server)
            sizes[url.removeprefix(site.url)] = len(answer.read())
    return sizes


@pytest.mark.parametrize("path", ["/", "/file/", "/results/", "/venues/"])
def test_the_first_page_is_light(people, site, path):
    sizes = weight(site, people(), path)
    total = sum(sizes.values())
    print(f"{path}: {total / 1024:.1f} KB in {len(sizes)} files")
    assert total <= MOST_BYTES, sizes


def test_pages_are_sent_compressed(site):
    request = urllib.request.Request(f"{site.url}/", headers={"Accept-Encoding": "gzip"})  # noqa: S310
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        assert answer.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(answer.read()).lower().startswith(b"<!doctype html>")


def test_elder_mode_is_large_and_remembered(people):
    one = people().open("/")
    one.page.get_by_role("button", name="长辈版").or_(
        one.page.get_by_role("link", name="长辈版")
    ).first.click()
    one.page.wait_for_load_state()
    assert one.page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 18
    one.open("/file/").shot("elder", full=True)
    assert one.page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 18
    assert one.page.locator(".button-main").first.bounding_box()["height"] >= 60


def test_public_pages_set_no_session(people):
    one = people()
    for path in PUBLIC[:4]:
        one.open(path)
    assert [c["name"] for c in one.context.cookies() if "session" in c["name"]] == []

"""Reception walked by everybody who has to do with it, in real browsers on one server.

A resident finds a deputy, books, moves, is called and received; what was said becomes a case on the
deputy's list and a row of the ledger. A clerk plans a year, deputies swap, and board, feed and the
poster on the wall follow.
"""

from __future__ import annotations

import re
import time
from datetime import date, datetime, timedelta
from itertools import pairwise

import openpyxl
import pytest
from icalendar import Calendar

from lianxin.kernel.clock import LOCAL, local
from tests.journeys.people import DESK, PHONE, Person
from tests.journeys.site import Site

STATION = "前卫街道人大代表工作站"
#: Nobody else who comes is called 谢: her row is found by what is shown of her name.
NAME = "谢桂芝"
WORDS = "红庙社区老年活动室的门锁坏了两个月，下雨天老人只能站在屋檐下。"
CHINESE_DAY = re.compile(r"(\d{4})年(\d+)月(\d+)日")
HOURS = re.compile(r"(\d{1,2}):(\d{2})")


def moment(day: str, hours: str) -> datetime:
    """The moment that a page shows as a Chinese date and an hour."""
    year, month, number = map(int, CHINESE_DAY.search(day).groups())
    hour, minute = map(int, HOURS.search(hours).groups())
    return datetime(year, month, number, hour, minute, tzinfo=LOCAL)


def go_to(site: Site, when: datetime) -> None:
    site.move(when - site.now())


def until(seconds: float, look) -> object:
    """What `look` finds once the outbox has done its work."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.5)
    raise AssertionError("it never came")


def six_digits(site: Site, phone: str) -> str:
    """The code that left for this phone as a text message."""

    def look():
        sent = [one for one in site.outgoing() if str(one["address"]).endswith(phone)]
        found = [re.search(r"\b\d{6}\b", str(one["text"])) for one in reversed(sent)]
        return next((one.group() for one in found if one), "")

    return str(until(30, look))


def seat(clerk: Person, day_page: str, names: tuple[str, ...]) -> None:
    """The clerk puts these deputies on the seats of the day by hand."""
    clerk.open(day_page.replace("/reception/days/", "/desk/reception/days/") + "seats/")
    for number, name in enumerate(names, start=1):
        box = clerk.page.locator("main select").nth(number - 1)
        box.select_option(label=box.locator("option", has_text=name).first.inner_text())
    clerk.finish()


@pytest.fixture
def names(people):
    """Who `deputy` and `deputy2` are."""
    found = []
    for username in ("deputy", "deputy2"):
        one = people(username, size=PHONE).open("/deputy/reception/")
        found.append(one.page.locator(".bar .brand span").first.inner_text().split()[-1])
    return tuple(found)


def test_a_resident_is_received_and_the_deputy_has_the_matter(people, site, names, tmp_path):
    resident, clerk = people(size=PHONE), people("clerk")
    deputy = people("deputy", size=PHONE)

    # Finds the deputies of the place, and their next reception.
    resident.open("/").press("找我的代表 按住址找")
    resident.page.locator("#find-q").fill("前卫社区第1网格")
    resident.press("查找").sees("前卫社区", "联系您所在网格的代表", "近期接待")
    resident.shot("find-result", full=True)

    # Books a time of the first day that has several.
    resident.open("/reception/")
    code = clerk.open("/desk/venue/").page.locator("dd.number").first.inner_text()
    resident.open(f"/reception/?venue={code}")
    resident.page.locator(".days li", has_text="名额").first.get_by_role("link").last.click()
    resident.page.wait_for_load_state()
    day_page = resident.path
    day = resident.page.locator("h1").inner_text()
    seat(clerk, day_page, names)
    resident.open(f"{day_page}?again=1").sees(*names)  # the browser keeps the first for a minute
    resident.shot("reception-day", full=True)
    resident.page.locator(".times a.button").first.click()
    resident.page.wait_for_load_state()
    resident.fill("topic", "老年活动室的门锁").fill("name", NAME).fill("phone", "13987654321")
    resident.page.locator("[name=consents]").check()
    resident.shot("book", full=True)
    resident.page.locator("button[name=act][value=send]").click()
    resident.page.wait_for_load_state()
    resident.fill("code", six_digits(site, "13987654321"))
    resident.page.locator("main button[name=act][value=book]").first.click()
    resident.page.wait_for_load_state()
    booking = resident.path
    assert booking.startswith("/reception/bookings/")
    resident.shot("booking", full=True)

    # Moves it, and says that she comes.
    resident.act("move")
    times = resident.page.locator("main [name=slot]")
    times.nth(min(1, times.count() - 1)).check(force=True)
    resident.finish()
    booking = resident.path
    if resident.page.locator("form[action$='/confirm/']").count():
        resident.act("confirm")
        resident.sees("已确认")
    hours = resident.page.locator("main").inner_text()

    # On the day: the screen in the room, the queue, the call.
    screens = clerk.open("/desk/reception/screens/")
    screens.fill("name", "一楼大厅").finish()
    address = screens.page.locator("main").inner_text()
    link = re.search(r"/screen/[^/\s]+/", address)[0]
    go_to(site, moment(day, hours) - timedelta(minutes=10))
    screen = people(size={"width": 1920, "height": 1080}).open(link)
    clerk.open("/desk/reception/room/")
    clerk.act("begin")
    deputy.open("/deputy/reception/")
    digits = screen.open(link).page.locator(".k-digits").inner_text()
    deputy.fill("code", digits).send("签到").sees("到岗")
    clerk.open("/desk/reception/room/").sees("谢**")
    clerk.shot("room", full=True)
    clerk.page.locator("tr", has_text="谢**").locator("form[action$='/arrive/'] button").click()
    clerk.page.wait_for_load_state()
    clerk.open("/desk/reception/room/").act("next")
    number = clerk.page.locator(".called-number").first.inner_text().split()[0].removesuffix("号")
    until(20, lambda: number in screen.page.locator(".k-called").all_inner_texts().__str__())
    screen.shot("screen")

    # One form, nothing typed twice; the deputies take it with them.
    clerk.page.locator(".called a.button").first.click()
    clerk.page.wait_for_load_state()
    clerk.fill("words", WORDS).choose("path", "带回")
    for box in clerk.page.locator(".only-deputy [name=takers]").all()[:1]:
        box.check(force=True)
    clerk.shot("visit", full=True)
    clerk.finish()
    clerk.sees("回执码")
    until(30, lambda: "活动室的门锁" in deputy.open("/deputy/").text)
    deputy.shot("deputy-after-reception", full=True)

    # The record is signed, and the ledger has the row with both names.
    clerk.open("/desk/reception/room/").act("end")
    ledger = clerk.open("/ledgers/")
    ledger.page.get_by_role("link", name=re.compile(STATION)).first.click()
    ledger.page.wait_for_load_state()
    table = openpyxl.load_workbook(ledger.download("xlsx", tmp_path / "ledger.xlsx")).active
    rows = [[str(cell or "") for cell in row] for row in table.iter_rows(values_only=True)]
    mine = next(row for row in rows if WORDS[:12] in " ".join(row))
    assert "接待日" in mine
    assert any(names[0] in cell for cell in mine)


def test_a_year_is_planned_a_turn_swapped_and_the_wall_follows(people, site, names):
    clerk, head, passer_by = people("clerk"), people("head"), people(size=PHONE)
    code = clerk.open("/desk/venue/").page.locator("dd.number").first.inner_text()
    year = local(site.now()).year + 1

    # The days of next year, then the pairs.
    clerk.open(f"/desk/reception/days/?year={year}")
    if clerk.page.locator("form[action*='/days/plan/']").count():
        clerk.page.locator("form[action*='/days/plan/'] button").click()
        clerk.page.wait_for_load_state()
    clerk.shot("reception-year", full=True)
    clerk.open(f"/desk/reception/rota/?year={year}")
    clerk.page.locator("form[action*='/rota/plan/'] button.button-main").click()
    clerk.page.wait_for_load_state()
    clerk.shot("rota-draft", full=True)
    clerk.act("publish")
    clerk.open(f"/desk/reception/rota/?year={year}").shot("rota", full=True)
    loads = [int(n) for n in re.findall(r"(\d+) 次", clerk.text)]
    assert loads
    assert max(loads) - min(loads) <= 1

    # The head prints the board; who passes by and scans it reads that it is up to date.
    head.open(f"/desk/venue/{code}/board/a3/")
    head.page.locator("form[action$='/print/'] button").click()
    head.page.wait_for_load_state()
    version = max(
        int(one)
        for one in re.findall(rf"/b/{code}/(\d+)/", head.page.content() + head.page.url)
        or re.findall(r"第\s*(\d+)\s*版", head.page.content())
    )
    passer_by.open(f"/b/{code}/{version}/").sees("最新")
    before = feed(passer_by, code)

    # One deputy asks, the other agrees.
    deputy = people("deputy", size=PHONE).open("/deputy/reception/")
    turns = [one.get_attribute("href") for one in deputy.page.locator("a[href$='/swap/']").all()]
    colleague = deputy.page.locator("a.card", has_text=names[1])
    assert any(deputy.open(turn) and colleague.count() for turn in turns)
    colleague.first.click()
    deputy.page.wait_for_load_state()
    deputy.shot("swap", full=True)
    for field in {
        one.get_attribute("name") for one in deputy.page.locator("main [type=radio]").all()
    }:
        deputy.page.locator(f"main [name={field}]").first.check(force=True)
    deputy.finish()
    other = people("deputy2", size=PHONE).open("/deputy/reception/").sees(names[0])
    other.shot("swap-asked", full=True)
    other.page.locator("form:has([name=act][value=agree]) button").first.click()
    other.page.wait_for_load_state()
    swaps = clerk.open("/desk/reception/swaps/")
    if swaps.page.get_by_role("button", name="确认换班").count():
        swaps.send("确认换班")

    # Board, feed and wall say so by themselves.
    until(
        30,
        lambda: (
            "最新" not in passer_by.open(f"/b/{code}/{version}/").page.locator("h1").inner_text()
        ),
    )
    passer_by.sees(names[1])
    passer_by.shot("board-check", full=True)
    after = feed(passer_by, code)
    changed = [uid for uid in after if uid in before and after[uid] != before[uid]]
    assert changed
    head.open("/desk/boards/").sees("已过期")


def feed(person: Person, code: str) -> dict[str, tuple[int, str]]:
    """UID → (SEQUENCE, what it says) of the venue's calendar."""
    answer = person.context.request.get(f"{person.site.url}/venues/{code}/calendar.ics")
    assert answer.ok
    events = Calendar.from_ical(answer.text()).walk("VEVENT")
    return {
        str(one["UID"]): (
            int(one.get("SEQUENCE", 0)),
            f"{one['SUMMARY']} {one.get('DESCRIPTION', '')}",
        )
        for one in events
    }


def test_days_of_the_demo_world_are_in_order(people):
    """What a visitor sees first: coming days, each once, in their order."""
    one = people(size=DESK).open("/reception/")
    found = [date(*map(int, day)) for day in CHINESE_DAY.findall(one.text)]
    assert all(first <= second for first, second in pairwise(found))

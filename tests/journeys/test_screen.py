"""The kiosk screen beside the clerk's queue: numbers come up, a lost line heals by itself, nothing
grows in weeks, a new version is loaded only once it answers, and a screen taken down goes blank.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import DESK, PICTURES, Person

WALL = {"width": 1920, "height": 1080}
BEAT = 40  # milliseconds between two questions, instead of five seconds
CYCLES = 500

DAY_TODAY = """
from datetime import time
from lianxin.kernel.clock import local_date, now
from lianxin.people.models import Account
from lianxin.reception.enums import DayState
from lianxin.reception.models import ReceptionDay
from lianxin.reception.services.days import add_day
from lianxin.reception.services.seats import seat_deputies
from lianxin.venues.models import Venue
from lianxin.venues.queries import deputies_of_venue
venue = Venue.objects.get(desk__posts__person__account__username="clerk")
today = ReceptionDay.objects.filter(venue=venue, date=local_date(now()))
today.update(state=DayState.CANCELLED)
day = add_day(
    venue_id=venue.pk, on=local_date(now()), starts=time(0), ends=time(23, 59), by=None, at=now()
)
pair = [one.pk for one in deputies_of_venue(venue.pk)[:2]]
seat_deputies(day_id=day.pk, deputy_ids=pair, by=None, at=now())
"""


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()
    page.wait_for_load_state()


def draw(page: Page) -> None:
    """A number, its slip, and back to the queue."""
    press(page, "取号")
    expect(page.locator(".slip-number")).to_be_visible()
    page.get_by_role("link", name="返回叫号").click()
    page.wait_for_load_state()


def card(clerk, name: str):
    return clerk.page.locator(".screen-card").filter(has_text=name)


def set_up(clerk, name: str) -> str:
    """A new screen; returns its secret address."""
    clerk.open("/desk/reception/screens/")
    clerk.page.get_by_label("挂在哪里").fill(name)
    press(clerk.page, "新增")
    return card(clerk, name).locator(".screen-link").inner_text().strip()


@pytest.fixture(scope="module")
def address(site, browser):
    """A clerk sets a screen up and begins the day."""
    site.manage("shell", "-c", DAY_TODAY)
    clerk = Person(browser, site, size=DESK).sign_in("clerk")
    found = set_up(clerk, "候谈区左侧墙")
    clerk.open("/desk/reception/room/")
    press(clerk.page, "开始接待")
    for _ in range(3):
        draw(clerk.page)
    clerk.leave()
    return found


def wall(people, address: str, query: str = f"?beat={BEAT}"):
    kiosk = people(size=WALL)
    kiosk.open(address + query)
    return kiosk


def picture(kiosk, name: str) -> None:
    """At once: a screen that asks all the time never settles."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    kiosk.page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")


def latest(kiosk):
    return kiosk.page.locator(".k-latest")


def test_numbers_come_up_and_a_lost_line_heals(people, address):
    clerk, kiosk = people("clerk"), wall(people, address)
    clerk.open("/desk/reception/room/")
    expect(kiosk.page.locator(".k-waiting li")).to_have_text(["1", "2", "3"])
    press(clerk.page, "叫下一位")
    expect(latest(kiosk)).to_have_text("1号")
    expect(kiosk.page.locator(".k-waiting li")).to_have_text(["2", "3"])
    picture(kiosk, "screen-called")

    line = kiosk.page.locator("#line")
    expect(line).to_be_hidden()
    kiosk.context.set_offline(True)
    expect(line).to_be_visible()
    expect(line).to_contain_text("离线，自")
    press(clerk.page, "叫下一位")
    expect(latest(kiosk)).to_have_text("1号")  # what was known last stays
    assert kiosk.page.url.startswith(address)
    picture(kiosk, "screen-offline")
    kiosk.context.set_offline(False)
    expect(line).to_be_hidden()
    expect(latest(kiosk)).to_have_text("2号")


def test_nothing_grows(people, address):
    """Five hundred times the part is replaced by a fresh one: no node, no listener is left over."""
    kiosk = wall(people, address)
    asked = []

    def always_fresh(route):
        asked.append(route.request.url)
        headers = {k: v for k, v in route.request.headers.items() if k != "if-none-match"}
        route.continue_(headers=headers)

    kiosk.page.route("**/state/", always_fresh)
    devtools = kiosk.context.new_cdp_session(kiosk.page)

    def counted():
        devtools.send("HeapProfiler.collectGarbage")
        found = devtools.send("Memory.getDOMCounters")
        live = kiosk.page.evaluate("document.querySelectorAll('*').length")
        return live, found["nodes"], found["jsEventListeners"]

    def wait_for(number):
        while len(asked) < number:
            kiosk.page.wait_for_timeout(200)

    wait_for(20)
    before = counted()
    wait_for(20 + CYCLES)
    after = counted()
    assert after[0] == before[0]
    # A document being parsed at this moment may be counted: one, not five hundred.
    assert after[1] <= before[1] + 2 * before[0]
    assert after[2] <= before[2] + 5


def test_a_new_version_is_loaded_only_once_it_answers(people, address):
    kiosk = wall(people, address)
    broken = [True]

    def newer(route):
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "x-screen-version": "next"})

    def page(route):
        if broken[0]:
            route.fulfill(status=502, body="no")
        else:
            route.continue_()

    kiosk.page.evaluate("window.old = true")
    kiosk.page.route("**/state/", newer)
    kiosk.page.route(f"{address}?beat={BEAT}", page)
    kiosk.page.wait_for_timeout(40 * BEAT)
    assert kiosk.page.evaluate("window.old") is True  # the server is in trouble: the old page stays
    kiosk.page.unroute("**/state/", newer)
    kiosk.page.route("**/state/", newer)
    broken[0] = False
    kiosk.page.wait_for_function("() => !window.old && document.querySelector('.k-state')")
    kiosk.page.unroute_all(behavior="wait")  # no answer is on its way when the page is closed


def test_a_strangers_answer_is_no_state(people, address):
    """A captive portal or a proxy answers 200 with its own page: the screen stays as it was."""
    kiosk = wall(people, address)
    expect(kiosk.page.locator(".k-now")).to_be_visible()
    kiosk.page.route("**/state/", lambda route: route.fulfill(status=200, body="<p>sign in</p>"))
    expect(kiosk.page.locator("#line")).to_be_visible()
    expect(kiosk.page.locator(".k-now")).to_be_visible()
    kiosk.page.unroute("**/state/")
    expect(kiosk.page.locator("#line")).to_be_hidden()


def test_without_a_script_and_on_a_phone(people, address):
    kiosk = people(java_script_enabled=False)
    kiosk.open(address)
    expect(kiosk.page.locator(".k-now")).to_be_visible()
    phone = people()
    phone.open(address).settled()
    assert not phone.page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_screen_taken_down_goes_blank(people, address):
    clerk = people("clerk")
    other = set_up(clerk, "大厅门口")
    kiosk = wall(people, other)
    expect(kiosk.page.locator(".k-now")).to_be_visible()
    clerk.page.on("dialog", lambda dialog: dialog.accept())
    card(clerk, "大厅门口").get_by_role("button", name="停用").click()
    expect(kiosk.page.locator("#state")).to_contain_text("已停用")
    expect(kiosk.page.locator(".k-qr")).to_have_count(0)

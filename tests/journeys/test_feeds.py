"""A clerk's pattern becomes a calendar that libical accepts and that khal and vdirsyncer read; what
changes at the desk changes there.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from email.message import Message
from pathlib import Path

import pytest

from lianxin.kernel.clock import LOCAL, local
from tests.journeys.people import PHONE
from tests.journeys.site import Site

LIBICAL = ("/usr/bin/python3", str(Path(__file__).parent / "libical_reads.py"))
BIN = Path(sys.executable).parent


def libical(body: bytes, folder: Path) -> dict:
    """What libical makes of a feed; skips where the system has none."""
    file = folder / "feed.ics"
    file.write_bytes(body)
    done = subprocess.run([*LIBICAL, str(file)], capture_output=True, text=True, check=False)
    if "gi" in done.stderr and "ModuleNotFoundError" in done.stderr:
        pytest.skip("needs gir1.2-ical-3.0")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def fetch(url: str, **headers: str) -> tuple[int, bytes, Message]:
    asked = urllib.request.Request(url, headers=headers)  # noqa: S310  (our own server)
    try:
        with urllib.request.urlopen(asked, timeout=15) as answer:  # noqa: S310
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as refused:
        return refused.code, b"", refused.headers


class Calendars:
    """A person's calendar at home: vdirsyncer fetches the feed, khal shows it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.home = folder
        self.events = folder / "events"
        self.events.mkdir(parents=True)
        (folder / "vdirsyncer").write_text(
            f'[general]\nstatus_path = "{folder}/status/"\n'
            '[pair feed]\na = "there"\nb = "here"\ncollections = null\nconflict_resolution = "a wins"\n'
            f'[storage there]\ntype = "http"\nurl = "{url}"\n'
            f'[storage here]\ntype = "filesystem"\npath = "{self.events}/"\nfileext = ".ics"\n'
        )
        (folder / "khal").write_text(
            f"[calendars]\n[[feed]]\npath = {self.events}\nreadonly = True\n"
            "[locale]\nlocal_timezone = Asia/Shanghai\ndefault_timezone = Asia/Shanghai\n"
            "timeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
            "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
            f"[sqlite]\npath = {folder}/khal.db\n"
        )

    def _run(self, *words: str) -> str:
        kept = {"HOME": str(self.home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        done = subprocess.run(words, env=kept, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{words}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def sync(self) -> Calendars:
        config = ("-c", str(self.home / "vdirsyncer"))
        if not (self.home / "status").exists():
            self._run(str(BIN / "vdirsyncer"), *config, "discover")
        self._run(str(BIN / "vdirsyncer"), *config, "sync")
        return self

    def shown(self, days: int = 90) -> list[str]:
        """`day hour title` of all that khal shows from today on."""
        form = ("--format", "{start-long-full} {title}{status}", "--day-format", "", "-o")
        here = ("-c", str(self.home / "khal"), "list", *form, "today", f"{days}d")
        return [line.strip() for line in self._run(str(BIN / "khal"), *here).splitlines() if line]


@pytest.fixture(scope="module")
def pattern(site: Site) -> dict[str, str]:
    """Every Friday, a month from now on."""
    begin = local(site.now()).date() + timedelta(days=10)
    return {"from": begin.isoformat(), "until": (begin + timedelta(days=27)).isoformat()}


def test_a_pattern_becomes_a_calendar(people, site, pattern, tmp_path):
    clerk = people("clerk")
    clerk.open("/desk/reception/days/patterns/new/")
    clerk.choose("kind", "按星期几").choose("weekdays", "周五")
    clerk.fill("starts", "15:05").fill("ends", "17:05").fill("place", "一楼群众接待室")
    clerk.fill("from_date", pattern["from"]).fill("until_date", pattern["until"])
    clerk.press("保存并排出日期").sees("每周五", "15:05—17:05").shot("reception-days", full=True)
    code = re.search(r"venue=([\w-]+)", clerk.page.url).group(1)
    feed = f"{site.url}/venues/{code}/calendar.ics"

    status, body, headers = fetch(feed)
    assert (status, headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    found = libical(body, tmp_path)
    assert (found["errors"], found["is_valid"], found["zones"]) == ([], True, ["Asia/Shanghai"])
    ours = [event for event in found["events"] if event["start"].endswith("T150500")]
    assert 3 <= len(ours) <= 4
    for event in ours:
        begin = datetime.fromtimestamp(event["moment"], LOCAL)
        assert (begin.hour, begin.minute) == (15, 5)
        # Each day takes place once, in Shanghai's afternoon, for two hours.
        assert event["occurrences"] == [[event["moment"], event["moment"] + 7200]]
        assert event["zone"] == "Asia/Shanghai"
        assert event["status"] == "confirmed"
        assert "一楼群众接待室" in event["location"]
    assert fetch(feed, **{"If-None-Match": headers["ETag"]})[0] == 304

    find_as_a_resident(people(size=PHONE), code)
    home = Calendars(tmp_path / "home", feed).sync()
    shown = [line for line in home.shown() if " 15:05 " in line]
    assert len(shown) == len(ours)
    assert "代表接待日" in shown[0]

    move_first_and_cancel_second(clerk, ours)
    again = libical(fetch(feed)[1], tmp_path)
    by_uid = {event["uid"]: event for event in again["events"]}
    moved = by_uid[ours[0]["uid"]]
    assert moved["start"].endswith("T093500")
    assert moved["sequence"] > ours[0]["sequence"]
    assert "会议室检修" in moved["description"]
    assert ours[1]["uid"] not in by_uid  # nobody had heard of it yet
    shown = home.sync().shown()
    assert len([line for line in shown if " 15:05 " in line]) == len(ours) - 2
    assert len([line for line in shown if " 09:35 " in line]) == 1


def move_first_and_cancel_second(clerk, ours) -> None:
    days = [event["uid"].removeprefix("day-").removesuffix("@lianxin") for event in ours]
    clerk.open(f"/desk/reception/days/{days[0]}/move/")
    clerk.fill("starts", "09:35").fill("ends", "11:35").fill("reason", "会议室检修")
    clerk.press("改期").sees("已改期", "9:35—11:35")
    clerk.open(f"/desk/reception/days/{days[1]}/cancel/")
    clerk.fill("reason", "集中视察").press("取消这天").sees("已取消", "集中视察")


def test_a_deputy_takes_the_calendar_along(people, site, tmp_path):
    deputy = people("deputy", size=PHONE)
    deputy.open("/deputy/calendar/")
    deputy.press("生成我的日历地址").sees("复制地址").shot("deputy-calendar", full=True)
    address = deputy.main.locator(".address").inner_text().strip()
    assert address.startswith(site.url)
    status, body, headers = fetch(address)
    assert status == 200
    assert "private" in headers["Cache-Control"]
    found = libical(body, tmp_path)
    assert (found["errors"], found["is_valid"]) == ([], True)
    Calendars(tmp_path / "home", address).sync().shown()
    deputy.page.once("dialog", lambda dialog: dialog.accept())
    deputy.press("换一个新地址").sees("旧地址已失效")
    assert fetch(address)[0] == 404


def find_as_a_resident(resident, code: str) -> None:
    resident.open("/reception/").sees("您住在哪里")
    assert resident.barriers() == []
    resident.fill("q", "前卫街道").press("搜索")
    resident.main.locator(f"a[href='?venue={code}']").click()
    resident.sees("今后两个月的接待日", "15:05—17:05").shot("meet", full=True)
    assert resident.barriers() == []
    resident.main.get_by_role("link", name=re.compile("15:05—17:05")).first.click()
    resident.sees("选择时间", "15:05—15:25").shot("reception-day", full=True)
    assert resident.barriers() == []

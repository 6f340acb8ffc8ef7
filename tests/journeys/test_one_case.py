"""One matter from a resident's phone to its close, through every hand, in real browsers.

Each actor has an own browser. Time is moved by the server's clock; what time does (overdue, raised
to the office above) is done by the product's own scheduler. After each step the resident's
tracking page is read, in words.
"""

from __future__ import annotations

import re
import time
from datetime import timedelta

import docx
import openpyxl
import pytest
from PIL import Image, ImageDraw

from lianxin.kernel.clock import local
from tests.journeys.people import DESK, PHONE, Person

WORDS = (
    "文庙路口人行道的砖塌了一大块，旁边电动车乱停，老人只能走到机动车道上。\n"
    "上个月已经有人摔倒，一直没人来修，停车也没人管。"
)
FIRST = "西山区住房和城乡建设局"
LEAD = "西山区公安局交警大队"
PLATFORM = "昆明市12345"
HOUR = timedelta(hours=1)


@pytest.fixture
def photo(tmp_path):
    """A photo with a place in its EXIF data, which must be gone afterwards."""
    image = Image.new("RGB", (1600, 1200), "#8a8f88")
    draw = ImageDraw.Draw(image)
    for row in range(12):
        for column in range(8):
            left, top = column * 200 + (row % 2) * 100, row * 100
            draw.rectangle((left, top, left + 194, top + 94), fill="#b8b1a4")
    draw.polygon(((500, 420), (1000, 380), (1120, 700), (620, 820)), fill="#4a443c")
    path = tmp_path / "IMG_2026.jpg"
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (25.0, 1.0, 0.0), 3: "E", 4: (102.0, 42.0, 0.0)})
    image.save(path, exif=exif)
    return path


class Story:
    """The matter, and everybody who has to do with it."""

    def __init__(self, people, site) -> None:
        self.site = site
        self.resident: Person = people(size=PHONE)
        self.clerk: Person = people("clerk")
        self.deputy: Person = people("deputy", size=PHONE)
        self.people = people
        self.code = self.track = self.number = self.case = ""

    def told(self, *words: str) -> None:
        """The resident looks at the tracking page and reads these words."""
        self.resident.open(self.track).sees(*words)

    def at_desk(self) -> Person:
        return self.clerk.open(self.case)

    def find(self, who: Person, start: str) -> Person:
        """Opens the matter from a person's own list."""
        who.open(start)
        who.page.get_by_role("link", name=re.compile("文庙路口人行道")).first.click()
        return who

    def wait_for(self, *words: str, seconds: float = 60) -> None:
        """Time does it: reads the tracking page until it says so."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if all(one in self.resident.open(self.track).text for one in words):
                return
            time.sleep(1)
        raise AssertionError(f"{words} never came: {self.resident.text}")


def files(story: Story, photo) -> None:
    """On a phone: words, photo, place, name and phone of free will."""
    one = story.resident.open("/")
    one.shot("home-phone")
    one.press("反映问题 身边的事、想提的建议")
    one.fill("words", WORDS)
    one.page.locator("#id_upload").set_input_files(photo)
    one.page.locator("[data-list-photos] li:not(.photos-more):not(.sending) img").wait_for()
    one.page.locator("[data-suggestions] input[name=category]").first.wait_for(state="attached")
    one.shot("file-1", full=True)
    one.send("下一步：在哪里").sees("在哪里")
    place = one.page.locator("[name=division]")
    place.press_sequentially("前卫街道", delay=20)
    one.page.get_by_role("option").filter(has_text="前卫街道").first.click()
    one.fill("address", "文庙路与永胜路口东侧")
    for extra in one.page.locator("main .asked .choices").all():
        extra.locator("label").first.click()
    one.shot("file-2", full=True)
    one.send("下一步：怎么联系您").sees("怎么联系您")
    one.fill("name", "住在文庙路的人")
    one.fill("phone", "13800138000")
    one.page.locator("[name=consents]").check()
    one.page.locator("[name=may_publish]").check()
    for box in one.page.locator("[name=sensitive]").all():
        box.check()
    one.shot("file-3", full=True)
    one.send("提交").sees("已经收到，请保存这个回执码")
    story.code = re.search(r"/t/([^/]+)/receipt/", one.page.url)[1]
    story.track = f"/t/{story.code}/"
    assert len(story.code.replace("-", "")) * 5 >= 100
    one.shot("receipt", full=True)
    story.number = one.page.locator(".facts .number").first.inner_text()
    story.told("待受理", "前卫街道人大代表工作站", "塌了一大块")


def is_screened(story: Story) -> None:
    story.site.move(HOUR)
    clerk = story.clerk.open("/desk/lists/new/").sees("文庙路口人行道")
    clerk.shot("desk-new")
    story.find(clerk, "/desk/lists/new/")
    story.case = clerk.path
    clerk.sees("塌了一大块", "待受理").shot("case-new", full=True)
    assert clerk.page.locator(".thumbs img").count() == 1
    clerk.act("accept").finish()
    story.at_desk().sees("已受理")
    story.told("已受理", "前卫街道人大代表工作站")


def is_shared_out(story: Story) -> None:
    """分办 to a deputy of the station, who passes it on (交办) to a unit."""
    clerk = story.at_desk().act("share")
    name = story.deputy.open("/deputy/").page.locator("header").inner_text()
    clerk.choose("deputies", re.search(r"代表\s*(\S+)", name)[1])
    clerk.fill("instruction", "请代表到现场看看，并回应居民。").shot("share", full=True)
    clerk.finish()
    story.told("分办", "代表")
    deputy = story.deputy.open("/deputy/").sees("文庙路口人行道").shot("deputy-today")
    story.find(deputy, "/deputy/").sees("塌了一大块").shot("deputy-matter", full=True)
    deputy.act("pass-on")
    deputy.page.get_by_label(FIRST).check()
    deputy.fill("instruction", "人行道塌陷和停车一并处理，请明确修复时间。").shot(
        "pass-on", full=True
    )
    deputy.finish()
    story.told(FIRST, "转交")


def is_returned(story: Story) -> None:
    story.site.move(2 * HOUR)
    unit = story.people("drafter")
    story.find(unit, "/unit/").act("return")
    unit.fill("reason", "停车秩序属交警大队主责，人行道由我局配合修复。").shot("return")
    unit.finish()
    story.told(f"{FIRST}退回", "停车秩序属交警大队主责")
    unit.leave()


def is_assigned_again(story: Story) -> None:
    """交办: a lead and an assisting unit; both sign for it."""
    clerk = story.at_desk().sees("停车秩序属交警大队主责").act("assign")
    clerk.pick("lead", LEAD).pick("assist", FIRST)
    clerk.fill("instruction", "交警大队牵头规范停车，住建局配合修复人行道。").shot(
        "assign", full=True
    )
    clerk.finish()
    story.told(LEAD, "待签收")
    story.site.move(HOUR)
    unit = story.people("unit").open("/unit/").sees("文庙路口人行道").shot("unit-inbox")
    story.find(unit, "/unit/").shot("unit-matter", full=True).act("sign")
    unit.leave()
    story.told(f"{LEAD}签收")


def gets_more_time(story: Story) -> None:
    unit = story.people("unit")
    story.find(unit, "/unit/").act("extend")
    latest = unit.page.locator("[name=until]").get_attribute("max")
    unit.fill("until", latest).fill("reason", "护栏要招标采购，正在走程序。").shot("extend")
    unit.finish().sees("已申请延期")
    unit.leave()
    clerk = story.at_desk().act("decide").sees("护栏要招标采购")
    clerk.choose("grant", "同意").shot("decide")
    clerk.finish()
    story.told("延期")


def is_overdue_and_supervised(story: Story) -> None:
    """Nobody answers: the clock says so, raises it, and the congress office opens an order."""
    story.site.move(timedelta(days=50))
    story.wait_for("到期未答复")
    story.site.move(timedelta(days=20))
    story.wait_for("超期较久")
    office = story.people("office").open("/office/").settled().shot("office-board")
    story.find(office, "/office/matters/").shot("office-case", full=True)
    office.open("/office/matters/").page.get_by_role("row").filter(
        has_text="文庙路口人行道"
    ).get_by_role("link", name=re.compile("督办")).first.click()
    office.choose("step", "督办单").choose("cause", "超期")
    office.page.get_by_label(LEAD, exact=False).first.check()
    office.fill("text", "超期较久，请说明原因并在期限内办结。")
    office.fill("due", f"{local(story.site.now() + timedelta(days=7)):%Y-%m-%d}")
    office.shot("supervise", full=True)
    office.finish()
    office.sees("督办单")
    story.told("督办", "督办单")
    office.leave()


def is_answered(story: Story) -> None:
    """The lead's answer answers the order that presses it, too; the assisting one asks its head."""
    story.site.move(timedelta(days=1))
    unit = story.people("unit").open("/unit/").sees("督办")
    story.find(unit, "/unit/?where=work").act("answer")
    answer(unit, "因护栏招标延误。路口已划非机动车停放区，早晚高峰有协管员值守。").finish()
    unit.sees("已答复").leave()
    drafter = story.people("drafter")
    story.find(drafter, "/unit/").act("sign")
    story.find(drafter, "/unit/").act("answer")
    answer(drafter, "人行道塌陷处已重铺，面积十二平方米。").shot("answer", full=True)
    drafter.finish()
    drafter.leave()
    chief = story.people("chief")
    story.find(chief, "/unit/").act("approve")
    chief.shot("approve").send("同意，发出")
    chief.leave()
    story.told("答复")


def answer(unit: Person, text: str) -> Person:
    unit.fill("text", text)
    return unit.choose("kind", "已解决")


def step_is_concluded(story: Story) -> None:
    office = story.people("office").open("/office/supervisions/?where=answered")
    office.shot("office-supervisions")
    office.page.get_by_role("row").filter(has_text="文庙路口人行道").get_by_role(
        "link"
    ).last.click()
    office.fill("outcome", "单位已说明原因并办理到位。").shot("conclude", full=True)
    office.finish()
    office.leave()
    story.told("办理到位")


def is_transferred(story: Story) -> None:
    """The desk takes both answers, 转办 a second part, and writes its answer down."""
    for _ in range(2):
        clerk = story.at_desk().act("take")
        clerk.choose("send_on", "我汇总").shot("take", full=True)
        clerk.finish()
    clerk = story.at_desk().act("transfer")
    clerk.pick("organ", PLATFORM)
    clerk.fill("instruction", "共享单车企业的投放点位，请平台协调。").shot("transfer", full=True)
    clerk.finish()
    story.told("转办", PLATFORM)
    clerk = story.at_desk().act("write-down")
    clerk.choose("channel", "电话")
    answer(clerk, "平台已约谈两家企业，路口不再投放单车。").finish()
    clerk = story.at_desk().act("take")
    clerk.choose("send_on", "我汇总").finish()
    clerk = story.at_desk().act("answer")
    answer(clerk, "人行道已修复，停放区已划定，共享单车不再投放在路口。").shot(
        "answer-resident", full=True
    )
    clerk.finish()
    story.told("人行道已修复", "评价答复")


def is_judged_badly(story: Story) -> None:
    one = story.resident.open(story.track).shot("track-answered", full=True).act("verdict")
    one.choose("result", "不满意").choose("is_done", "没真办好")
    one.fill("reason", "").send("提交评价").sees("请写明哪里不好")
    one.fill("reason", "砖是铺了，晚上还是停满电动车。")
    one.page.locator("[name=second_look]").check()
    one.shot("verdict", full=True).send("提交评价")
    story.told("换人再看一次", "重新办理中")


def gets_a_second_look(story: Story) -> None:
    """The first handler is refused; a colleague signs and answers."""
    clerk = story.at_desk().act("assign").pick("lead", LEAD)
    clerk.fill("instruction", "二次办理：请换人办理，晚间也要管。").finish()
    story.site.move(HOUR)
    first = story.people("unit")
    story.find(first, "/unit/").act("sign")
    first.sees("二次办理须由他人承办").shot("second-look-refused")
    first.leave()
    story.told("待签收")
    second = story.people("unit2")
    story.find(second, "/unit/").act("sign")
    story.find(second, "/unit/").act("answer")
    answer(second, "晚七点到十点安排专人值守，连续三晚复查无乱停。").finish()
    second.leave()
    clerk = story.at_desk().act("take")
    clerk.choose("send_on", "发，原样").finish()
    story.told("连续三晚复查无乱停", "评价答复")


def is_closed(story: Story) -> None:
    one = story.resident.open(story.track).act("verdict")
    one.choose("result", "满意").choose("is_done", "办好了").send("提交评价")
    story.told("已办结", "满意")
    one.shot("track-closed", full=True)


def stands_in_the_ledger(story: Story, tmp_path) -> None:
    """The ledger as xlsx and the slip as docx are read back."""
    clerk = story.clerk.open("/ledgers/")
    clerk.page.get_by_role("link", name=re.compile("前卫街道人大代表工作站")).first.click()
    clerk.fill("since", f"{local(story.site.now() - timedelta(days=120)):%Y-%m-%d}")
    clerk.page.locator("main form[method=get] button").first.click()
    clerk.page.wait_for_url("**since=**")
    clerk.shot("ledger")
    sheet = openpyxl.load_workbook(clerk.download("下载表格", tmp_path / "ledger.xlsx")).active
    rows = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    row = next(row for row in rows if story.number in row)
    said = " ".join(row)
    assert "塌了一大块" in said
    assert "交警大队" in said
    assert "满意" in said
    story.at_desk().page.locator("a[href*='/slips/']").first.click()
    clerk.shot("slip", full=True)
    paper = docx.Document(clerk.download("下载文书", tmp_path / "slip.docx"))
    words = "\n".join(
        [p.text for p in paper.paragraphs]
        + [cell.text for table in paper.tables for line in table.rows for cell in line.cells]
    )
    assert story.number in words
    assert "塌了一大块" in words


def test_one_matter_through_every_hand(people, site, photo, tmp_path):
    story = Story(people, site)
    files(story, photo)
    is_screened(story)
    is_shared_out(story)
    is_returned(story)
    is_assigned_again(story)
    gets_more_time(story)
    is_overdue_and_supervised(story)
    is_answered(story)
    step_is_concluded(story)
    is_transferred(story)
    is_judged_badly(story)
    gets_a_second_look(story)
    is_closed(story)
    stands_in_the_ledger(story, tmp_path)
    desk = people("clerk", size=DESK).open(story.case).settled().shot("case-closed")
    desk.sees("已办结")

"""Filing where things go wrong: mistakes, no scripts, two taps, a broken photo, a stranger's guesses."""

from __future__ import annotations

import json
import re

import pytest
from PIL import Image

from tests.journeys.people import Person

WORDS = "楼道灯坏了半个多月，晚上老人上下楼看不清台阶。"


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "lamp.png"
    Image.new("RGB", (900, 600), "#334").save(path)
    return path


def begin(one: Person, words: str = WORDS) -> Person:
    return one.open("/file/").fill("words", words)


def say_where(one: Person, place: str = "前卫街道") -> Person:
    """Types the place and takes the first suggestion."""
    one.send("下一步：在哪里").sees("在哪里")
    one.page.locator("[name=division]").press_sequentially(place, delay=20)
    one.page.get_by_role("option").filter(has_text=place).first.click()
    return one.send("下一步：怎么联系您").sees("怎么联系您")


def code_of(one: Person) -> str:
    one.page.wait_for_url("**/receipt/")
    return re.search(r"/t/([^/]+)/receipt/", one.page.url)[1]


def test_mistakes_keep_everything_typed(people, photo):
    one = people().open("/file/")
    one.send("下一步：在哪里").sees("请写清楚是什么事")
    begin(one)
    one.page.locator("#id_upload").set_input_files(photo)
    one.page.locator("[data-list-photos] li:not(.photos-more):not(.sending) img").wait_for()
    one.send("下一步：在哪里").send("下一步：怎么联系您")
    one.page.locator(".wrong").first.wait_for()
    one.page.locator("[name=division]").press_sequentially("前卫街道", delay=20)
    one.page.get_by_role("option").filter(has_text="前卫街道").first.click()
    one.fill("address", "三单元门口").send("下一步：怎么联系您")
    one.fill("name", "一位居民").fill("phone", "12").send("提交")
    one.page.locator(".wrong").first.wait_for()
    assert one.page.locator("[name=name]").input_value() == "一位居民"
    assert one.page.locator("[name=phone]").input_value() == "12"
    one.sees("三单元门口", WORDS)
    one.press("改内容")
    assert one.page.locator("[name=words]").input_value() == WORDS
    assert one.page.locator("[data-list-photos] li:not(.photos-more)").count() == 1
    one.send("下一步：在哪里")
    assert one.page.locator("[name=address]").input_value() == "三单元门口"
    one.send("下一步：怎么联系您").fill("phone", "").fill("name", "").send("提交")
    one.open(f"/t/{code_of(one)}/").sees("楼道灯坏了半个多月")
    assert one.page.locator("main img").count() == 1


def test_without_scripts(people, photo):
    one = begin(people(java_script_enabled=False))
    one.page.locator("#id_upload").set_input_files(photo)
    one.send("下一步：在哪里").fill("division", "西山区前卫街道")
    one.send("下一步：怎么联系您").send("提交")
    one.open(f"/t/{code_of(one)}/").sees("楼道灯坏了半个多月", "待受理")
    assert one.page.locator("main img").count() == 1


def test_two_taps_make_one_matter(people, site):
    words = "垃圾桶满了三天没人清，苍蝇很多，两次点提交。"
    one = begin(people(), words)
    say_where(one)
    one.page.evaluate(
        """() => { const b = document.querySelector('main form .button-main');
                   b.click(); b.form.requestSubmit(b); }"""
    )
    first = code_of(one)
    one.page.go_back()
    one.page.wait_for_url("**/file/**")
    one.send("提交")
    assert code_of(one) == first
    desk = people("clerk").open("/desk/lists/new/")
    assert desk.page.locator("[data-open]").filter(has_text="两次点提交").count() == 1


def test_a_sender_that_lost_the_answer_gets_the_same_receipt(people, site):
    """The same form, sent again by hand from two browsers: one case, one code."""
    one = begin(people())
    say_where(one)
    fields = one.page.evaluate(
        """() => Object.fromEntries(new FormData(document.querySelector('main form.filing')))"""
    )
    cookies = one.context.cookies()
    other = people()
    other.context.add_cookies(cookies)
    headers = {"Referer": f"{site.url}/file/"}
    replies = [
        who.context.request.post(
            f"{site.url}/file/send/", form=fields, headers=headers, max_redirects=0
        )
        for who in (one, other)
    ]
    assert [reply.status for reply in replies] == [302, 302]
    assert replies[0].headers["location"] == replies[1].headers["location"]


def test_a_broken_photo_is_refused_with_a_sentence(people, tmp_path):
    bad = tmp_path / "photo.jpg"
    bad.write_bytes(b"\xff\xd8\xff\xe0 not really a picture")
    one = begin(people())
    one.page.locator("#id_upload").set_input_files(bad)
    said = one.page.locator("[data-photos-said]")
    one.page.wait_for_function("() => document.querySelector('[data-photos-said]').textContent")
    assert "photo.jpg" in said.inner_text()
    assert re.search(r"[一-鿿]{4}", said.inner_text())
    assert one.page.locator("[data-list-photos] li:not(.photos-more)").count() == 0
    assert one.page.locator("[name=words]").input_value() == WORDS


def test_a_broken_photo_without_scripts(people, tmp_path):
    bad = tmp_path / "photo.jpg"
    bad.write_bytes(b"\xff\xd8\xff\xe0 not really a picture")
    one = begin(people(java_script_enabled=False))
    one.page.locator("#id_upload").set_input_files(bad)
    one.send("下一步：在哪里")
    assert one.page.locator("[name=words]").input_value() == WORDS
    assert re.search(
        r"照片|图片|文件",
        one.page.locator(".error-summary, .errors, [role=alert]").first.inner_text(),
    )


def test_a_foreign_case_is_not_there(people, site):
    """A unit of elsewhere asks for a case by its address: 404, as if there were none."""
    clerk = people("clerk").open("/desk/lists/new/")
    case = clerk.page.locator("[data-open]").first.get_attribute("href")
    drafter = people("drafter")
    assert drafter.page.request.get(site.url + case).status == 404
    assert people().page.request.get(site.url + case, max_redirects=0).status == 302


def test_results_are_found_by_words_and_joined(people, site):
    one = people().open("/results/").shot("results", full=True)
    title = one.page.locator(".result :is(h2, h3)").last.inner_text()
    one.fill("q", title[2:6]).send("搜索").sees(title)
    one.page.locator("a.result").filter(has_text=title).first.click()
    one.press("我也一样，加入").send("加入")
    one.open(f"/t/{code_of(one)}/").sees("人同样关心")
    assert json.dumps(one.faults) == "[]"

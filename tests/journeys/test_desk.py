"""The desk with the keyboard alone, a caller looked up by phone, the slip."""

from __future__ import annotations

import re
import time

WORDS = "小区门口的井盖松了，车一过就响，怕有人踩空。"
PHONE_NUMBER = "13987654321"


class Keyboard:
    """Counts what is pressed; there is no mouse."""

    def __init__(self, page) -> None:
        self.page, self.pressed = page, 0

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)
            self.pressed += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.pressed += len(text)

    def to(self, name: str) -> None:
        """Tab until the field or button is under the hands; no more than a person would bear."""
        for _ in range(25):
            at = self.page.evaluate(
                "() => [document.activeElement.name, document.activeElement.textContent.trim()]"
            )
            if name in at:
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not lead to {name}")


def register(clerk, words: str = WORDS) -> tuple[str, Keyboard]:
    """From the list to the slip; returns the code and the keyboard."""
    clerk.open("/desk/").settled()
    keys = Keyboard(clerk.page)
    keys.press("n")
    clerk.page.wait_for_url("**/desk/register/")
    clerk.page.wait_for_function("() => document.activeElement.name === 'words'")
    keys.type(words)
    keys.to("channel")
    keys.press("ArrowRight")
    keys.to("phone")
    keys.type(PHONE_NUMBER)
    keys.to("name")
    keys.type("李女士")
    keys.to("consents")
    keys.press("Space")
    clerk.shot("register")
    keys.to("登记并打印回执")
    keys.press("Enter")
    clerk.sees("回执码")
    return clerk.page.locator(".sheet-code").inner_text(), keys


def test_a_caller_is_registered_in_under_a_minute_by_keyboard(people):
    clerk = people("clerk")
    began = time.monotonic()
    code, keys = register(clerk)
    took = time.monotonic() - began
    clerk.shot("desk-slip", full=True)
    besides = keys.pressed - len(WORDS) - len(PHONE_NUMBER) - len("李女士")
    print(f"registered in {took:.1f} s; {keys.pressed} key presses, {besides} besides the words")
    assert took < 60
    assert besides <= 25
    people().open(f"/t/{code}/").sees("井盖松了", "待受理")


def test_a_caller_is_known_by_the_number(people):
    clerk = people("clerk")
    register(clerk, "井盖的事上次打过电话，今天再问一下进度。")
    clerk.open("/desk/register/").settled()
    clerk.page.locator("[name=phone]").press_sequentially(PHONE_NUMBER, delay=10)
    clerk.page.locator("#earlier a").first.wait_for()
    clerk.sees("井盖的事上次打过电话").shot("caller-known")
    with clerk.context.expect_page() as opened:
        clerk.page.locator("#earlier a").first.click()
    assert PHONE_NUMBER not in opened.value.locator("main").inner_text()


def test_the_slip_prints_on_paper(people):
    clerk = people("clerk")
    register(clerk, "井盖旁边的路面也裂了，请一起看。")
    clerk.page.emulate_media(media="print")
    assert clerk.page.get_by_role("button", name=re.compile("打印")).count() == 0 or (
        not clerk.page.get_by_role("button", name=re.compile("打印")).first.is_visible()
    )
    paper = clerk.page.pdf(format="A4")
    assert paper.startswith(b"%PDF")
    assert paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page ") <= 2


def test_a_list_is_walked_with_the_keyboard(people):
    clerk = people("clerk").open("/desk/").settled()
    keys = Keyboard(clerk.page)
    keys.press("j", 2)
    title = clerk.page.locator("[data-row][data-current] [data-open]").inner_text()
    keys.press("Enter")
    clerk.page.wait_for_url("**/case/**")
    clerk.sees(title[:12])


def test_several_are_accepted_at_once(people):
    clerk = people("clerk").open("/desk/lists/new/").settled()
    count = clerk.page.locator("[data-row]").count()
    assert count >= 2
    keys = Keyboard(clerk.page)
    keys.press("j")
    keys.press("x")
    keys.press("j")
    keys.press("x")
    clerk.sees("已选 2 件").shot("desk-bulk")
    clerk.send("一起受理").sees("2 件已办好")


def test_the_category_of_picked_matters_is_set_from_the_choices_of_the_filter(people):
    clerk = people("clerk").open("/desk/").settled()
    keys = Keyboard(clerk.page)
    keys.press("j")
    keys.press("x")
    bar, kept = clerk.page.locator("#bulk-category"), clerk.page.locator("#more-category option")
    assert bar.locator("option").count() == kept.count() > 20
    assert bar.input_value() == ""
    name = bar.locator("optgroup option").nth(3).inner_text()
    bar.select_option(label=name)
    clerk.send("标类别").sees("1 件已办好")

"""A resident without a receipt at hand: the phone, its code, all matters; and the sum after many tries."""

from __future__ import annotations

from tests.journeys.people import PHONE
from tests.journeys.test_reception import six_digits

NUMBER = "13911{:06d}"


def test_a_phone_code_leads_to_all_that_is_mine_and_out_again(people, site):
    one = people(size=PHONE)
    one.open("/track/")
    one.page.get_by_role("link", name="用手机号码查我的事项").click()
    one.page.get_by_label("手机号码").fill(NUMBER.format(1))
    one.page.get_by_role("button", name="获取验证码").click()
    one.page.get_by_label("六位验证码").fill(six_digits(site, NUMBER.format(1)))
    one.page.get_by_role("button", name="查看我的事项").click()
    one.page.get_by_role("heading", name="我的事项").wait_for()
    assert NUMBER.format(1) not in one.page.content()
    one.page.get_by_role("button", name="退出").first.click()
    one.open("/my/")
    assert "/my/sign-in/" in one.page.url


def test_after_many_codes_the_device_does_its_sum_and_goes_on(people, site):
    """No captcha, no foreign host: altcha's worker, served here, under the policy of every page."""
    one = people(size=PHONE)
    for number in range(2, 9):
        one.open("/my/sign-in/")
        one.page.get_by_label("手机号码").fill(NUMBER.format(number))
        one.page.get_by_role("button", name="获取验证码").click()
        if one.page.locator("[data-puzzle]").count():
            break
    one.page.locator("[data-puzzle].good").wait_for(timeout=60_000)
    one.page.get_by_role("button", name="获取验证码").click()
    one.page.get_by_role("heading", name="确认手机号码").wait_for()

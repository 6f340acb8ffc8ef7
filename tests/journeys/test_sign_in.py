"""Signing in where a second factor is required: an app, paper codes, and a passkey of the device."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from lianxin.kernel import totp
from tests.journeys.site import PASSWORD, Site


@pytest.fixture(scope="module")
def site(world, tmp_path_factory):
    """Of one's own: passkeys belong to a name, and an address of numbers is none."""
    folder = tmp_path_factory.mktemp("site") / "var"
    site = Site.start(world, folder, host="localhost", SECOND_FACTOR="required")
    yield site
    site.stop()
    assert "Traceback" not in site.log, site.log


def give_password(person, username):
    person.open("/sign-in/").fill("username", username).fill("password", PASSWORD)
    return person.send("登录")


def secret_on(person):
    person.page.locator("main summary").first.click()
    return person.page.locator("code.secret").inner_text().replace(" ", "")


def code(site, secret):
    return totp.code_of(secret, totp.step_at(site.now()))


def with_a_device(person):
    """A phone or computer that can hold passkeys, its owner always there."""
    device = person.context.new_cdp_session(person.page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return device


def test_an_app_is_set_up_asked_for_and_replaced_by_a_paper_code(people, site):
    clerk = people()
    give_password(clerk, "clerk").sees("第二重验证", "请选一种").shot("second-factor-first")
    assert clerk.barriers() == []
    clerk.press("设置验证器").sees("用验证器应用扫二维码")
    secret = secret_on(clerk)
    clerk.shot("second-factor-app", full=True)
    assert clerk.barriers() == []
    clerk.fill("code", code(site, secret)).send("确认").sees("备用码", "只显示这一次")
    paper = clerk.page.locator(".recovery-codes code").all_inner_texts()
    assert len(set(paper)) == 10
    assert clerk.barriers() == []
    clerk.shot("second-factor-codes")
    clerk.send("我收好了，继续")
    clerk.page.wait_for_url("**/desk/")

    again = people()
    site.move(timedelta(seconds=60))  # the app shows another code; the first one was used
    give_password(again, "clerk").sees("六位数字").shot("second-factor-asked")
    assert again.barriers() == []
    again.fill("code", "000000").send("继续").sees("验证码不对")
    again.fill("code", code(site, secret)).send("继续")
    again.page.wait_for_url("**/desk/")
    again.open("/account/sessions/").sees("登录设备", "这一台").shot("sessions")
    assert again.barriers() == []

    lost = people()
    give_password(lost, "clerk").fill("code", paper[0]).send("继续")
    lost.page.wait_for_url("**/desk/")
    lost.open("/account/second-factor/").sees("还有 9 个没用过").shot("second-factor", full=True)
    assert lost.barriers() == []
    thief = people()
    give_password(thief, "clerk").fill("code", paper[0]).send("继续").sees("验证码不对")


def test_a_passkey_signs_in_without_name_and_password(people):
    head = people()
    with_a_device(head)
    give_password(head, "head").sees("第二重验证")
    head.press("添加通行密钥").fill("name", "站里的电脑").send("创建通行密钥")
    head.sees("备用码").shot("passkey-codes")
    head.send("我收好了，继续")
    head.page.wait_for_url("**/desk/")
    head.open("/account/second-factor/").sees("站里的电脑")
    head.page.locator("details.account summary").click()
    head.page.get_by_role("button", name="退出").click()
    head.page.wait_for_url(re.compile(r"/$"))
    head.open("/sign-in/").settled().shot("sign-in-passkey")
    assert head.barriers() == []
    head.send("用通行密钥登录")
    head.page.wait_for_url("**/desk/")


def test_a_device_without_the_passkey_opens_nothing(people):
    stranger = people()
    with_a_device(stranger)
    stranger.open("/sign-in/").settled()
    stranger.send("用通行密钥登录").sees("没有收到通行密钥")

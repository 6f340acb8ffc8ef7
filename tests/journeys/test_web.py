"""The design system in a browser: no axe violation, no sideways scrolling, and its scripts.

`SHOTS=/some/folder` keeps a picture of every page, to be looked at.
"""

import os
import threading
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django import forms
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import include, path
from PIL import Image
from playwright.sync_api import sync_playwright

from lianxin.web.forms import ChipSelect, LxForm, PhotosField
from lianxin.web.views import PAGES

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
AXE = settings.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="needs Chromium"),
    pytest.mark.skipif(not AXE.exists(), reason="needs npm ci"),
]

sent = []


class TellForm(LxForm, forms.Form):
    words = forms.CharField(label="什么事", widget=forms.Textarea)
    kind = forms.ChoiceField(
        label="哪一类", choices=[("a", "出行"), ("b", "环境")], widget=ChipSelect
    )
    lat = forms.CharField(widget=forms.HiddenInput, required=False)
    lng = forms.CharField(widget=forms.HiddenInput, required=False)
    photos = PhotosField(label="照片", required=False, max_files=2)


PAGE = """{% extends "web/public.html" %}{% load lx %}{% block title %}说事{% endblock %}
{% block main %}<h1>说事</h1><form class="form" method="post" enctype="multipart/form-data"
novalidate data-draft="tell">{% csrf_token %}{% lx_form form %}
<button type="button" class="button" data-geo="lat lng">我的位置</button><p data-geo-says></p>
{% lx_button "提交" %}</form>{% endblock %}"""
DONE = """{% extends "web/public.html" %}{% load lx %}{% block title %}收到{% endblock %}
{% block main %}<h1 data-draft-done="tell">收到了</h1>{% lx_code "7K3F-92QX" %}
<p data-countdown="2099-01-01T00:00:00+08:00"></p>{% endblock %}"""


def draw(request, source, **values):
    return HttpResponse(engines["django"].from_string(source).render(values, request))


def tell(request):
    form = TellForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        photos = [(p.name, Image.open(p).size) for p in form.cleaned_data["photos"]]
        sent.append({**form.cleaned_data, "photos": photos})
        return redirect("/done/")
    return draw(request, PAGE, form=form)


urlpatterns = [
    path("tell/", tell),
    path("done/", lambda request: draw(request, DONE)),
    path("", include("lianxin.web.urls")),
]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *words):
        pass


@pytest.fixture(scope="module")
def address():
    settings.DEBUG, before = True, (settings.DEBUG, settings.ROOT_URLCONF)
    settings.ROOT_URLCONF = __name__
    application = StaticFilesHandler(get_wsgi_application())
    server = make_server("127.0.0.1", 0, application, server_class=Server, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    settings.DEBUG, settings.ROOT_URLCONF = before


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser, address):
    contexts, faults = [], []

    def opened(where, *, width=360, cookies=(), **options):
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        if cookies:
            context.add_cookies(
                [{"name": n, "value": v, "url": address} for n, v in dict(cookies).items()]
            )
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
        page.goto(address + where)
        page.wait_for_load_state("networkidle")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


MODES = {
    "normal": {},
    "elder": {"cookies": {"elder": "1"}},
    "english": {"cookies": {"lang": "en"}},
    "dark": {"color_scheme": "dark"},
}


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("mode", MODES)
def test_every_page_is_accessible_and_fits(visit, mode, width, address):
    page = visit("/styleguide/", width=width, **MODES[mode])
    for name in ("", *PAGES):
        page.goto(f"{address}/styleguide/{name and name + '/'}")
        page.wait_for_load_state("networkidle")
        if os.environ.get("SHOTS"):
            shot = Path(os.environ["SHOTS"]) / f"{name or 'index'}-{mode}-{width}.png"
            page.screenshot(path=shot, full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        page.evaluate(AXE.read_text())
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found["violations"]] == []


def test_elder_mode_has_large_text_and_large_acts(visit):
    page = visit("/styleguide/track/", cookies={"elder": "1"})
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 18
    assert page.locator(".button-main").first.bounding_box()["height"] >= 60
    assert visit("/styleguide/track/").locator(".button-main").first.bounding_box()["height"] >= 44


def test_the_menu_opens_on_a_phone_without_javascript(visit):
    page = visit("/styleguide/home/", java_script_enabled=False)
    sign_in = page.locator(".menu-only")
    assert not sign_in.is_visible()
    page.locator("a.menu-open").click()
    assert sign_in.is_visible()
    page.locator("a.menu-close").click()
    assert not sign_in.is_visible()


def test_the_keyboard_walks_the_desk(visit):
    page = visit("/styleguide/desk/", width=1280)
    for key in "jjx":
        page.keyboard.press(key)
    assert page.locator("[data-row][data-current]").count() == 1
    assert page.locator("[data-row]").nth(1).get_attribute("data-current") is not None
    assert page.locator("[data-picked]").inner_text() == "已选 1 件"
    page.keyboard.press("/")
    page.keyboard.type("jx")
    assert page.locator("#find").input_value() == "jx"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("#keys").evaluate("d => d.open")
    page.locator("[data-keys-switch]").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    assert page.locator("[data-row]").nth(1).get_attribute("data-current") is not None


def test_a_draft_survives_and_is_forgotten_once_sent(visit):
    page = visit("/tell/")
    page.locator("#id_words").fill("路灯坏了")
    page.get_by_text("环境").click()
    page.get_by_text("草稿已存本机").wait_for()
    page.reload()
    assert page.locator("#id_words").input_value() == "路灯坏了"
    assert page.locator("#id_kind_1").is_checked()
    page.get_by_role("button", name="提交").click()
    page.get_by_text("收到了").wait_for()
    assert sent[-1]["words"] == "路灯坏了"
    page.go_back()
    page.goto(page.url)
    assert page.evaluate("localStorage.length") == 0


def test_a_second_tap_sends_nothing_twice(visit):
    page = visit("/tell/")
    before = len(sent)
    page.locator("#id_words").fill("井盖松动")
    page.get_by_text("出行").click()
    page.evaluate(
        "() => { const b = document.querySelector('.button-main'); b.click(); b.click(); }"
    )
    page.get_by_text("收到了").wait_for()
    assert len(sent) == before + 1


def test_photos_are_previewed_made_smaller_and_kept_after_a_mistake(visit, tmp_path):
    for name in ("a.png", "b.png", "c.png"):
        Image.new("RGB", (3000, 1500), "green").save(tmp_path / name)
    page = visit("/tell/")
    page.locator("[data-photos]").set_input_files(
        [tmp_path / n for n in ("a.png", "b.png", "c.png")]
    )
    page.locator("[data-previews] li").nth(1).wait_for()
    page.get_by_text("最多 2 张照片。").wait_for()
    page.get_by_text("环境").click()
    page.get_by_role("button", name="提交").click()
    page.get_by_role("link", name="请填写：什么事").wait_for()
    assert page.locator("[data-previews] li").count() == 2
    page.get_by_role("button", name="去掉第 2 张照片").click()
    page.locator("#id_words").fill("树倒了")
    page.get_by_role("button", name="提交").click()
    page.get_by_text("收到了").wait_for()
    assert sent[-1]["photos"] == [("a.jpg", (2048, 1024))]
    assert page.locator("[data-countdown]").inner_text().startswith("还剩")
    assert page.locator("[data-copy]").is_visible()


def test_my_position_fills_the_form_and_may_be_refused(visit):
    here = {"latitude": 25.0, "longitude": 102.7, "accuracy": 12}
    page = visit("/tell/", geolocation=here, permissions=["geolocation"])
    page.get_by_role("button", name="我的位置").click()
    page.get_by_text("已定位，误差约 12 米。").wait_for()
    assert page.locator("#id_lat").input_value() == "25.000000"
    page = visit("/tell/")
    page.get_by_role("button", name="我的位置").click()
    page.get_by_text("没能定位").wait_for()


def test_forms_work_without_javascript(visit, tmp_path):
    Image.new("RGB", (30, 20), "red").save(tmp_path / "a.png")
    page = visit("/tell/", java_script_enabled=False)
    page.locator("[name=photos]").set_input_files(tmp_path / "a.png")
    page.get_by_role("button", name="提交").click()
    page.get_by_text("有 2 处要改").wait_for()
    page.locator("#id_words").fill("没有脚本")
    page.get_by_text("出行").click()
    page.get_by_role("button", name="提交").click()
    page.get_by_text("收到了").wait_for()
    assert sent[-1]["words"] == "没有脚本"

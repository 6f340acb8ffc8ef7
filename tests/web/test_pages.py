"""Every page of the living design system, and what must hold on all pages."""

import gzip
import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.test import RequestFactory, override_settings
from django.urls import reverse

from lianxin.web import assets, nav, vendor
from lianxin.web.views import PAGES

ALL = ["/styleguide/", *(f"/styleguide/{page}/" for page in PAGES)]


@pytest.fixture
def page(client):
    def fetch(address, **cookies):
        client.cookies.load(cookies)
        with override_settings(DEBUG=True):
            return client.get(address)

    return fetch


@pytest.mark.parametrize("address", ALL)
@pytest.mark.parametrize("cookies", [{}, {"elder": "1"}, {"lang": "en"}], ids=str)
def test_pages_stand_and_obey_the_policy(page, address, cookies):
    response = page(address, **cookies)
    assert response.status_code == 200
    html = response.content.decode()
    assert re.search(r"<title>[^<·]+ · ", html)
    assert html.count("<h1") == 1
    assert "style=" not in html
    assert not re.search(r"\son[a-z]+=", html)
    assert not re.search(r"<script(?![^>]*src=)", html), "inline script"
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids)), "an id twice"
    assert not re.search(r'(?:src|href)="(?:https?:)?//', html), "another host"


def test_the_design_system_is_not_for_everybody(client):
    assert client.get("/styleguide/").status_code == 403
    assert client.get("/styleguide/nothing/").status_code == 404


def size(name):
    with open(finders.find(name), "rb") as file:  # noqa: PTH123  (finders give text)
        return len(gzip.compress(file.read(), 9))


def test_first_public_view_is_light(page):
    """≤ 100 KB compressed in all; the style sheets alone ≤ 12 KB."""
    html = page("/styleguide/home/").content
    text = html.decode()
    sheets = [s.removeprefix("/static/") for s in re.findall(r'stylesheet" href="([^"]+)"', text)]
    styles = sum(size(sheet) for sheet in sheets)
    scripts = size("web/js/lx.js") + sum(size(f"web/js/{name}.js") for name in assets.MODULES)
    assert len(sheets) >= 4
    assert styles <= 12 * 1024
    assert styles + scripts + len(gzip.compress(html)) <= 100 * 1024


def test_every_sentence_a_module_says_is_there():
    said = set()
    for name in ["lx", *assets.MODULES]:
        with open(finders.find(f"web/js/{name}.js")) as file:  # noqa: PTH123
            said |= set(re.findall(r'\b(?:say|lxSay|tell)\("(\w+)"', file.read()))
    assert said <= set(assets.words()) | {"saved", "restored"}
    assert len(said) > 10


def test_page_libraries_are_copied_with_their_hash(tmp_path):
    for name in vendor.FILES:
        source = tmp_path / "modules" / name
        source.parent.mkdir(parents=True)
        source.write_text("let a")
    hashes = vendor.copy(tmp_path / "modules", tmp_path / "static")
    assert set(hashes) == set(vendor.FILES.values())
    assert all(h.startswith("sha384-") for h in hashes.values())
    with pytest.raises(FileNotFoundError, match="npm ci"):
        vendor.copy(tmp_path / "nowhere", tmp_path / "static")


@pytest.fixture
def menus():
    before = dict(nav._menus)
    yield
    nav._menus.clear()
    nav._menus.update(before)


class Clerk:
    def can(self, ability):
        return ability == "screen"


def test_menus_leave_out_what_leads_nowhere_or_is_not_for_this_person(menus):
    style = nav.Item("规范", "web:styleguide", key="style")
    nav.offer(
        "sample",
        [
            nav.Group([style, nav.Item("没有", "nowhere:at_all")], "事项"),
            nav.Group([nav.Item("督办", "web:styleguide", ability="supervise")], "督办"),
            nav.Group([nav.Item("首页样", "web:sample", args=("home",), ability="screen")]),
        ],
    )
    request = RequestFactory().get(reverse("web:sample", args=("home",)))
    request.actor = Clerk()
    html = Template('{% load lx %}{% lx_menu "sample" style="side" %}').render(
        Context({"request": request, "counts": {"style": 0}})
    )
    assert "<h2>事项</h2>" in html
    assert "没有" not in html
    assert "督办" not in html
    assert 'href="/styleguide/">规范 <span>0</span>' in html
    assert 'href="/styleguide/home/" aria-current="page"' in html


@pytest.mark.parametrize("source", ['{% lx_pill "x" "red" %}', '{% lx_button "x" kind="danger" %}'])
def test_a_wrong_word_is_told_to_the_author(source):
    with pytest.raises(ValueError, match="not '"):
        Template("{% load lx %}" + source).render(Context())


def test_the_pager_keeps_the_filters():
    request = RequestFactory().get("/?state=open&after=old")
    cursors = type("Page", (), {"next_cursor": "new", "prev_cursor": None})
    html = Template("{% load lx %}{% lx_pager page %}").render(
        Context({"request": request, "page": cursors})
    )
    assert "?state=open&amp;after=new" in html
    assert "上一页" not in html


def test_one_button_acts_carry_the_token():
    html = Template('{% load lx %}{% lx_act "/x/" "签收" version=3 %}').render(
        Context({"csrf_token": "t0ken"})
    )
    assert 'method="post" action="/x/"' in html
    assert 'name="csrfmiddlewaretoken" value="t0ken"' in html
    assert 'name="version" value="3"' in html


def test_settings_name_our_renderer():
    assert settings.FORM_RENDERER == "lianxin.web.forms.LxRenderer"

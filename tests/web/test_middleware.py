import errno
import json

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError
from django.test import Client, override_settings
from django.urls import include, path

from lianxin.kernel.refused import Refused, TooMany


class Taken(Refused):
    message = "这件事已经由别人签收。"
    hint = "请重新打开页面。"
    code = "taken"


def refuse(request):
    raise Taken


def too_many(request):
    raise TooMany(retry_after=30)


def broken(request):
    raise ValueError("a mistake")


def away(request):
    raise InterfaceError("connection already closed")


class Fails:
    """A middleware whose part of the work needs the disk, too."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        raise OSError(errno.ENOSPC, "No space left on device")


handler500 = "lianxin.web.views.broken"
urlpatterns = [
    path("refuse/", refuse),
    path("too-many/", too_many),
    path("broken/", broken),
    path("away/", away),
    path("", include("lianxin.web.urls")),
]


@pytest.fixture
def client():
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False)


def test_a_refusal_is_a_page_with_sentence_hint_and_way_back(client):
    response = client.get("/refuse/")
    page = response.content.decode()
    assert response.status_code == 409
    assert "<h1>这件事已经由别人签收。</h1>" in page
    assert "请重新打开页面。" in page
    assert "回到首页" in page
    assert response.headers["Cache-Control"] == "no-store"


def test_htmx_gets_a_partial_into_the_place_for_sayings(client):
    response = client.post("/refuse/", headers={"HX-Request": "true"})
    assert response.status_code == 409
    assert response.headers["HX-Retarget"] == "#says"
    assert "<html" not in response.content.decode()
    assert "这件事已经由别人签收。" in response.content.decode()


def test_a_program_gets_problem_json(client):
    response = client.get("/refuse/", headers={"Accept": "application/json"})
    assert response.headers["Content-Type"] == "application/problem+json"
    assert json.loads(response.content) == {
        "type": "about:blank",
        "title": "这件事已经由别人签收。",
        "status": 409,
        "code": "taken",
        "detail": "请重新打开页面。",
        "instance": "/refuse/",
    }


def test_a_limit_says_how_long(client):
    response = client.get("/too-many/")
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "30"
    assert "请等 30 秒。" in response.content.decode()


def test_mistakes_of_ours_and_missing_pages_look_like_the_product(client):
    broken, missing = client.get("/broken/"), client.get("/nothing/")
    assert (broken.status_code, missing.status_code) == (500, 404)
    assert "我们这边出了错。" in broken.content.decode()
    assert "这个地址没有内容。" in missing.content.decode()


def test_chinese_first_whatever_the_browser_prefers(client):
    response = client.get("/refuse/", headers={"Accept-Language": "en"})
    assert 'lang="zh-Hans"' in response.content.decode()
    assert "Cookie" in response.headers["Vary"]


def test_language_is_remembered_and_leads_back(client):
    response = client.get("/lang/en/?next=/refuse/%3Fa%3D1")
    assert response.headers["Location"] == "/refuse/?a=1"
    page = client.get("/refuse/").content.decode()
    assert 'lang="en"' in page
    assert "To the home page" in page
    assert client.get("/lang/xx/").status_code == 404


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_way_back_never_leads_to_another_host(client, away):
    assert client.get("/elder/on/", {"next": away}).headers["Location"] == "/"


def test_elder_mode_is_remembered(client):
    assert " data-elder" not in client.get("/refuse/").content.decode()
    client.post("/elder/on/", {"next": "/refuse/"})
    page = client.get("/refuse/").content.decode()
    assert " data-elder" in page
    assert "标准版" in page
    client.get("/elder/off/")
    assert " data-elder" not in client.get("/refuse/").content.decode()


def test_a_broken_cookie_is_as_none(client):
    client.cookies["lang"] = "klingon"
    client.cookies["elder"] = "<script>"
    page = client.get("/refuse/").content.decode()
    assert 'lang="zh-Hans"' in page
    assert " data-elder" not in page


def test_an_outage_is_a_page_that_says_when_to_come_back(client):
    response = client.get("/away/")
    page = response.content.decode()
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "10"
    assert response.headers["Cache-Control"] == "no-store"
    assert "再试一次" in page
    assert 'href="/away/"' in page


def test_what_was_typed_can_be_sent_again_from_the_page(client):
    page = client.post("/away/", {"words": '路灯"坏了', "tags": ["a", "b"]}).content.decode()
    assert '<input type="hidden" name="words" value="路灯&quot;坏了">' in page
    assert page.count('name="tags"') == 2
    assert "再发一次" in page


@pytest.mark.parametrize(
    "fields",
    [{"username": "x", "password": "secret-1"}, {"photo": SimpleUploadedFile("a.jpg", b"x")}],
)
def test_passwords_and_files_are_not_put_into_a_page(client, fields):
    page = client.post("/away/", fields).content.decode()
    assert 'type="hidden"' not in page
    assert "secret-1" not in page


def test_an_outage_for_programs_and_for_parts_of_pages(client):
    said = client.get("/away/", headers={"Accept": "application/problem+json"})
    assert (said.status_code, said.json()["code"]) == (503, "database_away")
    assert said.headers["Retry-After"] == "10"
    part = client.get("/away/", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Retarget"]) == (503, "#says")


def test_an_outage_outside_a_view_is_one_too():
    fails = [f"{__name__}.Fails"]
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[*settings.MIDDLEWARE, *fails]):
        response = Client(raise_request_exception=False).get("/refuse/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"
    assert "<html" in response.content.decode()


def test_a_form_without_our_token_is_refused():
    other_site = Client(enforce_csrf_checks=True)
    assert other_site.post("/file/send/", {"words": "x"}).status_code == 403

"""Pages for everybody have an ETag; what is a person's is kept by nobody."""

import pytest
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory
from django.views.decorators.cache import cache_control

from lianxin.web.kept import NOBODY, KeptByNobody, for_everybody

TEXTS = ["one"]


@for_everybody(60)
def page(request):
    return HttpResponse(f"{TEXTS[0]} {getattr(request, 'LANGUAGE_CODE', '')}")


def ask(tag="", **cookies):
    request = RequestFactory().get("/", headers={"If-None-Match": tag} if tag else {})
    request.COOKIES.update(cookies)
    return page(request)


def test_unchanged_is_said_without_the_page(monkeypatch):
    first = ask()
    tag = first.headers["ETag"]
    assert first.headers["Cache-Control"] == "public, max-age=60"
    for asked in (tag, f"W/{tag}", f'"x", {tag}'):  # compression makes it a weak one
        again = ask(asked)
        assert (again.status_code, again.content) == (304, b"")
        for name in ("ETag", "Cache-Control", "Vary"):
            assert again.headers[name] == first.headers[name]
    monkeypatch.setattr("tests.web.test_kept.TEXTS", ["two"])
    changed = ask(tag)
    assert (changed.status_code, changed.content) == (200, b"two ")
    assert changed.headers["ETag"] != tag


@pytest.mark.parametrize("name", [settings.SESSION_COOKIE_NAME, settings.RESIDENT_COOKIE])
def test_with_a_session_nothing_is_kept_or_compared(name):
    answer = ask(ask().headers["ETag"], **{name: "key"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == NOBODY
    assert "ETag" not in answer.headers
    assert "Cookie" in answer.headers["Vary"]


def test_what_is_no_page_has_no_tag():
    moved = for_everybody(60)(lambda _request: HttpResponseRedirect("/"))
    assert "ETag" not in moved(RequestFactory().get("/")).headers


def test_what_a_view_says_nothing_of_is_kept_by_nobody():
    def answer(view):
        return KeptByNobody(view)(RequestFactory().get("/")).headers["Cache-Control"]

    assert answer(lambda _request: HttpResponse()) == NOBODY
    assert answer(cache_control(max_age=5)(lambda _request: HttpResponse())) == "max-age=5"


@pytest.mark.django_db
def test_languages_and_elder_mode_are_pages_of_their_own(client):
    tags = []
    for cookies in ({}, {"lang": "en"}, {"elder": "1"}, {"lang": "en", "elder": "1"}):
        client.cookies.clear()
        client.cookies.load(cookies)
        tags.append(client.get("/find/").headers["ETag"])
        others = client.get("/find/", headers={"If-None-Match": ", ".join(tags[:-1]) or '"x"'})
        assert others.status_code == 200
    assert len(set(tags)) == 4


@pytest.mark.django_db
def test_no_page_has_a_nonce_so_that_it_is_the_same_for_everybody(client):
    first, second = client.get("/find/"), client.get("/find/")
    assert first.content == second.content
    assert first.headers["Content-Security-Policy"] == second.headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in first.headers["Content-Security-Policy"]
    assert "nonce" not in first.content.decode()

"""Filing by residents: three steps without a session, everything typed kept, one case of two sends."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from lianxin.cases.models import Case, Category, Voice
from lianxin.places.models import Grid
from lianxin.record.models import Attachment
from tests import factories

WORDS = "幼儿园门口早晚停车堵路，孩子只能走到马路中间。"
pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    return factories.world()


def picture(name="photo.jpg", *, size=(640, 480)):
    body = io.BytesIO()
    Image.new("RGB", size, "#884422").save(body, "JPEG")
    return SimpleUploadedFile(name, body.getvalue(), "image/jpeg")


def hidden(response, name="draft"):
    found = re.search(rf'name="{name}" value="([^"]+)"', response.content.decode())
    assert found, name
    return found[1]


def begin(client, query=""):
    return hidden(client.get(f"/file/{query}"))


def what(client, **more):
    draft = more.pop("draft", None) or begin(client, more.pop("query", ""))
    return client.post("/file/where/", {"draft": draft, "at": "what", "words": WORDS, **more})


def where(client, response, **more):
    data = {"draft": hidden(response), "at": "where", "division": "西山区前卫街道", **more}
    return client.post("/file/contact/", data)


def send(client, response, **more):
    return client.post("/file/send/", {"draft": hidden(response), "at": "contact", **more})


def walk(client, **more):
    return send(client, where(client, what(client)), **more)


def test_three_steps_make_one_case_and_a_receipt(world, client):
    response = walk(client)
    assert response.status_code == 302
    assert re.fullmatch(r"/t/(\w{4}-){5}\w{4}/receipt/", response.headers["Location"])
    case = Case.objects.get()
    assert (case.words, case.division_code, case.venue) == (WORDS, "530112005", world.venue)
    assert case.voices.get().phone == ""


def test_no_session_and_no_account_are_needed(world, client):
    walk(client)
    assert "sessionid" not in client.cookies


def test_the_same_draft_sent_twice_is_one_case_with_one_receipt(world, client):
    page = where(client, what(client))
    first, second = send(client, page), send(client, page)
    assert first.headers["Location"] == second.headers["Location"]
    assert Case.objects.count() == 1


def test_changed_after_sending_is_said_and_makes_no_second_case(world, client):
    page = where(client, what(client))
    send(client, page)
    response = send(client, page, name="王女士", consents="on")
    assert response.status_code == 422
    assert Case.objects.count() == 1


def test_each_step_says_what_is_wrong_and_keeps_what_was_typed(world, client):
    response = what(client, words="")
    assert response.status_code == 422
    assert 'id="errors"' in response.content.decode()
    response = where(client, what(client), division="没有这个地方", address="广池小区门口")
    assert response.status_code == 422
    assert "广池小区门口" in response.content.decode()
    response = send(client, where(client, what(client)), name="王女士", phone="12")
    assert response.status_code == 422
    assert "王女士" in response.content.decode()
    assert Case.objects.count() == 0


def test_going_back_and_forth_keeps_everything(world, client):
    page = where(client, what(client), address="广池小区门口")
    back = client.post(
        "/file/what/", {"draft": hidden(page), "at": "contact", "name": "王女士", "phone": "139"}
    )
    assert WORDS in back.content.decode()
    again = what(client, draft=hidden(back))
    assert "广池小区门口" in again.content.decode()
    last = where(client, again, address="广池小区门口").content.decode()
    assert "王女士" in last
    assert 'value="139"' in last


def test_name_and_phone_need_consent_and_are_sealed(world, client):
    page = where(client, what(client))
    assert send(client, page, phone="13987654321").status_code == 422
    assert send(client, page, phone="13987654321", consents="on").status_code == 302
    voice = Voice.objects.get()
    assert voice.phone == "+8613987654321"
    assert voice.consent_version
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM cases_voice")
        assert b"13987654321" not in bytes(cursor.fetchone()[0])


def test_sensitive_words_ask_for_their_own_consent(world, client):
    page = where(client, what(client, words="母亲瘫痪在床，买药没人管"))
    assert 'name="sensitive"' in page.content.decode()
    assert send(client, page).status_code == 422
    assert send(client, page, sensitive="on").status_code == 302
    assert Case.objects.get().details == {"_sensitive_consent": "2026-11"}


def test_an_ordinary_matter_is_not_asked_for_it(world, client):
    assert 'name="sensitive"' not in where(client, what(client)).content.decode()


def test_a_venue_code_leads_point_to_point(world, client):
    page = what(client, query=f"?venue={world.other_venue.code.lower()}")
    assert world.other_venue.name in page.content.decode()
    send(client, where(client, page))
    assert Case.objects.get().venue == world.other_venue


def test_a_deputy_code_leads_to_the_deputy(world, client):
    page = what(client, query=f"?deputy={world.deputy_row().code}")
    assert "周明远" in page.content.decode()
    send(client, where(client, page))
    case = Case.objects.get()
    assert case.deputy == world.deputy_row()
    assert case.venue == world.venue


def test_the_category_brings_its_own_questions(world, client):
    category = Category.objects.get(code="traffic-parking")
    page = what(client, category=category.code)
    assert 'name="q_when"' in page.content.decode()
    send(client, where(client, page, q_when="早上"))
    case = Case.objects.get()
    assert (case.category, case.details) == (category, {"when": "早上"})


def test_a_grid_is_found_by_the_address_or_chosen(world, client):
    grid = Grid.objects.create(
        division_code="530112005001", number="3", name="第三网格", addresses="广池小区"
    )
    place = {"division": "前卫街道官庄社区居委会", "division_code": "530112005001"}
    send(client, where(client, what(client), **place, address="广池小区 3 栋"))
    assert Case.objects.get().grid == grid
    assert "第三网格" in client.get("/file/grids/?code=530112005001").content.decode()
    assert client.get("/file/grids/?code=53").content.strip() == b""


def test_a_place_that_nobody_serves_is_said(world, client):
    response = walk_to(client, "五华区")
    assert response.status_code == 422
    assert Case.objects.count() == 0


def walk_to(client, place):
    return send(client, where(client, what(client), division=place))


def test_photos_without_scripts_are_staged_and_bound(world, client):
    page = what(client, upload=[picture(), picture("two.jpg")])
    send(client, where(client, page))
    case = Case.objects.get()
    held = Attachment.objects.filter(subject_type="cases.case", subject_id=case.pk, state="BOUND")
    assert held.count() == 2


def test_a_broken_photo_is_refused_and_the_good_one_stays(world, client):
    bad = SimpleUploadedFile("bad.jpg", b"\xff\xd8\xff nothing", "image/jpeg")
    page = what(client, upload=[picture(), bad])
    assert page.status_code == 422
    assert WORDS in page.content.decode()
    token = hidden(page, "photo")
    send(client, where(client, what(client, draft=hidden(page), photo=token)))
    assert Attachment.objects.filter(state="BOUND").count() == 1


def test_a_photo_is_taken_with_a_preview_before_sending(world, client):
    answer = client.post("/file/photos/", {"upload": picture()})
    assert answer.status_code == 200
    preview = client.get(answer.json()["preview"])
    assert preview.headers["Content-Type"] == "image/jpeg"
    assert preview.content.startswith(b"\xff\xd8")
    refused = client.post(
        "/file/photos/",
        {"upload": SimpleUploadedFile("a.pdf", b"%PDF-1.4 x", "application/pdf")},
        HTTP_ACCEPT="application/json",
    )
    assert refused.status_code == 422
    assert refused.json()["title"]
    assert client.get("/file/photos/unknown/").status_code == 404


def test_a_machine_that_fills_every_field_files_nothing(world, client):
    page = what(client, website="http://spam.example")
    assert page.status_code == 422
    assert Case.objects.count() == 0


def test_a_flood_from_one_address_is_limited_and_says_so(world, client, settings):
    settings.FILINGS_PER_HOUR = 2
    assert [walk(client).status_code for _n in range(3)] == [302, 302, 422]
    assert Case.objects.count() == 2
    settings.TRUSTED_PROXIES = 1
    assert walk(Client(headers={"X-Forwarded-For": "203.0.113.9"})).status_code == 302


def test_a_refused_filing_costs_nothing_of_the_limit(world, client, settings):
    settings.FILINGS_PER_HOUR = 1
    page = where(client, what(client), division="五华区")
    assert send(client, page).status_code == 422
    assert walk(client).status_code == 302


def test_a_forged_draft_begins_anew(world, client):
    page = what(client, draft="forged")
    assert page.status_code == 200
    assert client.get("/file/where/").status_code == 302
    assert client.post("/file/where/", {"at": "elsewhere"}).status_code == 302


def test_hints_suggest_and_stay_away_once_somebody_chose(world, client):
    page = client.post("/file/hints/", {"words": WORDS}).content.decode()
    assert re.search(r'value="[a-z]+-\w+" checked', page)
    assert 'value="traffic-jam"' in page
    page = client.post(
        "/file/hints/", {"words": WORDS, "category": "work-wages", "touched": "1"}
    ).content.decode()
    assert 'value="work-wages" checked' in page


def test_pages_with_words_are_kept_by_no_proxy(world, client):
    page = what(client)
    assert "private" in page.headers["Cache-Control"]
    assert "no-store" not in page.headers["Cache-Control"]


def test_steps_need_few_queries(world, client):
    client.get("/file/")
    with CaptureQueriesContext(connection) as seen:
        client.get("/file/")
    assert len(seen) <= 1

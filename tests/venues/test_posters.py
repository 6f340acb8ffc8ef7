"""Boards on paper: forms, languages, sheets and codes. How they look is seen in tests/journeys."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from lianxin.people.models import Account
from lianxin.venues.enums import BoardForm
from lianxin.venues.models import BoardIssue, Stationing
from lianxin.venues.queries import boards, posters
from lianxin.venues.queries.posters import SHEETS
from lianxin.web.qr import qr
from tests import factories as f
from tests.reception import factories as reception

pytestmark = pytest.mark.django_db

AT = f.MONDAY


@pytest.fixture
def world():
    return f.world()


@pytest.fixture
def facts(world):
    reception.day(world.venue, deputies=(world.deputy, world.second_deputy))
    return boards.facts_of_venue(world.venue, at=AT)


def many(facts, count):
    one = facts["deputies"][0]
    return {**facts, "deputies": [{**one, "id": f"{n}", "name": f"代表{n}"} for n in range(count)]}


def poster(facts, form="a3", **more):
    return posters.poster(
        facts, form=form, code="7K3F-92QX", version=more.pop("version", 7), at=AT, **more
    )


@pytest.mark.parametrize("form", BoardForm.values)
@pytest.mark.parametrize("count", [0, 1, 3, 5, 8, 12, 13, 24, 36])
def test_every_deputy_stands_on_exactly_one_sheet(facts, form, count):
    made = poster(many(facts, count), form)
    names = [card.name for page in made.pages for card in page.cards]
    assert names == [f"代表{n}" for n in range(count)]
    sheet = SHEETS[BoardForm(form)]
    assert len(made.pages[0].cards) <= sheet.first
    assert all(len(page.cards) <= sheet.further for page in made.pages[1:])
    for page in made.pages:
        assert (len(page.cards) + page.spare) % page.columns == 0 or form == BoardForm.CARDS
        assert 25 < page.size <= 130


def test_a_card_says_partner_days_and_phone(facts):
    card = poster(facts).pages[0].cards[0]
    said = {line.name: line.text for line in card.lines}
    assert card.name == "周明远"
    assert [str(one) for one in card.levels] == ["西山区人大代表"]
    assert said["partner"] == "杨文秀"
    assert said["receives"] == "11月11日"
    assert said["seat"] == "第一选区"


def test_the_second_language_is_any_installed_one_and_only_on_its_form(facts):
    both = poster(facts, "bilingual")
    assert (both.second, both.words["next"].first) == ("en", "下次接待")
    assert both.words["next"].second == "Next reception here"
    assert both.pages[0].cards[0].levels[0].second == "County or district congress deputy"
    assert poster(facts, "bilingual", second="xx").second == "en"
    assert poster(facts, "a3", second="en").second == ""


def test_days_that_are_over_or_off_are_not_listed(facts):
    later = posters.poster(
        facts, form="a3", code="7K3F-92QX", version=1, at=AT + timedelta(days=30)
    )
    assert later.days == ()
    facts["days"][0]["off"] = True
    assert poster(facts).days == ()


@pytest.fixture
def head(client, world):
    client.force_login(Account.objects.get(username="head"))
    return client


def sheet(client, world, form="a3", **query):
    url = reverse("venues:board", args=[world.venue.code, form])
    return client.get(url, query)


def test_a_look_makes_no_version_and_the_button_does(head, world, settings):
    settings.PUBLIC_URL = "https://rd.example"
    look = sheet(head, world).content.decode()
    assert not BoardIssue.objects.exists()
    assert "打印新版" in look
    assert qr(f"https://rd.example/venues/{world.venue.code}/", error="q") in look
    press = reverse("venues:board-print", args=[world.venue.code, "a3"])
    shown = head.post(press, follow=True)
    text = shown.content.decode()
    assert BoardIssue.objects.get().version == 1
    assert shown.redirect_chain[0][0].endswith("/board/a3/?version=1")
    assert qr(f"https://rd.example/b/{world.venue.code}/1/", error="q") in text
    head.post(press)
    assert BoardIssue.objects.count() == 1


def test_a_printed_version_shows_what_it_said_even_when_things_changed(head, world):
    head.post(reverse("venues:board-print", args=[world.venue.code, "a3"]))
    Stationing.objects.filter(deputy_id=world.deputy.deputy_id).update(until_date="2026-10-01")
    old = sheet(head, world, version="1").content.decode()
    now = sheet(head, world).content.decode()
    assert "周明远" in old
    assert "周明远代表已不在这里接待。" in now
    assert "<h3>周明远</h3>" not in re.sub(r'<h3 class="[^"]*">', "<h3>", now)


@pytest.mark.parametrize("form", BoardForm.values)
def test_every_form_opens_and_codes_of_deputies_are_on_it(head, world, form, settings):
    settings.PUBLIC_URL = "https://rd.example"
    text = sheet(head, world, form).content.decode()
    address = f"https://rd.example/deputies/{world.deputy_row().code}/"
    assert qr(address, error="l") in text
    assert f"venues/paper-{SHEETS[BoardForm(form)].paper}" in text
    assert 'style="' not in text


@pytest.mark.parametrize("odd", ["0", "999999", "x", "1;2", "99999999999"])
def test_an_odd_version_is_a_look(head, world, odd):
    assert "打印新版" in sheet(head, world, version=odd).content.decode()


def test_an_unknown_form_is_absent(head, world):
    assert sheet(head, world, "a0").status_code == 404

"""The screen on the wall: public things only, few queries, the same tag while nothing changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lianxin.cases.models import Publication
from lianxin.handling.enums import Outcome
from lianxin.kernel import codes
from lianxin.kernel.refused import Absent
from lianxin.reception.models import Screen
from lianxin.reception.queries.screen import state_of
from lianxin.reception.rules.permissions import NotYourVenue
from lianxin.reception.rules.screens import digest_of
from lianxin.reception.services import days, room, screens
from tests import factories as f
from tests.reception import factories as r
from tests.reception import room_world as w

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return f.world()


@pytest.fixture
def screen(world):
    return screens.set_up(venue_id=world.venue.pk, name="候谈区", by=world.clerk, at=w.EARLY)


@pytest.fixture
def clock(monkeypatch):
    """The time of the views, to be moved."""
    time = [w.TEN]
    for module in ("screen", "room"):
        monkeypatch.setattr(f"lianxin.reception.views.{module}.now", lambda: time[0])
    return time


def published(world, title="路灯修好了"):
    case = f.accepted(world)
    return Publication.objects.create(
        case=case,
        title=title,
        words="x",
        answer="已修好。",
        outcome=Outcome.SOLVED,
        venue=world.venue,
        division_code=world.venue.division_code,
        published_at=w.EARLY,
        published_by_id=world.clerk.person_id,
    )


def parts(screen):
    client = Client()
    return client, w.url("screen", screen.token), w.url("screen-state", screen.token)


def test_numbers_names_and_days_without_anything_personal(world, screen, clock):
    day = w.begun(world)
    r.day(world.venue, on=r.WEDNESDAY + timedelta(days=7), deputies=(world.second_deputy,))
    booking = w.booking(day)
    room.arrive(booking_id=booking.pk, by=world.clerk, at=w.NINE)
    for _ in range(3):
        w.number(world, day, name="马秀英", phone="13800138000", topic="楼道灯")
    room.call_next(day_id=day.pk, by=world.clerk, at=w.NINE)
    room.call_next(day_id=day.pk, by=world.clerk, at=w.minute(5))
    published(world)
    client, page, part = parts(screen)
    state = state_of(screen, w.TEN)
    assert (state.called, state.waiting, state.waiting_count) == ((2, 1), (3, 4), 2)
    assert [one.names for one in state.coming] == [("杨文秀",)]
    for address in (page, part):
        html = client.get(address).content.decode()
        for words in ("周明远", "杨文秀", "路灯修好了", state.code.digits):
            assert words in html
        for secret in ("李", "马秀英", "1380013", "1398765", "楼道灯", "三轮车"):
            assert secret not in html


def test_the_state_has_few_queries_at_one_and_thirty_and_no_session(world, screen, clock):
    def queries():
        with CaptureQueriesContext(connection) as found:
            response = client.get(part)
        assert response.status_code == 200
        assert settings.SESSION_COOKIE_NAME not in response.cookies
        assert not any("session" in one["sql"].lower() for one in found)
        return len(found)

    day = w.begun(world)
    w.number(world, day)
    published(world)
    client, _page, part = parts(screen)
    few = queries()
    assert few <= 6
    for _ in range(29):
        w.number(world, day)
        published(world)
    for weeks in range(1, 5):
        r.day(world.venue, on=r.WEDNESDAY + timedelta(weeks=weeks), deputies=(world.deputy,))
    clock[0] += timedelta(minutes=2)
    assert queries() <= few


def test_unchanged_is_304_and_every_change_is_seen(world, screen, clock):
    day = w.begun(world)
    client, _page, part = parts(screen)
    first = client.get(part)
    assert "no-store" in first["Cache-Control"]
    assert first["Referrer-Policy"] == "no-referrer"
    assert int(first["X-Screen-Time"]) == int(w.TEN.timestamp() * 1000)
    for tag in (first["ETag"], f"W/{first['ETag']}"):
        same = client.get(part, headers={"If-None-Match": tag})
        assert (same.status_code, same.content) == (304, b"")
        assert same["X-Screen-Version"] == first["X-Screen-Version"]
    w.number(world, day)
    changed = client.get(part, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    clock[0] += timedelta(minutes=1)  # the code for checking in is another one
    assert client.get(part, headers={"If-None-Match": changed["ETag"]}).status_code == 200


def test_the_check_in_code_shows_from_an_hour_before_until_the_end(world, screen):
    r.day(world.venue, deputies=(world.deputy,))
    for at, shown in (
        (w.NINE - timedelta(minutes=61), False),
        (w.NINE - timedelta(minutes=60), True),
        (w.TEN, True),
        (w.NINE + timedelta(hours=2, minutes=1), False),
    ):
        assert (state_of(screen, at).code is not None) == shown


@pytest.mark.parametrize(("hour", "night"), [(-4, True), (-1, False), (11, False), (13, True)])
def test_dim_at_night(world, screen, hour, night):
    assert state_of(screen, w.NINE + timedelta(hours=hour)).is_night == night


def test_a_cancelled_day_and_an_empty_venue_are_said(world, screen, clock):
    client, page, _part = parts(screen)
    assert client.get(page).status_code == 200
    day = r.day(world.venue, deputies=(world.deputy,))
    days.cancel_day(day_id=day.pk, reason="代表参加人代会", by=world.clerk, at=w.NINE)
    assert "代表参加人代会" in client.get(page).content.decode()


def test_a_screen_taken_down_shows_nothing(world, screen, clock):
    client, page, part = parts(screen)
    assert client.get(page).status_code == 200
    screens.take_down(screen_id=screen.pk, by=world.clerk, at=w.TEN)
    screens.take_down(screen_id=screen.pk, by=world.clerk, at=w.TEN)
    assert client.get(page).status_code == 404
    assert client.get(part).status_code == 404
    assert client.get(w.url("screen", codes.new_code())).status_code == 404
    assert client.get(w.url("screen", "x")).status_code == 404


def test_the_address_is_found_by_its_digest_however_it_is_typed(screen):
    assert bytes(Screen.objects.get().token_digest) == digest_of(screen.token.lower())
    assert digest_of("nothing") is None
    assert screen.token.encode() not in bytes(Screen.objects.get().token_digest)


def test_seen_is_written_once_a_minute(screen):
    screens.seen(screen, w.NINE)
    screen.refresh_from_db()
    for seconds, queries in ((30, 0), (61, 1)):
        with CaptureQueriesContext(connection) as found:
            screens.seen(screen, w.NINE + timedelta(seconds=seconds))
        assert len(found) == queries


@pytest.mark.parametrize("who", ["other_clerk", "deputy", "handler", "supervisor", "auditor"])
def test_only_the_venue_sets_screens_up_and_takes_them_down(world, screen, who):
    actor = getattr(world, who)
    with pytest.raises(NotYourVenue):
        screens.set_up(venue_id=world.venue.pk, name="x", by=actor, at=w.NINE)
    with pytest.raises(Absent):
        screens.take_down(screen_id=screen.pk, by=actor, at=w.NINE)


def test_the_clerk_sets_one_up_and_reads_its_address(world, clock):
    clerk = w.client("clerk")
    assert clerk.post(w.url("screens"), {"name": " "}).context["form"].errors
    form = {"name": "候谈区左侧墙", "venue_id": str(world.venue.pk)}
    page = clerk.post(w.url("screens"), form, follow=True).content.decode()
    made = Screen.objects.get()
    assert made.token in page
    assert "<svg" in page
    clerk.post(w.url("screen-take-down", made.pk))
    assert made.token not in clerk.get(w.url("screens")).content.decode()
    foreign = {**form, "venue_id": str(world.other_venue.pk)}
    assert clerk.post(w.url("screens"), foreign).context["form"].errors

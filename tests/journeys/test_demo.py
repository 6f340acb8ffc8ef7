"""The demo world: loaded once, looked at from every side."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db.models import F

from lianxin.congress.models import Deputy
from lianxin.kernel.clock import local_date, now
from lianxin.kernel.models import OutboxMessage
from lianxin.people.models import Account
from lianxin.places.models import Grid
from lianxin.places.queries import WorkCalendar, grid_at
from lianxin.reception.models import (
    Booking,
    CallOut,
    GridDuty,
    ReceptionDay,
    RotaPlan,
    Screen,
    Shift,
    SignOff,
    Swap,
    Ticket,
    Visit,
)
from lianxin.venues import queries
from lianxin.venues.models import (
    BoardIssue,
    CheckItem,
    NewsItem,
    Partner,
    ThemedActivity,
    Venue,
    VenueText,
)

STATION = "530112005"


def states(model, **only):
    return set(model.objects.filter(**only).values_list("state", flat=True))


@pytest.fixture
def half_past():
    """The clock stands at the middle of this hour: no day ends between loading and looking."""
    with time_machine.travel(now().replace(minute=30), tick=False):
        yield


@pytest.mark.django_db
@pytest.mark.usefixtures("half_past")
def test_the_demo_world(client):
    """One world for all questions: it takes a while to load."""
    call_command("load_demo", cases=1, verbosity=0)
    assert not OutboxMessage.objects.exclude(state="DONE").exists()
    _grids_and_venues()
    _days_and_rotas()
    _the_named_station()
    _who_asks_finds(client)
    assert not Venue.objects.count() > call_again()


def call_again():
    """A second load does nothing."""
    before = Venue.objects.count()
    call_command("load_demo", verbosity=0)
    return before


def _grids_and_venues():
    assert Grid.objects.count() == Grid.objects.exclude(shape=None).count() == 33
    assert not Venue.objects.filter(latitude=None).exists()
    assert Deputy.objects.exclude(languages=[]).count() >= 10
    for model, least in (
        (VenueText, 15),
        (CheckItem, 21),
        (Partner, 6),
        (ThemedActivity, 4),
        (NewsItem, 9),
    ):
        assert model.objects.count() >= least, model
    assert states(ThemedActivity) == {"planned", "held"}


def _days_and_rotas():
    today = local_date(now())
    planned = ReceptionDay.objects.values_list("venue_id", flat=True).distinct()
    assert set(planned) == set(Venue.objects.values_list("pk", flat=True))
    assert ReceptionDay.objects.filter(date__gt=today + timedelta(weeks=9)).exists()
    assert ReceptionDay.objects.filter(date__lt=today - timedelta(weeks=5)).exists()
    past = ReceptionDay.objects.filter(date__lt=today)
    assert set(past.values_list("state", flat=True)) <= {"signed", "ended"}
    assert RotaPlan.objects.filter(state="published").count() >= 25
    assert {"present", "excused", "expected"} <= states(Shift)
    assert SignOff.objects.count() > 50
    assert GridDuty.objects.filter(from_date__lte=today, until_date__gte=today).count() == 33


def _the_named_station():
    station = Venue.objects.get(division_code=STATION, kind="station")
    deputy = Account.objects.get(username="deputy").person.deputy
    worker = Account.objects.get(username="grid").person
    waiting = ReceptionDay.objects.filter(venue=station, state="ended")
    assert waiting.count() == 1
    assert {"booked", "confirmed", "waiting", "received"} <= states(Booking, day__venue=station)
    full = Booking.objects.filter(state="waiting").values_list("slot", flat=True)
    assert len(full) == 2
    assert Swap.objects.get(state="asked").other_deputy_id == deputy.pk
    call = CallOut.objects.get(state="calling")
    assert (call.called_by, call.asks.get(state="waiting").deputy_id) == (worker, deputy.pk)
    issue = BoardIssue.objects.select_related("venue").get()
    assert issue.digest != issue.venue.board_digest
    assert Screen.objects.get().venue_id == station.pk
    assert Visit.objects.filter(case__venue_id=station.pk).count() > 10
    assert Shift.objects.filter(day__venue=station, deputy=deputy, state="expected").exists()
    if WorkCalendar.default().is_working_day(local_date(now())):
        going = ReceptionDay.objects.get(state="open")
        assert (going.venue_id, going.date) == (station.pk, local_date(now()))
        assert {"called", "waiting", "received"} == states(Ticket, day=going)
        assert going.starts_at <= now() < going.ends_at
        assert going.shifts.filter(deputy=deputy, state="expected").exists()


def _who_asks_finds(client):
    there = client.get("/find/result/", {"q": "西山区前卫社区前卫路5号"})
    assert there.headers["Location"] == "/find/result/?place=530112005011&grid=1"
    page = client.get(there.headers["Location"]).content.decode()
    for words in ("今日值班", "前卫街道人大代表工作站", "第1网格"):
        assert words in page
    grid = Grid.objects.annotate(place=F("division_code")).get(
        division_code="530112005011", number="2"
    )
    assert grid_at(24.995, 102.689) == grid.pk
    assert queries.understand("老姆登村2组").spots[0].key == "1"

from datetime import date, time
from uuid import uuid4

import pytest

from lianxin.kernel import bus
from lianxin.kernel.models import OutboxMessage
from lianxin.kernel.refused import Absent, Forbidden, Refused
from lianxin.places import queries, services
from lianxin.places.enums import DaySource
from lianxin.places.events import CalendarChanged
from lianxin.places.models import CalendarDay, ServiceHours
from lianxin.record.models import Entry
from tests.places.conftest import AT, keeper

pytestmark = pytest.mark.usefixtures("divisions")
FESTIVAL = date(2026, 4, 14)
YEAR = {date(2027, 10, n): (False, "国庆节") for n in range(1, 12)}


def heard(event: CalendarChanged) -> None:
    """Somebody who listens."""


@pytest.fixture(autouse=True)
def listener(monkeypatch):
    monkeypatch.setattr(bus, "_subscriptions", {})
    bus.subscribe(CalendarChanged, heard)


def set_day(by, code="5328", **more):
    said = {"date": FESTIVAL, "is_working": False, "name": "泼水节"} | more
    return services.set_calendar_day(division_code=code, by=by, at=AT, **said)


def set_hours(by, code="", times=("08:30", "12:00", "14:30", "18:00"), since=date(2026, 5, 1)):
    names = ("morning_open", "morning_close", "afternoon_open", "afternoon_close")
    values = dict(zip(names, map(time.fromisoformat, times), strict=True))
    return services.set_service_hours(division_code=code, from_date=since, by=by, at=AT, **values)


def test_a_day_is_set_once_and_told():
    set_day(keeper("53"))
    row = set_day(keeper("5328"), is_working=True, name="不放假")
    assert CalendarDay.objects.get() == row
    assert (row.is_working, row.name, row.source) == (True, "不放假", DaySource.DECIDED)
    assert Entry.objects.filter(action="places.day.set", division_code="5328").count() == 2
    told = [bus.decode(CalendarChanged, m.payload) for m in OutboxMessage.objects.all()]
    assert told == [CalendarChanged("5328", "2026-04-14")] * 2


@pytest.mark.parametrize(
    ("holder", "place", "may"),
    [
        ("53", "", True),
        ("53", "5328", True),
        ("5328", "5328", True),
        ("5328", "532801", True),
        ("5328", "53", False),
        ("5328", "", False),
        ("5328", "5301", False),
    ],
)
def test_who_may_set_a_day_where(holder, place, may):
    if may:
        set_day(keeper(holder), place)
    else:
        with pytest.raises(Forbidden):
            set_day(keeper(holder), place)
    with pytest.raises(Forbidden):
        set_day(keeper(holder, "case.see"), place)
    assert CalendarDay.objects.count() == may


def test_a_day_needs_a_reason_and_a_place_that_exists():
    with pytest.raises(Refused):
        set_day(None, name="  ")
    with pytest.raises(Absent):
        set_day(None, "5399")


def test_a_day_is_taken_back():
    row = set_day(None)
    with pytest.raises(Forbidden):
        services.remove_calendar_day(day_id=row.pk, by=keeper("5301"), at=AT)
    services.remove_calendar_day(day_id=row.pk, by=keeper("5328"), at=AT)
    assert not CalendarDay.objects.exists()
    assert Entry.objects.filter(action="places.day.removed").count() == 1
    with pytest.raises(Absent):
        services.remove_calendar_day(day_id=uuid4(), by=None, at=AT)


def test_a_year_is_entered_whole_and_again():
    set_day(None, "", date=date(2027, 10, 5), is_working=True, name="值守")
    set_day(None, "", date=date(2027, 6, 1), name="本地")
    count = services.announce_year(year=2027, days=YEAR, by=keeper("53"), at=AT)
    assert count == 10
    assert services.announce_year(year=2027, days=YEAR, by=None, at=AT) == 10
    assert CalendarDay.objects.filter(source=DaySource.DECIDED).count() == 2
    calendar = queries.work_calendar("53")
    assert calendar.is_working_day(date(2027, 10, 5))
    assert not calendar.is_working_day(date(2027, 10, 6))
    assert not calendar.assumed(date(2027, 10, 6))


def test_a_year_is_refused_whole():
    with pytest.raises(Refused):
        services.announce_year(year=2028, days=YEAR, by=None, at=AT)
    with pytest.raises(Forbidden):
        services.announce_year(year=2027, days=YEAR, by=keeper("5301"), at=AT)
    assert not CalendarDay.objects.exists()


def test_hours_are_set_changed_and_taken_back():
    set_hours(keeper("53"))
    row = set_hours(None, times=("09:00", "12:00", "13:00", "17:30"))
    assert ServiceHours.objects.get() == row
    assert row.afternoon_close == time(17, 30)
    services.remove_service_hours(hours_id=row.pk, by=keeper("53"), at=AT)
    assert not ServiceHours.objects.exists()
    assert OutboxMessage.objects.count() == 3
    with pytest.raises(Absent):
        services.remove_service_hours(hours_id=row.pk, by=None, at=AT)


@pytest.mark.parametrize(
    "times",
    [
        ("12:00", "08:30", "14:30", "18:00"),
        ("08:30", "15:00", "14:30", "18:00"),
        ("08:30", "12:00", "18:00", "18:00"),
    ],
)
def test_hours_out_of_order_are_refused(times):
    with pytest.raises(Refused):
        set_hours(None, times=times)

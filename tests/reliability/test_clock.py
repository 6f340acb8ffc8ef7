"""The clock is set forth and back, as on a machine whose battery is empty: nothing is done twice, and
nothing waits for a day that was never there. `make clock` does it to running processes."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from lianxin.cases.models import Case
from lianxin.kernel import bus, outbox
from lianxin.kernel.clock import LOCAL, local_date, now
from lianxin.kernel.ids import uuid7
from lianxin.kernel.models import OutboxMessage
from lianxin.people.models import Session
from lianxin.people.services.session_store import SessionStore
from lianxin.record.models import Log
from lianxin.record.services import ledger
from tests import factories as f
from tests.notices.undelivered_world import Planted

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 3, 10, 4, tzinfo=UTC)
DAY = timedelta(days=1)
heard = []


def hear(event: Planted) -> None:
    heard.append(event.number)


@pytest.fixture
def listening(monkeypatch):
    heard.clear()
    monkeypatch.setattr(bus, "_subscriptions", {})
    bus.subscribe(Planted, hear)


def announce(number):
    bus.announce(Planted(number), key="one", division_code="")


def test_keys_are_unique_and_rise_whatever_the_clock_says():
    keys = []
    with time_machine.travel(NOON, tick=False) as clock:
        for jump in (timedelta(), DAY, -2 * DAY, DAY):
            clock.shift(jump)
            keys += [uuid7() for _ in range(500)]
    assert keys == sorted(set(keys))


def test_what_was_leased_or_put_off_while_the_clock_was_ahead_does_not_wait(listening):
    with time_machine.travel(NOON + DAY, tick=False):
        announce(1)
        announce(2)
        dead = outbox.Worker()
        assert len(dead._take(1)) == 1
    with time_machine.travel(NOON, tick=False):
        assert outbox.run_pending() == 2
    assert heard == [1, 2]


def test_a_lease_is_kept_by_a_machine_whose_clock_is_a_little_behind(listening):
    announce(1)
    ahead = now() + timedelta(seconds=20)
    OutboxMessage.objects.update(lease_until=ahead + outbox.LEASE, lease_by="other")
    assert outbox.run_pending() == 0


@pytest.mark.parametrize(
    ("at", "days"),
    [
        (datetime(2028, 2, 29, 9, tzinfo=LOCAL), "2028-02-29"),  # a leap day
        (datetime(2028, 2, 28, 16, 30, tzinfo=UTC), "2028-02-29"),  # there already, not in UTC
        (datetime(2028, 12, 31, 23, 59, tzinfo=LOCAL), "2028-12-31"),
    ],
)
def test_a_matter_is_due_by_working_days_in_shanghai(at, days):
    """The clock of screening runs from the moment it is filed, whatever day UTC has."""
    from lianxin.places.queries import work_calendar

    f.world()
    with time_machine.travel(at, tick=False):
        case = Case.objects.get(pk=f.receipt(at=now()).case_id)
    assert local_date(case.filed_at).isoformat() == days
    assert work_calendar(case.division_code).is_working_day(local_date(case.screen_due_at))
    assert case.screen_due_at > at


def test_no_session_lives_longer_because_the_clock_was_set_back():
    with time_machine.travel(NOON, tick=False) as clock:
        store = SessionStore()
        store["who"] = "x"
        store.create()
        ends = Session.objects.get().expire_date
        for jump in (-DAY, 2 * DAY, -DAY):
            clock.shift(jump)
            SessionStore(store.session_key).get("who")
            assert Session.objects.get().expire_date == ends
        clock.move_to(ends + timedelta(seconds=1))
        assert SessionStore(store.session_key).get("who") is None


def test_heads_of_the_ledger_never_get_younger():
    f.world()
    signed = []
    for jump in (timedelta(), DAY, -DAY):
        f.receipt()
        ledger.sequence_all(NOON + jump)
        signed.append(max(Log.objects.values_list("signed_at", flat=True)))
    assert signed == sorted(signed)

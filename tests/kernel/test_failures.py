"""Errors quote what they stumbled over; what is kept of them quotes nothing."""

import pytest
from django.db import IntegrityError, connection

from lianxin.kernel import bus, codes, outbox, scheduler
from lianxin.kernel.clock import now
from lianxin.kernel.failures import told
from lianxin.kernel.models import OutboxMessage, ScheduledJob
from lianxin.kernel.refused import Refused, TooMany
from tests.kernel.test_outbox import announce, clean  # noqa: F401  (a fixture of these tests, too)
from tests.kernel.world import Counted

PHONE = "13800138000"


def caught(act, kind=Exception):
    with pytest.raises(kind) as error:
        act()
    return told(error.value)


def test_class_and_place_are_told_and_no_text():
    def fail():
        raise ValueError(f"{PHONE} is no number")

    assert caught(fail) == "ValueError"
    found = caught(lambda: codes.digest(PHONE))
    assert found.startswith("ValueError at kernel/codes.py:")
    assert found.endswith(" in digest")


def test_what_was_behind_it_is_told_too():
    def fail():
        try:
            int(PHONE + "x")
        except ValueError as error:
            raise IntegrityError(f"Key (phone)=({PHONE}) already exists.") from error

    assert caught(fail) == "IntegrityError, by ValueError"


def test_of_a_refusal_its_code_is_told():
    def refuse():
        raise TooMany(retry_after=3)

    assert caught(refuse, Refused) == "TooMany (too_many)"


@pytest.mark.django_db
def test_a_phone_in_an_error_reaches_neither_the_outbox_nor_the_jobs(monkeypatch):
    def fail(_what):
        raise ConnectionError(f"the gateway refused {PHONE}")

    monkeypatch.setattr(scheduler, "_jobs", {})
    bus.subscribe(Counted, fail)
    announce(1, "a")
    outbox.run_pending()
    scheduler.job("unlucky", outbox.KEPT, run=fail)
    scheduler.tick(now())
    kept = [OutboxMessage.objects.get().last_error, ScheduledJob.objects.get().last_error]
    assert [one.partition(" at ")[0] for one in kept] == ["ConnectionError"] * 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM kernel_outboxmessage")
        assert PHONE not in str(cursor.fetchall())
        cursor.execute("SELECT * FROM kernel_scheduledjob")
        assert PHONE not in str(cursor.fetchall())

"""What the drivers really raise is told apart from mistakes of ours."""

import errno
from types import SimpleNamespace

import pytest
from django.db import (
    DatabaseError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)

from lianxin.kernel import outages
from lianxin.kernel.clock import now
from lianxin.kernel.models import RateBucket
from lianxin.kernel.outages import DatabaseAway, DatabaseBusy, DiskBroken, DiskFull, is_lost, outage


class FromDriverError(Exception):
    """As psycopg's errors: with an SQLSTATE; None where the driver itself found out."""

    def __init__(self, sqlstate):
        super().__init__("said by the driver")
        self.sqlstate = sqlstate


def wrapped(state, kind=OperationalError):
    error = kind("said by Django")
    error.__cause__ = FromDriverError(state)
    return error


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("08006", DatabaseAway),
        ("57P01", DatabaseAway),
        ("57P03", DatabaseAway),
        ("25006", DatabaseAway),
        ("25P03", DatabaseAway),
        ("28000", DatabaseAway),
        (None, DatabaseAway),
        ("53100", DiskFull),
        ("53300", DatabaseBusy),
        ("55P03", DatabaseBusy),
        ("57014", DatabaseBusy),
        ("58030", DiskBroken),
    ],
)
def test_states_of_postgresql(state, expected):
    assert type(outage(wrapped(state))) is expected


@pytest.mark.parametrize("state", ["42P01", "23505", "22001", "25P02"])
def test_mistakes_stay_mistakes(state):
    assert outage(wrapped(state, DatabaseError)) is None
    assert outage(ValueError()) is None
    assert outage(None) is None


def test_what_the_driver_says_of_a_closed_connection_is_an_outage(monkeypatch):
    """psycopg: “can't change 'autocommit' now”, when the connection was lost a moment before."""
    error = wrapped(None, ProgrammingError)
    assert outage(error) is None
    closed = SimpleNamespace(connection=SimpleNamespace(closed=True))
    monkeypatch.setattr(outages, "connection", closed)
    assert isinstance(outage(error), DatabaseAway)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(errno.ENOSPC, DiskFull), (errno.EIO, DiskBroken), (errno.ENOENT, None)],
)
def test_errors_of_files(number, expected):
    found = outage(OSError(number, "x"))
    assert found is None if expected is None else type(found) is expected


def while_handling(error, *, hidden):
    """What comes out when something else goes wrong while `error` is dealt with."""
    after = RuntimeError("while handling it")
    after.__context__, after.__suppress_context__ = error, hidden
    return after


def test_an_outage_is_found_below_what_came_of_it():
    assert isinstance(outage(while_handling(wrapped("57P01"), hidden=False)), DatabaseAway)
    assert outage(while_handling(wrapped("57P01"), hidden=True)) is None


def test_only_an_ended_connection_is_lost():
    assert is_lost(wrapped("57P01"))
    assert is_lost(wrapped(None))
    assert not is_lost(wrapped("53100"))
    assert not is_lost(OSError(errno.ENOSPC, "x"))


@pytest.fixture
def full_disk(transactional_db):
    """Writes until the engine says that there is no room."""
    if connection.vendor == "postgresql":  # has no limit of pages; its server can say the same
        yield lambda cursor: cursor.execute("DO $$BEGIN RAISE SQLSTATE '53100'; END$$")
        return
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        yield lambda _cursor: RateBucket.objects.bulk_create(
            RateBucket(kind="k" * 40, key=number.to_bytes(32, "big"), left=1, counted_at=now())
            for number in range(1000)
        )
        cursor.execute("PRAGMA max_page_count = 1073741823")


def test_a_full_disk(full_disk):
    with (
        pytest.raises(OperationalError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        full_disk(cursor)
    assert isinstance(outage(caught.value), DiskFull)


@pytest.mark.django_db
def test_a_broken_constraint_is_no_outage():
    RateBucket.objects.create(kind="k", key=b"1", left=1, counted_at=now())
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        RateBucket.objects.create(kind="k", key=b"1", left=1, counted_at=now())
    assert outage(caught.value) is None

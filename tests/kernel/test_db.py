import pytest
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, connection, transaction

from lianxin.kernel.clock import now
from lianxin.kernel.db import is_conflict, refresh_statistics, retry_on_conflict
from lianxin.kernel.ids import uuid7
from lianxin.kernel.models import RateBucket


class Locked:
    """Fails so many times with what SQLite says of a lock."""

    def __init__(self, times: int) -> None:
        self.times, self.calls = times, 0

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.times:
            raise OperationalError("database is locked")
        return "done"


@pytest.mark.django_db(transaction=True)
def test_a_conflict_is_tried_again_a_few_times():
    four, five = Locked(4), Locked(5)
    four.__name__ = five.__name__ = "locked"
    assert retry_on_conflict(four)() == "done"
    with pytest.raises(OperationalError):
        retry_on_conflict(five)()
    assert five.calls == 5


@pytest.mark.django_db(transaction=True)
def test_within_a_transaction_nothing_is_tried_again():
    one = Locked(1)
    one.__name__ = "locked"
    with pytest.raises(OperationalError), transaction.atomic():
        retry_on_conflict(one)()
    assert one.calls == 1


@pytest.mark.django_db(transaction=True)
def test_other_errors_come_out_at_once():
    calls = []

    @retry_on_conflict
    def wrong() -> None:
        calls.append(1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")

    with pytest.raises(Exception, match="no_such_table"):
        wrong()
    assert calls == [1]
    assert not is_conflict(ValueError())


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_postgresql("writers of SQLite wait in line, so no two lock each other out")
def test_a_deadlock_of_postgresql_is_solved():
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    from django.utils import timezone

    rows = [
        RateBucket.objects.create(kind="x", key=bytes([n]), left=0, counted_at=timezone.now())
        for n in range(2)
    ]
    barrier, calls = Barrier(2, timeout=5), []

    @retry_on_conflict
    def both(order) -> None:
        calls.append(1)
        with transaction.atomic():
            for place, row in enumerate(order):
                RateBucket.objects.select_for_update().get(pk=row.pk)
                if place == 0 and len(calls) <= 2:
                    barrier.wait()

    def run(order):
        try:
            both(order)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, [rows, rows[::-1]]))
    assert len(calls) == 3


@pytest.mark.django_db(transaction=True)
def test_flush_empties_what_is_append_only_and_locks_it_again():
    from lianxin.record.models import Entry
    from lianxin.record.services import write

    def entry():
        from lianxin.kernel.clock import now

        return write(
            action="a.b", by=None, at=now(), division_code="", subject=("a.b", uuid7()), data={}
        )

    entry()
    call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
    assert Entry.objects.count() == 0
    one = entry()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Entry.objects.filter(pk=one.pk)._raw_delete(using="default")


@pytest.mark.django_db
@pytest.mark.only_sqlite("PostgreSQL counts by itself")
def test_sqlite_is_told_what_there_is():
    RateBucket.objects.create(kind="a", key=b"1", left=1, counted_at=now())
    refresh_statistics()
    with connection.cursor() as cursor:
        cursor.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = 'kernel_ratebucket'")
        assert cursor.fetchone()[0].startswith("1 ")

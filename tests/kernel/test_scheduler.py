import time
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from django.db import connection

from lianxin.kernel import scheduler
from lianxin.kernel.models import ScheduledJob

DAY = timedelta(days=1)
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)  # 12:00 in Shanghai
runs: list[datetime] = []


@pytest.fixture(autouse=True)
def clean():
    runs.clear()


def job(name="a", every=DAY, **options):
    scheduler.job(name, every, run=options.pop("run", runs.append), **options)


@pytest.mark.django_db
def test_a_job_runs_once_per_slot():
    job()
    assert scheduler.tick(NOON) == 1
    assert scheduler.tick(NOON + timedelta(hours=11)) == 0
    midnight = datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert scheduler.tick(midnight) == 1
    assert runs == [NOON, midnight]
    assert scheduler.next_due(NOON) == midnight


@pytest.mark.django_db
def test_a_job_may_start_some_time_after_midnight():
    job(after=timedelta(hours=2))
    scheduler.tick(NOON)
    assert scheduler.tick(datetime(2026, 11, 22, 17, 59, tzinfo=UTC)) == 0
    assert scheduler.tick(datetime(2026, 11, 22, 18, 0, tzinfo=UTC)) == 1


@pytest.mark.django_db
def test_missed_slots_are_made_up_for_once():
    job()
    scheduler.tick(NOON)
    assert scheduler.tick(NOON + 5 * DAY) == 1
    assert scheduler.tick(NOON + 5 * DAY) == 0


@pytest.mark.django_db
def test_or_one_by_one_when_the_job_says_so():
    job(each=True)
    scheduler.tick(NOON)
    assert scheduler.tick(NOON + 3 * DAY) == 3
    begins = [datetime(2026, 11, day, 16, tzinfo=UTC) for day in (21, 22, 23, 24)]
    assert runs == begins


@pytest.mark.django_db
def test_a_clock_set_back_repeats_nothing_and_waits_for_nothing():
    job()
    scheduler.tick(NOON)
    assert scheduler.tick(NOON - DAY) == 0
    assert scheduler.tick(NOON) == 0
    scheduler.tick(NOON + 30 * DAY)  # a wrong clock
    assert scheduler.tick(NOON + DAY) == 0
    assert scheduler.tick(NOON + 2 * DAY) == 1


@pytest.mark.django_db
def test_a_failed_job_is_tried_again_later_and_the_others_run():
    def fail(at):
        runs.append(at)
        if len(runs) < 3:
            raise ConnectionError("no luck")

    job("a", run=fail)
    job("b", run=lambda at: None)
    assert scheduler.tick(NOON) == 1
    assert ScheduledJob.objects.get(name="a").last_error.startswith("ConnectionError at ")
    assert scheduler.tick(NOON + timedelta(seconds=30)) == 0
    assert scheduler.tick(NOON + timedelta(seconds=61)) == 0
    assert scheduler.tick(NOON + timedelta(seconds=61 + 121)) == 1
    row = ScheduledJob.objects.get(name="a")
    assert (row.attempts, row.last_error) == (0, "")
    assert len(runs) == 3


@pytest.mark.django_db
def test_a_job_whose_process_died_runs_again_when_its_lease_is_over():
    job(lease=timedelta(minutes=10))
    dead = scheduler._claim(scheduler.jobs()[0], NOON, "dead")
    assert dead is not None
    assert scheduler.tick(NOON + timedelta(minutes=9)) == 0
    assert scheduler.tick(NOON + timedelta(minutes=10)) == 1


@pytest.mark.django_db(transaction=True)
def test_processes_side_by_side_run_a_slot_once():
    job(run=lambda at: (time.sleep(0.05), runs.append(at)))

    def tick():
        try:
            scheduler.tick(NOON)
        finally:
            connection.close()

    threads = [Thread(target=tick) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert runs == [NOON]

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from datetime import timedelta
from io import StringIO
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from lianxin.kernel import bus, outbox
from lianxin.kernel.clock import now
from lianxin.kernel.models import OutboxMessage
from tests.kernel.world import Counted, Effect, database_url, keep, stumble

State = OutboxMessage.State


def announce(number: int, stream: str) -> None:
    bus.announce(Counted(number, stream), key=stream, division_code="530000")


def effects() -> dict[str, list[int]]:
    found = defaultdict(list)
    for number, stream in Effect.objects.order_by("id").values_list("number", "stream"):
        found[stream].append(number)
    return dict(found)


def all_due() -> None:
    OutboxMessage.objects.filter(state=State.PENDING).update(not_before=now())


failing: set[int] = set()
seen: list[int] = []


def fail_some(event: Counted) -> None:
    Effect.objects.create(number=event.number, stream=event.stream)
    seen.append(event.number)
    if event.number in failing:
        raise ValueError(f"number {event.number}")


def outside(event: Counted) -> None:
    seen.append(event.number)
    assert not transaction.get_connection().in_atomic_block
    if event.number in failing:
        raise ValueError


@pytest.fixture(autouse=True)
def clean():
    failing.clear()
    seen.clear()


@pytest.mark.django_db
def test_messages_are_delivered_in_order():
    bus.subscribe(Counted, keep)
    for number in range(30):
        announce(number, f"s{number % 3}")
    assert outbox.run_pending() == 30
    assert effects() == {f"s{n}": list(range(n, 30, 3)) for n in range(3)}
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {State.DONE}


@pytest.mark.django_db
def test_a_failed_message_holds_back_its_own_stream_only():
    bus.subscribe(Counted, fail_some)
    for number in range(6):
        announce(number, "odd" if number % 2 else "even")
    failing.add(2)
    assert outbox.run_pending() == 5
    assert effects() == {"even": [0], "odd": [1, 3, 5]}
    failing.clear()
    assert outbox.run_pending() == 0, "the pause is not over"
    all_due()
    assert outbox.run_pending() == 2
    assert effects()["even"] == [0, 2, 4]


@pytest.mark.django_db
def test_what_a_failing_handler_wrote_is_rolled_back():
    bus.subscribe(Counted, fail_some)
    failing.add(1)
    announce(1, "a")
    announce(7, "b")
    assert outbox.run_pending() == 2
    assert effects() == {"b": [7]}, "its neighbour in the transaction is not touched"
    Effect.objects.all().delete()
    message = OutboxMessage.objects.get(state=State.PENDING)
    assert message.attempts == 1
    assert message.last_error.startswith("ValueError at kernel/outbox.py:")
    assert "number 1" not in message.last_error
    all_due()
    with pytest.raises(ValueError, match="number 1"):
        outbox.run_pending(raising=True)


@pytest.mark.django_db
def test_after_eight_tries_a_message_is_parked_and_can_be_retried():
    bus.subscribe(Counted, fail_some)
    failing.add(1)
    announce(1, "a")
    announce(2, "a")
    pauses = []
    for _ in range(outbox.TRIES):
        before = now()
        assert outbox.run_pending() in (1, 2)
        pauses.append(OutboxMessage.objects.get(payload__number=1).not_before - before)
        all_due()
    assert seen == [1] * 8 + [2]
    seconds = [round(pause.total_seconds()) for pause in pauses]
    assert seconds == [5, 20, 80, 320, 1280, 3600, 3600, 3600]
    assert effects() == {"a": [2]}
    assert [message.attempts for message in outbox.parked()] == [8]
    out = StringIO()
    call_command("outbox", stdout=out)
    assert "ValueError at kernel/outbox.py:" in out.getvalue()
    failing.clear()
    call_command("outbox", "--retry", stdout=out)
    assert "1 put back" in out.getvalue()
    assert outbox.run_pending() == 1
    assert effects() == {"a": [2, 1]}


@pytest.mark.django_db
def test_a_message_without_its_handler_waits_and_is_parked():
    bus.subscribe(Counted, keep)
    announce(1, "a")
    OutboxMessage.objects.update(handler="gone.handler")
    assert outbox.run_pending() == 1
    assert "LookupError at kernel/bus.py:" in OutboxMessage.objects.get().last_error


@pytest.mark.django_db(transaction=True)
def test_a_handler_of_the_outside_world_runs_outside_a_transaction(committed):
    bus.subscribe(Counted, outside, atomic=False)
    failing.add(2)
    with transaction.atomic():
        for number in range(4):
            announce(number, str(number))
    assert outbox.run_pending() == 4
    assert Counter(OutboxMessage.objects.values_list("state", flat=True)) == {
        State.DONE: 3,
        State.PENDING: 1,
    }


@pytest.mark.django_db
def test_what_handlers_announce_is_delivered_too():
    def cascade(event: Counted) -> None:
        if event.number:
            announce(event.number - 1, event.stream)

    bus.subscribe(Counted, cascade)
    announce(5, "a")
    assert outbox.run_pending() == 6
    announce(5, "a")
    assert outbox.run_pending(limit=2) == 2


@pytest.mark.django_db
def test_a_lease_keeps_others_away_until_it_runs_out(monkeypatch):
    bus.subscribe(Counted, keep)
    for number in range(5):
        announce(number, "a")
    one, two = outbox.Worker(), outbox.Worker()
    taken = one._take(3)
    assert [message.payload["number"] for message in taken] == [0, 1, 2]
    assert two.run_batch() == 0, "4 and 5 wait for 1 to 3"
    OutboxMessage.objects.filter(lease_by=one.name).update(lease_until=now())
    assert two.run_batch() == 5
    assert one._deliver(taken[0]) is False, "the lease is lost: its effect is rolled back"
    assert effects() == {"a": [0, 1, 2, 3, 4]}


@pytest.mark.django_db
def test_many_waiting_messages_do_not_hide_the_ones_behind_them():
    bus.subscribe(Counted, keep)
    for number in range(10):
        announce(number, "stuck")
    announce(99, "free")
    first = OutboxMessage.objects.order_by("id").first()
    OutboxMessage.objects.filter(pk=first.pk).update(not_before=now() + timedelta(hours=1))
    assert outbox.Worker().run_batch(3) == 1
    assert effects() == {"free": [99]}


@pytest.mark.django_db
def test_a_slow_batch_renews_its_lease(monkeypatch):
    bus.subscribe(Counted, keep)
    for number in range(3):
        announce(number, "a")
    worker = outbox.Worker()
    rest = worker._take(3)
    worker._lease_until = now() + outbox.LEASE / 3
    assert worker._still_leased(rest)
    assert worker._lease_until > now() + outbox.LEASE * 0.9
    OutboxMessage.objects.filter(pk=rest[1].pk).update(lease_by="another")
    worker._lease_until = now()
    assert not worker._still_leased(rest)


@pytest.mark.django_db
def test_a_worker_told_to_stop_gives_back_what_it_did_not_deliver():
    bus.subscribe(Counted, fail_some)
    for number in range(5):
        announce(number, "a")
    worker = outbox.Worker(stopping=lambda: len(seen) >= 2)
    assert worker.run_batch() == 2
    assert OutboxMessage.objects.filter(state=State.PENDING, lease_until=None).count() == 3


@pytest.mark.django_db
def test_delivered_messages_are_purged_after_two_weeks():
    bus.subscribe(Counted, keep)
    announce(1, "a")
    outbox.run_pending()
    announce(2, "a")
    assert outbox.purge(now() + timedelta(days=13)) == 0
    assert outbox.purge(now() + timedelta(days=15)) == 1
    assert OutboxMessage.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_keep_the_order_and_double_nothing(committed):
    bus.subscribe(Counted, keep)
    with transaction.atomic():
        for number in range(400):
            announce(number, f"s{number % 7}")

    def work():
        try:
            worker = outbox.Worker()
            idle = 0
            while idle < 5:
                idle = 0 if worker.run_batch(9) else idle + 1
                time.sleep(0.01)
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outbox.run_pending()
    assert effects() == {f"s{n}": list(range(n, 400, 7)) for n in range(7)}


def start_worker() -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.kernel.worker_process"],
        env={**os.environ, "DATABASE_URL": database_url()},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    return process


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_workers_lose_and_double_nothing(committed):
    """Workers killed with -9 in the midst of it, five times; handlers that fail."""
    bus.subscribe(Counted, stumble)
    streams = {f"s{n}": list(range(n, 800, 25)) for n in range(25)}
    for start in range(0, 800, 100):
        with transaction.atomic():
            for number in range(start, start + 100):
                announce(number, f"s{number % 25}")
    chance = random.Random(3)
    workers = [start_worker()]
    try:
        for _ in range(5):
            time.sleep(0.1 + chance.random() * 0.2)
            workers[0].kill()
            workers[0].wait()
            assert OutboxMessage.objects.filter(state=State.PENDING).exists(), "killed too late"
            workers[0] = start_worker()
        workers.append(start_worker())
        deadline = time.monotonic() + 60
        while OutboxMessage.objects.filter(state=State.PENDING).exists():
            assert time.monotonic() < deadline, "not delivered in time"
            time.sleep(0.1)
        time.sleep(1)  # the last one may only just have started
    finally:
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
        codes = [worker.wait(timeout=15) for worker in workers]
    assert codes == [0, 0], "SIGTERM finishes the message and stops"
    assert effects() == streams

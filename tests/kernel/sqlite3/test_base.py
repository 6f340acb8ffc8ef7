"""Writers wait in line: one at a time, between threads and processes, and nobody waits for the dead."""

import subprocess
import sys
import threading
import time

import pytest
from django.db import connection, transaction

from lianxin.kernel.sqlite3.base import Turn
from tests.kernel.world import Effect

HOLD = """
import fcntl, os, sys, time
held = os.open(sys.argv[1] + "-turn", os.O_RDWR | os.O_CREAT)
fcntl.flock(held, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


def test_one_holds_it_and_the_next_gets_it_afterwards(tmp_path):
    path = str(tmp_path / "db")
    first, second, order = Turn(path, 5), Turn(path, 5), []
    first.take()
    first.take()  # is its own already

    def wait():
        second.take()
        order.append("second")
        second.give_up()

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0.02)
    order.append("first")
    first.give_up()
    waiting.join()
    assert order == ["first", "second"]


def test_another_process_holds_it_until_it_dies(tmp_path):
    path = str(tmp_path / "db")
    with subprocess.Popen([sys.executable, "-c", HOLD, path], stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        turn = Turn(path, 0.05)
        turn.take()
        assert not turn._held  # goes on without
        holder.kill()
        holder.wait()
    turn.take()
    assert turn._held
    turn.close()


def test_a_turn_that_the_disk_refuses_leaves_the_line_to_others(tmp_path):
    away = tmp_path / "away"
    refused, other = Turn(str(away / "db"), 5), Turn(str(away / "db"), 0.05)
    with pytest.raises(FileNotFoundError):
        refused.take()
    away.mkdir()
    other.take()
    assert other._held
    other.close()


@pytest.mark.only_sqlite("writers of PostgreSQL need no turn")
@pytest.mark.django_db(transaction=True)
def test_a_transaction_has_it_and_gives_it_up_however_it_ends():
    connection.ensure_connection()
    turn = connection._turn
    with transaction.atomic():
        assert turn._held
        with transaction.atomic():
            Effect.objects.create(number=1, stream="a")
        assert turn._held
    assert not turn._held
    with transaction.atomic():
        transaction.set_rollback(True)
    assert not turn._held
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        raise ZeroDivisionError
    assert not turn._held
    Effect.objects.all().delete()

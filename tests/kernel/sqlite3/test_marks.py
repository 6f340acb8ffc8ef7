"""A mark is seen by other threads and processes, and goes with whoever held it."""

import subprocess
import sys
from threading import Thread

from lianxin.kernel.sqlite3.marks import marked

HOLD = """
import sys, time
from lianxin.kernel.sqlite3.marks import marked
with marked(sys.argv[1], 7) as first:
    print(first, flush=True)
    time.sleep(60)
"""


def test_one_holds_it_others_do_not_and_other_places_are_free(tmp_path):
    path, seen = str(tmp_path / "db"), []

    def look():
        with marked(path, 7) as first, marked(path, 8) as other:
            seen.extend((first, other))

    with marked(path, 7) as first:
        other = Thread(target=look)
        other.start()
        other.join()
    assert first
    assert seen == [False, True]
    look()
    assert seen[2:] == [True, True]


def test_another_process_s_mark_is_seen_and_goes_when_it_is_killed(tmp_path):
    path = str(tmp_path / "db")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "True\n"
        with marked(path, 7) as first:
            assert not first
        process.kill()
    with marked(path, 7) as first:
        assert first


def test_in_memory_nobody_is_in_the_way():
    with marked(":memory:", 7) as first, marked(":memory:", 7) as second:
        assert (first, second) == (True, True)

import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from lianxin.config import supervisor
from lianxin.config.supervisor import Part, Supervisor, answers, why_not_listen

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DIE = [sys.executable, "-c", "raise SystemExit(3)"]
DEAF = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).touch()
time.sleep(60)
"""


@pytest.fixture
def quick(monkeypatch):
    """Pauses short enough for a test."""
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE", 0.2)
    monkeypatch.setattr(supervisor, "GLANCE", 0.02)
    monkeypatch.setattr(supervisor, "PATIENCE", 2.0)


def part(name, command):
    return Part(name, command, pause=supervisor.FIRST_PAUSE)


def run(boss, until, limit=20.0):
    """Runs `boss` here, in the main thread, and stops it once `until` is true."""

    def watch():
        end = time.monotonic() + limit
        while not until() and time.monotonic() < end:
            time.sleep(0.02)
        boss.stop()

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        boss.run()
    finally:
        watcher.join()
        for number, handler in before.items():
            signal.signal(number, handler)
    assert until(), "it did not happen in time"


def test_a_dead_part_starts_again_with_growing_pauses(quick):
    said = []
    boss = Supervisor([part("sleeper", SLEEP), part("mortal", DIE)], say=said.append)
    run(boss, lambda: boss.parts[1].starts >= 4)
    assert boss.parts[0].starts == 1
    assert [line for line in said if line.startswith("mortal")][:3] == [
        "mortal stopped (exit code 3); starting again in 0.05 s.",
        "mortal stopped (exit code 3); starting again in 0.1 s.",
        "mortal stopped (exit code 3); starting again in 0.2 s.",
    ]


def test_a_killed_part_starts_again(quick):
    said = []
    boss = Supervisor([part("sleeper", SLEEP)], say=said.append)
    killed = []

    def kill_once():
        if boss.parts[0].alive and not killed:
            killed.append(boss.parts[0].process.pid)
            boss.parts[0].process.kill()
        return boss.parts[0].starts == 2

    run(boss, kill_once)
    assert said[0].startswith("sleeper stopped (signal SIGKILL)")


def test_children_of_a_killed_part_do_not_stay(quick, tmp_path):
    """The workers of a killed web server would go on answering, with the old code."""
    note = tmp_path / "pid"
    child = f"import os, time; open({str(note)!r}, 'a').write(f'{{os.getpid()}} '); time.sleep(60)"
    parent = (
        f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {child!r}]);"
        "time.sleep(60)"
    )
    boss = Supervisor([part("web", [sys.executable, "-c", parent])], say=lambda _: None)
    killed = []

    def children():
        return note.read_text().split() if note.exists() else []

    def kill_once():
        if children() and not killed:
            killed.append(children()[0])
            boss.parts[0].process.kill()
        return len(children()) == 2

    run(boss, kill_once)
    assert all(is_gone(pid) for pid in children())


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def is_gone(pid):
    """Death takes a moment on a busy machine."""
    end = time.monotonic() + 10
    while is_running(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not is_running(pid)


def test_all_parts_are_gone_after_a_stop_even_a_deaf_one(quick, tmp_path):
    said, note = [], tmp_path / "deaf"
    deaf = part("deaf", [sys.executable, "-c", DEAF, str(note)])
    boss = Supervisor([part("sleeper", SLEEP), deaf], say=said.append)
    run(boss, note.exists)
    assert [one.process.poll() for one in boss.parts] == [-signal.SIGTERM, -signal.SIGKILL]
    assert said == ["deaf did not stop within 2 s and was killed."]


def test_ready_is_said_once_when_it_is_true(quick):
    said, asked = [], []

    def third_time():
        asked.append(1)
        return len(asked) >= 3

    boss = Supervisor(
        [part("sleeper", SLEEP)],
        say=said.append,
        is_ready=third_time,
        ready=lambda: said.append("ready"),
    )
    started = time.monotonic()
    run(boss, lambda: "ready" in said and time.monotonic() - started > 0.5)
    assert said == ["ready"]
    assert len(asked) == 3


def test_what_waits_starts_when_the_others_are_ready(quick):
    order = []
    boss = Supervisor(
        [part("web", SLEEP), Part("outbox", SLEEP, waits=True)],
        say=order.append,
        ready=lambda: order.append((boss.parts[0].starts, boss.parts[1].starts)),
    )
    run(boss, lambda: boss.parts[1].starts == 1)
    assert order == [(1, 0)]


def test_parts_do_not_outlive_a_killed_supervisor(tmp_path):
    note = tmp_path / "pid"
    child = f"import os, time; open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    code = (
        "import sys; from lianxin.config.supervisor import Part, Supervisor;"
        f"Supervisor([Part('child', [sys.executable, '-c', {child!r}])], say=print).run()"
    )
    boss = subprocess.Popen([sys.executable, "-c", code])
    end = time.monotonic() + 20
    while not (note.exists() and note.read_text()) and time.monotonic() < end:
        time.sleep(0.05)
    boss.kill()
    boss.wait()
    assert is_gone(note.read_text())


def test_a_busy_port_is_one_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        sentence = why_not_listen("127.0.0.1", port)
        assert sentence == (
            f"Port {port} is busy: stop what uses it, or run PORT={port + 1} make run."
        )
        assert answers("127.0.0.1", port)
    assert why_not_listen("127.0.0.1", port) == ""
    assert not answers("127.0.0.1", port)


def test_a_wrong_host_or_port_is_one_sentence():
    assert "between 1 and 65535" in why_not_listen("127.0.0.1", 0)
    assert "203.0.113.9" in why_not_listen("203.0.113.9", 8000)

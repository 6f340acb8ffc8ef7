"""A small sum: signed, soon over, taken once. Nothing else opens the gate."""

import base64
import json
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection

from lianxin.kernel import puzzles
from lianxin.kernel.clock import now
from lianxin.kernel.puzzles import Gate, PuzzleOwed, check_gate, is_solved, new_puzzle
from tests import factories as f
from tests.kernel.puzzling import solution_of, solved

AT = f.MONDAY
GATE = Gate("test", free=2, per_hour=6)


@pytest.fixture(autouse=True)
def easy(db, settings):
    settings.PUZZLE_ROUNDS = 1


def changed(answer, **parameters):
    said = json.loads(base64.b64decode(answer))
    said["challenge"]["parameters"] |= parameters
    return base64.b64encode(json.dumps(said).encode()).decode()


def test_a_network_passes_twice_and_then_with_a_sum():
    for _ in range(2):
        check_gate(GATE, "1.2.3.4", answer="", at=AT)
    with pytest.raises(PuzzleOwed) as owed:
        check_gate(GATE, "1.2.3.4", answer="", at=AT)
    assert owed.value.retry_after == 600
    check_gate(GATE, "1.2.3.4", answer=solved(at=AT), at=AT)
    check_gate(GATE, "5.6.7.8", answer="", at=AT)
    check_gate(GATE, "1.2.3.4", answer="", at=AT + timedelta(minutes=10))


def test_a_gate_without_free_tries_always_asks_for_a_sum():
    closed = Gate("closed", free=0, per_hour=0)
    for _ in range(2):
        with pytest.raises(PuzzleOwed):
            check_gate(closed, "1.2.3.4", answer="", at=AT)
    assert check_gate(closed, "1.2.3.4", answer=solved(at=AT), at=AT)


def test_a_sum_is_taken_once():
    answer = solved(at=AT)
    assert is_solved(answer, at=AT)
    assert not is_solved(answer, at=AT)
    assert not is_solved(answer, at=AT + timedelta(minutes=19))


def test_a_sum_is_good_for_twenty_minutes():
    answer = solved(at=AT)
    assert not is_solved(answer, at=AT + puzzles.VALID)
    assert is_solved(answer, at=AT + puzzles.VALID - timedelta(seconds=1))


def test_only_our_own_puzzles_count():
    answer = solved(at=AT)
    for change in ({"data": {"until": 9e9}}, {"cost": 0}, {"keyPrefix": ""}, {"nonce": "00" * 16}):
        assert not is_solved(changed(answer, **change), at=AT)
    made = new_puzzle(at=AT)
    made["signature"] = "0" * 64
    assert not is_solved(solution_of(made), at=AT)


@pytest.mark.parametrize(
    "answer",
    ["", "x", "e30=", "bnVsbA==", "W10=", "é", "A" * 5000, base64.b64encode(b'{"challenge":1}').decode(),
     base64.b64encode(b'{"challenge":{"parameters":{}},"solution":{}}').decode()],
)  # fmt: skip
def test_what_is_no_answer_opens_nothing(answer):
    assert not is_solved(answer, at=AT)


def test_an_unsolved_puzzle_opens_nothing():
    answer = json.loads(base64.b64decode(solved(at=AT)))
    answer["solution"]["counter"] += 1
    assert not is_solved(base64.b64encode(json.dumps(answer).encode()).decode(), at=AT)


@pytest.mark.django_db(transaction=True)
def test_two_processes_take_one_sum_once(settings):
    """The second process sees what the first one took: the note is in the database."""
    at = now()
    answer = solved(at=at)
    program = (
        "import sys, django; django.setup()\n"
        "from django.conf import settings\n"
        "settings.DATABASES['default']['NAME'] = sys.argv[1]\n"
        "from lianxin.kernel.clock import now\n"
        "from lianxin.kernel.puzzles import is_solved\n"
        "print(is_solved(sys.argv[2], at=now()))\n"
    )
    name = str(connection.settings_dict["NAME"])
    command = [sys.executable, "-c", program, name, answer]
    both = [
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = sorted(process.communicate(timeout=60)[0].strip() for process in both)
    assert said == ["False", "True"]
    assert not is_solved(answer, at=at)

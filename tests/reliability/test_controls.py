"""`make mutants` plants each fault and runs its tests; here: that each can still be planted."""

import ast

import pytest

from benchmarks.controls import CONTROLS, Control
from benchmarks.mutants import StaleError, planted
from tests.architecture.source import ROOT


@pytest.mark.parametrize("control", CONTROLS, ids=lambda one: one.name)
def test_the_fault_can_be_planted_and_its_tests_are_there(control):
    ast.parse(planted(control, (ROOT / control.file).read_text(encoding="utf-8")))
    for test in control.tests:
        file, _, name = test.partition("::")
        text = (ROOT / file).read_text(encoding="utf-8")
        assert f"def {name.partition('[')[0]}" in text if name else text


def test_a_stale_control_says_so():
    stale = Control("gone", "a.py", "old", "new", ())
    for text in ("other", "old old"):
        with pytest.raises(StaleError):
            planted(stale, text)


def test_there_are_enough_and_none_twice():
    assert len({one.name for one in CONTROLS}) == len(CONTROLS) >= 12

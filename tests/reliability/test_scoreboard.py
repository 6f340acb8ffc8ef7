"""The scoreboard says what was measured, and never that more was."""

import re

import pytest

from benchmarks import results, scoreboard
from benchmarks.controls import CONTROLS
from benchmarks.promises import OWN_CONTROLS, PROMISES
from benchmarks.sequence import existing
from tests.architecture.source import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("RESULTS_DIR", str(tmp_path))
    return tmp_path


def row(number):
    return next(one for one in scoreboard.rows(results.last()) if one.promise.number == number)


def test_all_promises_stand_there_in_order_and_say_when_nobody_measured():
    board = scoreboard.rows(results.last())
    assert [one.promise.number for one in board] == list(range(1, 26))
    assert {one.state for one in board} == {scoreboard.OPEN}
    assert scoreboard.as_markdown(board).count(scoreboard.OPEN) == 26
    assert all(one.promise.trials for one in board)


def test_a_promise_is_held_only_when_every_trial_of_it_passed():
    results.record("crash-sqlite", {"kills": 120, "lost": 0, "slowest_seconds": 2.345}, True)
    assert row(1).state == scoreboard.PARTLY
    assert row(1).measured[1] == "crash-postgresql: not yet measured"
    results.record("crash-postgresql", {"kills": 100, "lost": 0}, True)
    assert row(1).state == scoreboard.HELD
    assert row(1).measured[0].startswith("crash-sqlite: kills 120, lost 0, slowest seconds 2.35 (")
    results.record("crash-postgresql", {"kills": 100, "lost": 1}, False)
    assert row(1).state == row(7).state == scoreboard.BROKEN


def test_a_run_smaller_than_the_promise_holds_it_as_far_as_it_was_tried():
    results.record("failover", {"lost": 0}, True, short=results.fewer(kills=(3, 10), nodes=(3, 3)))
    assert row(5).state == scoreboard.PARTLY
    assert "(ONLY 3 of 10 kills; " in row(5).measured[0]
    assert results.fewer(kills=(10, 10)) == ""


def test_the_page_shows_figures_as_text():
    results.record("soak-sqlite", {"worst": "<b>&"}, True)
    page = scoreboard.as_page(scoreboard.rows(results.last()))
    assert "&lt;b&gt;&amp;" in page
    assert page.count("<tr class=") == len(PROMISES)


def test_only_the_last_run_of_a_trial_is_kept(folder):
    for lost in (3, 0):
        results.record("failover", {"lost": lost}, lost == 0)
    assert [path.name for path in folder.iterdir()] == ["failover.json"]
    assert results.last()["failover"].figures == {"lost": 0}


def recorded():
    """Names of results that some trial writes; a name that ends in an engine stands for both."""
    for path in (ROOT / "benchmarks").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "results.record(" in text:
            yield from re.findall(r'results\.record\("([\w-]+)"', text)
            for name in re.findall(r'f"([\w-]+)-\{', text):
                yield from (f"{name}-sqlite", f"{name}-postgresql")
    yield from re.findall(r"benchmarks\.tried ([\w-]+)", MAKEFILE)


def test_every_promise_is_judged_by_trials_that_exist():
    to_come = {"appraisal-secret", "appraisal-count"}
    names = {name for one in PROMISES for name in one.trials}
    assert names - set(recorded()) == to_come
    targets = {word for one in PROMISES for word in re.findall(r"make ([\w-]+)", one.how)}
    assert targets <= existing(MAKEFILE)


def test_every_fault_that_is_planted_is_listed():
    told = scoreboard.as_markdown(scoreboard.rows({}))
    assert [one.name for one in CONTROLS if f"| {one.name} |" not in told] == []
    assert {target for target, _what in OWN_CONTROLS} <= existing(MAKEFILE)

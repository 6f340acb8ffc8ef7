"""A receipt that was handed out is kept, whatever is killed; and the judge can see a loss."""

import pytest

from benchmarks.crash import MUTANT_PLANS, Crash, Plan
from benchmarks.nemesis import ACTS

pytestmark = pytest.mark.slow


def test_no_receipt_is_lost_or_doubled_when_the_server_is_killed(home, url):
    """Struck by receipts, not by the clock: a fast machine would have filed all before."""
    plan = Plan(filings=200, acts=tuple(ACTS), every=(0, 0), kills=2, look=20)
    course = Crash(home, plan, url).run()
    assert course.kills == 2
    assert course.faults == {}, course
    assert course.verdict["receipts"] == 200
    assert course.verdict["cases"] == 200


@pytest.mark.parametrize(("mutant", "fault"), [("early", "lost"), ("double", "doubled")])
def test_the_judge_sees_a_planted_fault(home, url, mutant, fault):
    """Killed at a receipt, not by the clock, so that a slow machine plants the same fault."""
    course = Crash(home, Plan(mutant=mutant, **MUTANT_PLANS[mutant]), url).run()
    assert course.faults.get(fault), course

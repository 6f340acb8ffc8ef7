"""Behind a small pool nobody sees another county's rows, whatever the views forget to ask."""

import pytest

from benchmarks.isolation import MUTANTS, Plan, Trial, World
from benchmarks.pooler import PROGRAM

pytestmark = [
    pytest.mark.only_postgresql("row level security is PostgreSQL's alone"),
    pytest.mark.skipif(not PROGRAM, reason="needs pgbouncer"),
]
SHORT = {"clients": 6, "connections": 3, "workers": 1}


@pytest.fixture(scope="module")
def two_counties(home):
    return World.build(home, 3)


def test_two_counties_and_strangers_share_a_pool(home, two_counties):
    course = Trial(home, Plan(requests=120, **SHORT), two_counties).run()
    assert course.passed, (course.figures(), course.leaks[:3])
    assert course.naked > 30


def test_a_planted_fault_is_seen(home, two_counties):
    """`make isolation` tries them all."""
    plan = Plan(requests=24, mutant=MUTANTS[0], **SHORT)
    assert Trial(home, plan, two_counties).run().leaks

"""`make soak` takes an hour; here: that it would see what grows, and that what it names is known."""

import re

import pytest

from benchmarks.promises import PROMISES
from benchmarks.sequence import existing
from benchmarks.soak import Samples
from tests.architecture.source import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize(("growth", "slope"), [(0.0, 0.0), (0.5, 6.0)])
def test_growth_is_seen_after_warming_up(growth, slope):
    samples = Samples(at=[5.0 * n for n in range(40)])
    values = [100.0 * (n > 5) + growth * n for n in range(40)]
    assert samples.slope(values) == pytest.approx(slope)


def test_every_trial_of_the_product_so_far_has_its_target():
    """What has no target yet stands on the scoreboard as not measured, with the target to come."""
    there = existing(MAKEFILE)
    named = {word for one in PROMISES for word in re.findall(r"make ([a-z-]+)", one.how)}
    assert {"crash", "outbox", "tampering", "drill", "pitr", "mutants", "soak", "asvs"} <= there
    assert named >= {"failover", "powercut"}


def test_the_long_forms_are_named_once():
    listed = re.search(r"^SOAK = ((?:.*\\\n)*.*)$", MAKEFILE, re.MULTILINE).group(1)
    names = listed.replace("\\", " ").split()
    assert len(set(names)) == len(names)

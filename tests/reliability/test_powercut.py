"""The power fails on a disk that forgets what was not forced to it; and one that forces nothing is seen."""

import pytest

from benchmarks import powercut
from benchmarks.small_disk import MountRefusedError

pytestmark = [
    pytest.mark.slow,
    pytest.mark.only_sqlite("the server of PostgreSQL writes to its own disk; make powercut"),
]


@pytest.fixture
def cut(home):
    """Cuts the power so many times, with or without forcing commits to the disk."""

    def run(cuts, sync):
        try:
            return powercut.run(home, cuts=cuts, sync=sync)
        except MountRefusedError as error:
            pytest.skip(f"no file system of ours can be mounted here: {error}")

    return run


def test_a_power_cut_loses_no_receipt_and_a_broken_disk_gives_none(cut):
    course = cut(2, "on")
    assert course.cuts == 3
    assert course.faults == {}, course
    assert course.verdict["receipts"] > 0


def test_the_judge_sees_commits_that_were_not_forced_to_the_disk(cut):
    assert cut(1, "off").verdict["lost"] > 0

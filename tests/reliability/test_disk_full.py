"""The disk fills up under load: no false receipt, reading goes on, and it works again by itself."""

import pytest

from benchmarks import diskfull
from benchmarks.small_disk import MountRefusedError, SmallDisk

pytestmark = pytest.mark.slow


@pytest.fixture
def disk():
    try:
        with SmallDisk(48) as found:
            yield found
    except MountRefusedError as error:
        pytest.skip(f"no small disk can be made here: {error}")


@pytest.mark.only_sqlite("the server of PostgreSQL writes to its own disk; make diskfull")
def test_a_full_disk_costs_nobody_anything(home, disk):
    url = home.new_database(like=home.url, folder=disk.folder)
    course = diskfull.run(home, disk, url, filings=120, rounds=1, full=0.5)
    assert course.put_off > 0
    assert course.faults == {}, course
    assert course.verdict["receipts"] == course.verdict["cases"] == 120

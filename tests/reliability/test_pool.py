"""Behind PgBouncer a transaction that was cut off is tried again, as it is without."""

from urllib.parse import urlsplit

import pytest

from benchmarks.pooler import PROGRAM, Pooler


@pytest.mark.only_postgresql("nobody pools connections to a file")
@pytest.mark.skipif(not PROGRAM, reason="needs pgbouncer")
def test_a_transaction_that_was_cut_off_is_tried_again(home, url):
    with Pooler(url, urlsplit(url).username, connections=3) as pool:
        found = home.ask("benchmarks.broken_pool", url, url=pool.url)
    assert found == {
        "once": {"outcome": "*", "tries": 2},
        "twice": {"outcome": "*", "tries": 3},
        "deadlock": {"outcome": [2, 2], "tries": 3},
    }

"""Behind PgBouncer a transaction that was cut off is tried again, as it is without."""

import os
from urllib.parse import urlsplit

import pytest

from benchmarks.isolation import missing
from benchmarks.pooler import Pooler

REASON = missing(os.environ.get("DATABASE_URL", ""))


@pytest.mark.skipif(bool(REASON), reason=REASON)
def test_a_transaction_that_was_cut_off_is_tried_again(home, url):
    with Pooler(url, urlsplit(url).username, connections=3) as pool:
        found = home.ask("benchmarks.broken_pool", url, url=pool.url)
    assert found == {
        "once": {"outcome": "*", "tries": 2},
        "twice": {"outcome": "*", "tries": 3},
        "deadlock": {"outcome": [2, 2], "tries": 3},
    }

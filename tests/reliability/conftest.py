"""A whole installation for each worker, on the engine that the suite runs on."""

import os

import pytest

from benchmarks.installation import PLAIN, Installation


@pytest.fixture(scope="session")
def home():
    """Its database `home.url` holds the small world, and nobody touches it: tests take copies."""
    with Installation(os.environ.get("DATABASE_URL", ""), settings=PLAIN) as found:
        found.ask("benchmarks.worlds", "small")
        yield found


@pytest.fixture
def url(home):
    """A database of the test's own, with the small world."""
    return home.new_database(like=home.url)

"""The venue with turns of tests/reception/turns.py."""

import pytest

from tests.reception.turns import Turns, build


@pytest.fixture
def turns(db: None) -> Turns:
    return build()

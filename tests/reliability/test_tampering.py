"""A few hundred changes of a ledger; `make tampering` makes ten thousand."""

import pytest

from benchmarks.tampering import IN_BUNDLES, tamper
from benchmarks.tampering_parts import made
from lianxin.venues.models import Venue
from tests import factories as f


@pytest.fixture
def known(db):
    f.world()
    assert Venue.objects.exists()
    return made(40)


def test_whatever_is_changed_is_found(known, tmp_path):
    outcome = tamper(known, 300, tmp_path)
    assert outcome.believed == []
    assert set(outcome.tried) == {one.__name__ for one in IN_BUNDLES}
    assert outcome.forks == outcome.witness_refused == 2
    assert outcome.largest_proof < 2048


def test_a_program_that_finds_nothing_is_found_out(known, tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.tampering.Judge.believes", lambda *_: True)
    assert len(tamper(known, 50, tmp_path).believed) > 40

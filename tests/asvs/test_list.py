"""The list of chosen requirements says what the tests show, and the page says what the list says."""

from ops import asvs
from tests.architecture.source import none


def test_what_is_said_to_hold_has_its_test():
    none(asvs.faults(asvs.chosen(), asvs.shown()))


def test_a_claim_without_a_test_is_found():
    rows = {
        "1.1.1": {"level": 1, "text": "x", "status": "pass"},
        "1.1.2": {"level": 1, "text": "x", "status": "na"},
        "1.1.3": {"level": 1, "text": "x", "status": "done"},
    }
    assert asvs.faults(rows, {"9.9.9": ["x"]}) == [
        "1.1.1 has no test",
        "1.1.2 needs its reason",
        "1.1.3: done is no status",
        "9.9.9 is tested and not chosen",
    ]


def test_the_page_is_fresh():
    drawn = asvs.page(asvs.chosen(), asvs.shown())
    assert asvs.PAGE.read_text(encoding="utf-8") == drawn, "run: python -m ops.asvs --write"

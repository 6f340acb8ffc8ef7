"""Planted secrets: found nowhere in what an installation leaves behind; the short form."""

import os

from benchmarks import planted

URL = os.environ.get("DATABASE_URL", "")


def test_the_search_finds_every_form_of_a_secret():
    (one,) = planted.invent(1)
    for text in one.values():
        for form in planted.forms(text):
            assert planted.found_in(b"\0" * 7 + form + b"rest", [form]) == {form}
    assert planted.found_in(b"nothing here", planted.forms(one["name"])) == set()


def test_nothing_planted_is_found_and_what_is_left_on_purpose_is():
    """The control: an unsealed column and a line in a log are found by the same search."""
    figures = planted.run(10, url=URL, http=0)
    assert (figures["hits"], figures["pages that tell"]) == (0, 0), figures["where"]
    assert (figures["cases"], figures["bookings"]) == (10, 4)
    assert figures["pages read"] > 50
    assert len(figures["controls found in"]) > 1
    assert "own.log" in figures["controls found in"]

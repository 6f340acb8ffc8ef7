"""The search for planted secrets sees every form of one; `make planted` searches, .ci/run too."""

from benchmarks import planted


def test_the_search_finds_every_form_of_a_secret():
    (one,) = planted.invent(1)
    for text in one.values():
        for form in planted.forms(text):
            assert planted.found_in(b"\0" * 7 + form + b"rest", [form]) == {form}
    assert planted.found_in(b"nothing here", planted.forms(one["name"])) == set()


def test_no_two_people_are_alike(monkeypatch):
    """Few signs, so that names are drawn twice: a number that two share is found with its control."""
    monkeypatch.setattr(planted, "GIVEN", "骁翊珩")
    people = planted.invent(27)
    assert {len({one[what] for one in people}) for what in ("name", "phone", "other")} == {27}

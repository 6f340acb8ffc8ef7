"""A stranger who guesses. It stands alone: the whole network of a guesser has to wait."""

from __future__ import annotations

from lianxin.kernel.codes import new_code
from tests.journeys.people import PHONE


def test_guessing_codes_ends_and_foreign_cases_stay_shut(people, site):
    """Codes with a right check sign that belong to nobody: a few, then 429; and no case by its id."""
    one = people(size=PHONE)
    answers = [one.page.request.get(f"{site.url}/t/{new_code()}/").status for _ in range(12)]
    assert set(answers[:5]) == {404}
    assert answers[-1] == 429
    one.open("/case/00000000-0000-7000-8000-000000000000/")
    assert "/sign-in/" in one.page.url

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.kernel.codes import ALPHABET, digest, new_code, normalise


def test_a_code_has_six_groups_of_four_and_is_its_own_normal_form():
    code = new_code()
    assert [len(group) for group in code.split("-")] == [4] * 6
    assert normalise(code) == code


def test_110_bits_are_random():
    codes = {new_code() for _ in range(2000)}
    assert len(codes) == 2000
    seen = {sign for code in codes for sign in code.replace("-", "")[:22]}
    assert seen == set(ALPHABET)


@pytest.mark.parametrize("_", range(5))
def test_every_single_wrong_sign_is_found(_):
    signs = new_code().replace("-", "")
    for place in range(24):
        for other in set(ALPHABET) - {signs[place]}:
            assert normalise(signs[:place] + other + signs[place + 1 :]) is None


@pytest.mark.parametrize("_", range(5))
def test_every_swap_of_two_signs_is_found(_):
    signs = new_code().replace("-", "")
    for one, two in combinations(range(24), 2):
        if signs[one] != signs[two]:
            swapped = list(signs)
            swapped[one], swapped[two] = swapped[two], swapped[one]
            assert normalise("".join(swapped)) is None


def test_two_wrong_signs_are_found():
    chance = random.Random(7)
    for _ in range(5000):
        signs = list(new_code().replace("-", ""))
        for place in chance.sample(range(24), 2):
            signs[place] = chance.choice(sorted(set(ALPHABET) - {signs[place]}))
        assert normalise("".join(signs)) is None


def test_what_people_type_is_understood():
    code = next(c for c in iter(new_code, "") if "0" in c and "1" in c)
    for typed in (
        code.lower(),
        code.replace("-", ""),
        code.replace("-", " "),
        f"  {code}\n",
        code.replace("0", "O"),
        code.replace("0", "o").replace("1", "l"),
        code.replace("1", "I"),
        code.replace("-", "—"),
        "".join(chr(ord(c) + 0xFEE0) if c.isalnum() else c for c in code),
    ):
        assert normalise(typed) == code


@given(st.text(max_size=250))
def test_nonsense_is_no_code_and_no_error(text):
    assert normalise(text) is None


def test_the_digest_is_keyed_and_the_same_for_every_spelling(settings):
    code = new_code()
    first = digest(code)
    assert len(first) == 32
    assert digest(code.lower().replace("-", " ")) == first
    settings.LIANXIN_INDEX_KEY = b"another key of thirty-two bytes."
    assert digest(code) != first


def test_no_code_has_no_digest():
    with pytest.raises(ValueError, match="no receipt code"):
        digest("7K3F-92QX")

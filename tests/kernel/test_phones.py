import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.kernel.fields import blind_index
from lianxin.kernel.phones import mask_name, mask_phone, show_phone, to_e164

SPELLINGS = [
    "13800138000", "138 0013 8000", "138-0013-8000", "+8613800138000", "+86 138 0013 8000",
    "0086 13800138000", "008613800138000", "(138) 00138000", "138.0013.8000", " 13800138000 ",
    "１３８００１３８０００", "+86-138-0013-8000", "+86 (138) 0013-8000", "138 0013-8000",
    "138　0013　8000", "＋８６１３８００１３８０００", "138\u00a00013\u00a08000", "86 138 0013 8000",
    "tel:+8613800138000", "138–0013–8000",
]  # fmt: skip


def test_twenty_spellings_of_one_number_have_one_index():
    assert {to_e164(text) for text in SPELLINGS} == {"+8613800138000"}
    indexes = {blind_index("person.phone", str(to_e164(text))) for text in SPELLINGS}
    assert len(indexes) == 1


@pytest.mark.parametrize("text", ["", "110", "1380013800", "abc", "138001380001", "电话", "+" * 50])
def test_what_is_no_number_is_none(text):
    assert to_e164(text) is None


@given(st.text(max_size=80))
def test_no_text_is_an_error(text):
    to_e164(text)
    mask_phone(text)
    mask_name(text)


def test_a_mobile_number_known_at_a_glance_is_one_that_is_read_in_full():
    for start in range(1000, 2000):
        text = f"{start}1234567"
        assert (to_e164(text) is None) == (to_e164(f" {text}") is None), text
    assert to_e164("13800138000\n") == to_e164("１３８００138000") == "+8613800138000"
    assert to_e164("17401234567") == to_e164(" 17401234567")


def test_land_lines_need_their_area():
    assert to_e164("0871-63101234") == "+8687163101234"
    assert show_phone("+8687163101234").replace(" ", "") == "087163101234"
    assert show_phone("+8613800138000") == "13800138000"


def test_masks_show_little():
    assert mask_phone("+8613812341234") == "138****1234"
    assert mask_phone("13812341234") == "138****1234"
    assert mask_phone("12345") == "*****"
    names = {
        "张三": "张*",
        "张小三": "张**",
        "欧阳修": "欧阳*",
        "李": "李*",
        "": "",
        "Ann Lee": "A**",
    }
    assert {name: mask_name(name) for name in names} == names

import pytest

from lianxin.kernel.private_numbers import cover, covered, kept_apart, uncovered

NUMBERS = [
    "13800138000",
    "138 0013 8000",
    "138-0013-8000",
    "1380 013 8000",
    "+86 13800138000",
    "１３８００１３８０００",
    "530102199001011234",
    "53010219900101123X",
    "530102 19900101 123x",
    "530102900101123",
    "6222021234567890123",
    "6222 0212 3456 7890 123",
    "6222-0212-3456-7890",
    "0871-63511234",
    "087163511234",
    "zhang.san@example.com",
]
NOT = ["2026-11-26", "12345", "530112-2026-0312", "建中路 128 号 3 栋", "300 元", "120", "7x24"]


def test_words_without_digits_come_back_as_they_are():
    text = "幼儿园门口早晚停车堵路，请管一管。ＡＢＣ　×"
    assert cover(text) == (text, [])
    assert covered("××××××") == "×××"


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_in_words_is_covered_and_comes_back(number):
    text = f"我家漏水，请打{number}找我。谢谢{number}"
    shown, found = cover(text)
    assert number not in shown
    assert len(shown) == len(text)
    assert shown.startswith("我家漏水，请打×")
    assert uncovered(shown, "words", kept_apart({"words": found})) == text


@pytest.mark.parametrize("harmless", NOT)
def test_other_numbers_stay(harmless):
    assert covered(f"在{harmless}这里") == f"在{harmless}这里"


def test_several_kinds_side_by_side_and_nothing_twice():
    text = "张三，530102199001011234，13800138000 13900139000，卡6222021234567890123"
    shown, found = cover(text)
    assert [original for _start, original in found] == [
        "530102199001011234",
        "13800138000",
        "13900139000",
        "6222021234567890123",
    ]
    assert cover(shown) == (shown, [])
    assert kept_apart({"words": [], "title": []}) == ""
    assert uncovered("没有", "words", "") == "没有"

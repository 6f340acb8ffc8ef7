import pytest

from lianxin.places.rules import is_street, short_name, stem


@pytest.mark.parametrize(
    ("name", "short", "bare"),
    [
        ("石林彝族自治县", "石林县", "石林"),
        ("双江拉祜族佤族布朗族傣族自治县", "双江县", "双江"),
        ("德宏傣族景颇族自治州", "德宏州", "德宏"),
        ("五华山社区居民委员会", "五华山社区", "五华山"),
        ("北门社区居委会", "北门社区", "北门"),
        ("古城社区居民委员", "古城社区", "古城"),
        ("东风居民委员会", "东风社区", "东风"),
        ("老姆登村委会", "老姆登村", "老姆登"),
        ("大村村民委员会", "大村", "大村"),
        ("碧溪村民委员会（农村社区）", "碧溪村", "碧溪"),
        ("前卫街道", "前卫街道", "前卫"),
        ("云县", "云县", "云县"),
        ("芒市", "芒市", "芒市"),
        ("匹河怒族乡", "匹河怒族乡", "匹河怒族"),
        ("东风农场", "东风农场", "东风农场"),
    ],
)
def test_what_people_say(name, short, bare):
    assert short_name(name) == short
    assert stem(name) == bare


def test_streets_by_code():
    assert is_street("530112005")
    assert not is_street("532524101")
    assert not is_street("530112005001")
    assert not is_street("530112")

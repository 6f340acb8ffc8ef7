"""Which place an address names, however it is cut."""

import pytest

from lianxin.places import queries
from lianxin.places.models import Grid
from lianxin.places.queries import Trust

pytestmark = pytest.mark.usefixtures("divisions")


def read(text):
    return [(one.division.code, one.rest) for one in queries.read_places(text)]


@pytest.mark.parametrize(
    "said",
    [
        "云南省昆明市西山区前卫街道润城社区3栋",
        "昆明市 西山区 前卫街道 润城社区 3栋",
        "昆明西山前卫润城3栋",
        "西山区润城社区３栋",
        "润城社区三幢",
        "润城社区居民委员会3号楼",
        "家住前卫街道润城社区3栋",
        "润城3栋",
    ],
)
def test_one_place_and_the_house(said):
    assert read(said) == [("530112005001", "3栋")]


def test_the_smallest_place_understood_is_kept():
    assert read("昆明市西山区不存在的巷子9号") == [("530112", "不存在的巷子9号")]
    assert read("云南省") == [("53", "")]


def test_a_name_that_several_places_have():
    assert [code for code, _rest in read("玉龙社区5号")] == ["530112005002", "530902002005"]
    assert read("临翔区玉龙社区5号") == [("530902002005", "5号")]


def test_a_street_is_no_place_of_the_same_name():
    assert read("前卫路12号") == []
    assert read("") == read("x") == read("云") == []


def test_a_stem_before_other_words_is_a_guess():
    found = queries.read_places("润城小学")
    assert [(one.division.code, one.trust) for one in found] == [("530112005001", Trust.GUESSED)]


def test_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        queries.read_places("昆明市西山区前卫街道润城社区3栋")


def test_grids_that_fit_or_may_fit():
    first, second = (
        Grid.objects.create(division_code="530112005001", number=n, name=n, addresses=listed)
        for n, listed in (("1", "润城路1-20号，润城小学"), ("2", "润城路21-40号、1-6栋"))
    )
    both = [first, second]
    assert queries.fitting(both, "润城路 8号") == [first]
    assert queries.fitting(both, "三号楼") == [second]
    assert queries.fitting(both, "润城路99号") == []
    assert queries.perhaps(both, "润城路") == both
    assert queries.grid_for_address("530112005001", "润城路２２号") == second
    assert queries.grids_naming("润城路8号") == both
    assert queries.grids_naming("润城路8号", within="5309") == []
    assert queries.grids_naming("8号") == []

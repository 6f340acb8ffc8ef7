import pytest
from django.db import connection

from lianxin.kernel.refused import Absent
from lianxin.places import queries
from lianxin.places.enums import Level
from lianxin.places.models import Division, Grid

pytestmark = pytest.mark.usefixtures("divisions")


def codes(rows):
    return [row.code for row in rows]


def test_paths_of_many_codes_in_one_query(django_assert_num_queries):
    asked = ["530112005", "533323201204", "530112005", "", "999999"]
    with django_assert_num_queries(2):  # the stamps, too
        names = queries.names_for(asked)
    with django_assert_num_queries(1):
        assert queries.names_for(asked[:2]) == names
    assert names["530112005"].text == "云南省 › 昆明市 › 西山区 › 前卫街道"
    assert names["533323201204"].tail(2) == "匹河怒族乡 › 老姆登村委会"
    assert names["533323201204"].short == "老姆登村"
    assert set(names) == {"530112005", "533323201204"}
    with django_assert_num_queries(0):
        assert queries.names_for(["", ""]) == {}


def test_path_of_one():
    assert queries.path("5328") == "云南省 › 西双版纳傣族自治州"
    assert queries.path("999999") == "999999"
    with pytest.raises(Absent):
        queries.division("999999")


def test_codes_say_level_and_place():
    assert queries.level_of("530112005") == Level.TOWNSHIP
    assert queries.ancestors("530112005001") == (
        "53",
        "5301",
        "530112",
        "530112005",
        "530112005001",
    )
    for wrong in ("", "530", "53011", "abcd"):
        with pytest.raises(ValueError, match="not the code"):
            queries.level_of(wrong)
    assert queries.within("530112005001", "5301")
    assert not queries.within("5301", "530112")
    assert queries.within("5301", "")


def test_within_as_filter_is_the_same_as_in_words():
    every = codes(Division.objects.order_by("code"))
    for prefix in ("", "53", "5301", "530112", "530112005001", "54", "9", "99"):
        filtered = Division.objects.filter(queries.within_q(prefix, "code")).order_by("code")
        assert codes(filtered) == [code for code in every if queries.within(code, prefix)]


def test_within_takes_no_words():
    for wrong in ("53%", "5x", " "):
        with pytest.raises(ValueError, match="not the code"):
            queries.within_q(wrong)


def test_within_uses_the_index(db):
    if connection.vendor == "postgresql":  # reads a table of a few rows, whatever its indexes
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Division.objects.filter(queries.within_q("5301", "code")).explain()
    assert "SEARCH places_division USING INDEX" in plan or "Index Cond" in plan


def test_children_in_order(django_assert_num_queries):
    with django_assert_num_queries(1):
        rows = list(queries.children("53"))
    assert codes(rows) == ["5301", "5309", "5328", "5333"]
    assert all(row.has_children for row in rows)
    assert codes(queries.children("")) == ["53"]
    assert not queries.children("530112005")[0].has_children
    Division.objects.filter(code="5309").update(is_active=False)
    assert codes(queries.children("53")) == ["5301", "5328", "5333"]


def test_where_a_congress_exists():
    has = dict.fromkeys(["53", "5301", "530126", "530126101", "533323201"], True)
    has |= dict.fromkeys(["530112005", "532801401", "530112005001"], False)
    for row in Division.objects.filter(code__in=has):
        assert row.has_congress is has[row.code], row
    assert Division.objects.get(code="530112005").is_street


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("西山区前卫街道", ["530112005"]),
        ("云南省昆明市西山区前卫街道", ["530112005"]),
        ("昆明市 › 西山区 › 前卫街道", ["530112005"]),
        ("昆明 西山 前卫", ["530112005"]),
        ("前卫街道", ["530112005"]),
        ("石林县", ["530126"]),
        ("石林彝族自治县", ["530126"]),
        ("西双版纳州", ["5328"]),
        ("福贡县老姆登村", ["533323201204"]),
        ("临翔区玉龙社区", ["530902002005"]),
        ("玉龙社区", ["530112005002", "530902002005"]),
        ("前卫街道西山区", []),
        ("五华区前卫街道", []),
        ("街道", []),
        ("", []),
        ("云", []),
    ],
)
def test_readings_of_words(text, expected, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):
        assert codes(queries.resolve(text)) == expected


def test_readings_within_a_place():
    assert codes(queries.resolve("玉龙社区", within="5309")) == ["530902002005"]
    assert codes(queries.search("玉龙", within="5301")) == ["530112005002"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("西山", "530112"),
        ("前卫", "530112005"),
        ("玉龙", "530112005002"),
        ("临翔 玉龙", "530902002005"),
        ("临翔区玉龙社区", "530902002005"),
        ("版纳", "5328"),
        ("老姆登", "533323201204"),
    ],
)
def test_search_as_one_types(text, first, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        assert queries.search(text)[0].code == first


def test_search_says_nothing_for_nothing_and_cuts():
    assert queries.search("  ") == []
    assert queries.search("不存在") == []
    assert queries.search("%") == []
    assert len(queries.search("社区", limit=1)) == 1
    assert codes(queries.search("云" * 5000)) == []


def test_retired_divisions_are_found_by_code_only():
    Division.objects.filter(code="530112005").update(is_active=False)
    assert queries.resolve("西山区前卫街道") == []
    assert queries.path("530112005").endswith("前卫街道")


def test_grid_of_an_address():
    place = "530902002005"
    first = Grid.objects.create(
        division_code=place, number="1", name="一", addresses="玉龙路1号，玉龙小区"
    )
    Grid.objects.create(division_code=place, number="2", name="二", addresses="玉龙路，南屏巷")
    Grid.objects.create(division_code=place, number="3", name="三", is_active=False)
    assert [grid.number for grid in queries.grids_in("5309")] == ["1", "2"]
    assert queries.grid_for_address(place, "玉龙路 1号 院内") == first
    assert queries.grid_for_address(place, "别处") is None
    Grid.objects.create(division_code=place, number="4", name="四", addresses="玉龙路1号")
    assert queries.grid_for_address(place, "玉龙路1号") is None

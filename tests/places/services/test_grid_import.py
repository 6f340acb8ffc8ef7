import pytest

from lianxin.kernel.refused import Forbidden
from lianxin.places.models import Grid
from lianxin.places.services import GridImporter
from lianxin.record.services.imports import Row
from tests.places.conftest import AT, keeper

pytestmark = pytest.mark.usefixtures("divisions")
IMPORTER = GridImporter()


def row(number, place, grid="1", name="第一网格", **more):
    cells = {"place": place, "number": grid, "name": name, "addresses": "", "office_phone": ""}
    return Row(number, cells | more)


def test_what_is_refused():
    rows = [
        row(2, "临翔区玉龙社区"),
        row(3, "530902002005"),  # the same grid again
        row(4, "玉龙社区"),
        row(5, "西山区前卫街道"),
        row(6, "无此社区"),
        row(7, "530902002005", "2", name="很" * 61),
        row(8, "530902002005", "2"),
    ]
    refused = IMPORTER.check(rows)
    assert sorted(refused) == [3, 4, 5, 6, 7]
    assert "云南省" in refused[4][0]


def test_grids_are_made_and_changed():
    rows = [row(2, "临翔区玉龙社区"), row(3, "530902002005", "2", name="第二网格")]
    assert IMPORTER.apply(rows, by=keeper("53", "import.run"), at=AT) == 2
    assert IMPORTER.apply(rows, by=None, at=AT) == 0
    Grid.objects.filter(number="2").update(is_active=False)
    changed = [row(2, "临翔区玉龙社区", addresses="玉龙路1号"), rows[1]]
    assert IMPORTER.apply(changed, by=None, at=AT) == 2
    grid = Grid.objects.get(number="1")
    assert (grid.division_code, grid.addresses) == ("530902002005", "玉龙路1号")
    assert Grid.objects.filter(is_active=True).count() == 2


def test_places_that_are_not_ones_own():
    with pytest.raises(Forbidden):
        IMPORTER.apply([row(2, "临翔区玉龙社区")], by=keeper("5301", "import.run"), at=AT)
    assert not Grid.objects.exists()


@pytest.mark.parametrize("count", [1, 30])
def test_one_look_up_for_equal_spellings(count, django_assert_max_num_queries):
    rows = [row(n, "临翔区玉龙社区", str(n)) for n in range(count)]
    with django_assert_max_num_queries(2):
        assert IMPORTER.check(rows) == {}
    with django_assert_max_num_queries(7):
        assert IMPORTER.apply(rows, by=None, at=AT) == count

import pytest

from lianxin.kernel.refused import Refused
from lianxin.places.models import Division
from lianxin.places.services import DivisionRow, load_divisions
from lianxin.record.models import Entry
from tests.places.conftest import AT, ROWS, rows


def load(pairs, **more):
    return load_divisions(rows=rows(pairs), at=AT, **more)


def test_first_load(divisions):
    assert len(divisions.added) == len(ROWS) == Division.objects.count()
    street = Division.objects.get(code="530112005")
    assert street.path == "云南省 › 昆明市 › 西山区 › 前卫街道"
    assert (street.is_street, street.level, street.sort) == (True, "township", 5)
    assert Entry.objects.get(action="places.divisions.loaded").data["added"] == len(ROWS)


def test_second_load_changes_nothing(divisions, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        assert load(ROWS).is_empty
    assert Entry.objects.count() == 1


def test_renamed_with_all_paths_below(divisions):
    changed = [(c, "西山新区" if c == "530112" else n) for c, n in ROWS]
    report = load(changed)
    assert report.renamed == [("530112", "西山区", "西山新区")]
    assert "西山新区" in Division.objects.get(code="530112005001").path
    assert not report.retired


def test_retired_and_restored(divisions):
    report = load([pair for pair in ROWS if pair[0] != "532801401"])
    assert report.retired == ["532801401"]
    assert not Division.objects.get(code="532801401").is_active
    assert load(ROWS).restored == ["532801401"]
    assert Division.objects.get(code="532801401").is_active


def test_moved_to_another_code(divisions):
    report = load(
        [("530126101" if c == "532801401" else c, n) for c, n in ROWS if c != "530126101"]
    )
    assert report.moved == []  # 圭山镇 keeps its code under another name, 东风农场 retires
    assert report.renamed == [("530126101", "圭山镇", "东风农场")]
    report = load([("530126102" if c == "532801401" else c, n) for c, n in ROWS])
    assert report.added == ["530126102"]


def test_moved_pairs_the_one_name(divisions):
    report = load([("530902003" if c == "530126101" else c, n) for c, n in ROWS])
    assert report.moved == [("530126101", "530902003")]
    assert not report.added
    assert not report.retired


@pytest.mark.parametrize(
    "pairs",
    [
        [*ROWS, ("530112005", "前卫街道")],
        [*ROWS, ("530199001", "无上级街道")],
        [*ROWS, ("530", "半省")],
        ROWS[:10],
    ],
)
def test_an_unlikely_list_changes_nothing(divisions, pairs):
    before = list(Division.objects.order_by("code").values_list("code", "is_active"))
    with pytest.raises(Refused):
        load(pairs)
    assert list(Division.objects.order_by("code").values_list("code", "is_active")) == before


def test_many_may_retire_when_it_is_said(divisions):
    assert len(load(ROWS[:10], retire_many=True).retired) == len(ROWS) - 10


def test_progress_hears_of_every_row(db):
    done = []
    load_divisions(rows=[DivisionRow("53", "云南省", "")], at=AT, progress=done.append)
    assert sum(done) == 1

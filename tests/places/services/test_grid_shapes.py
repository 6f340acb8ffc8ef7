"""Outlines of grids: set, imported, and the map that is renewed by them."""

import json

import pytest
from django.core.management import CommandError, call_command

from lianxin.kernel.refused import Forbidden
from lianxin.places.models import Grid, GridMap
from lianxin.places.rules.outlines import OutlineRefused
from lianxin.places.services import GridImporter, import_outlines, look_through, set_shape
from lianxin.record.models import Entry
from lianxin.record.services.imports import Row
from tests.places.conftest import AT, keeper

pytestmark = pytest.mark.usefixtures("divisions")
VILLAGE = "530902002005"


def square(x=100.08, y=23.87, side=0.01):
    ring = [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def grid(number="1", code=VILLAGE):
    return Grid.objects.create(division_code=code, number=number, name=f"第{number}网格")


def feature(place=VILLAGE, number="1", geometry=None):
    shape = square() if geometry is None else geometry
    return {"type": "Feature", "properties": {"place": place, "number": number}, "geometry": shape}


def collection(*features):
    return json.dumps({"type": "FeatureCollection", "features": features})


def version():
    return GridMap.objects.get().version if GridMap.objects.exists() else 0


def test_an_outline_is_set_once_and_taken_away():
    one = grid()
    set_shape(grid_id=one.pk, outline=square(), by=None, at=AT)
    first = version()
    assert first
    assert Entry.objects.get(action="places.grid.outlined").division_code == VILLAGE
    set_shape(grid_id=one.pk, outline=square(), by=None, at=AT)
    assert version() == first
    set_shape(grid_id=one.pk, outline=None, by=None, at=AT)
    assert Grid.objects.get().shape is None
    assert version() > first


def test_only_of_ones_own_places():
    one = grid()
    with pytest.raises(Forbidden):
        set_shape(grid_id=one.pk, outline=square(), by=keeper("5301", "import.run"), at=AT)
    with pytest.raises(Forbidden):
        import_outlines(text=collection(feature()), by=keeper("5301", "import.run"), at=AT)
    assert Grid.objects.get().shape is None
    set_shape(grid_id=one.pk, outline=square(), by=keeper("53", "import.run"), at=AT)
    assert Grid.objects.get().shape is not None


def test_a_file_is_looked_through_and_taken_over():
    grid("1")
    grid("2")
    text = collection(
        feature(),
        feature("临翔区玉龙社区", "2", square(100.09)),
        feature(),
        feature(number="7"),
        feature("无此社区"),
        feature(number="2", geometry={"type": "Point", "coordinates": [100, 23]}),
        "no feature",
    )
    report = look_through(text)
    assert (report.total, sorted(report.refused)) == (7, [3, 4, 5, 6, 7])
    assert "7" in report.refused[4]
    assert not Grid.objects.exclude(shape=None).exists()
    assert import_outlines(text=text, by=keeper("53", "import.run"), at=AT).changed == 2
    assert Grid.objects.exclude(shape=None).count() == 2
    assert Entry.objects.get(action="places.grid.outlines_imported").data["grids"] == 2
    first = version()
    assert import_outlines(text=text, by=None, at=AT).changed == 0
    assert version() == first


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"features": 5}', "[" * 10_000])
def test_what_is_no_geojson(text):
    with pytest.raises(OutlineRefused):
        look_through(text)


def test_the_command(tmp_path, capsys):
    grid()
    file = tmp_path / "grids.geojson"
    file.write_text(collection(feature(), feature(number="9")), encoding="utf-8")
    call_command("import_grids", str(file))
    assert not Grid.objects.exclude(shape=None).exists()
    call_command("import_grids", str(file), "--apply")
    said = capsys.readouterr()
    assert "2 features, 1 refused; 1 changed." in said.out
    assert said.err.startswith("2: ")
    file.write_text("no", encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("import_grids", str(file))
    with pytest.raises(CommandError):
        call_command("import_grids", str(tmp_path / "none"))


def row(number, grid="1", **more):
    cells = {"place": VILLAGE, "number": grid, "name": "网格", "addresses": "", "office_phone": ""}
    return Row(number, cells | more)


def test_the_table_may_hold_outlines():
    drawn = "POLYGON((100 23, 100.01 23, 100.01 23.01, 100 23))"
    wrong = row(3, "2", outline="POINT(100 23)")
    assert sorted(GridImporter().check([row(2, outline=drawn), wrong])) == [3]
    assert GridImporter().apply([row(2, outline=drawn)], by=None, at=AT) == 1
    first = version()
    assert first
    assert GridImporter().apply([row(2)], by=None, at=AT) == 0
    assert GridImporter().apply([row(2, outline="", name="别名")], by=None, at=AT) == 1
    assert bytes(Grid.objects.get().shape)
    assert version() == first
    Grid.objects.update(is_active=False)
    assert GridImporter().apply([row(2, name="别名")], by=None, at=AT) == 1
    assert version() > first

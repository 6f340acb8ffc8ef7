"""What is an outline and what is refused, with a sentence."""

import json

import pytest
import shapely

from lianxin.places.rules import outlines
from lianxin.places.rules.outlines import OutlineRefused, outline_of

SQUARE = "POLYGON((100 23, 100.01 23, 100.01 23.01, 100 23.01, 100 23))"


def test_every_form_gives_the_same_bytes():
    wkb = outline_of(SQUARE)
    geojson = shapely.to_geojson(shapely.from_wkt(SQUARE))
    assert outline_of(geojson) == outline_of(json.loads(geojson)) == outline_of(wkb) == wkb
    high = "POLYGON Z((100 23 5, 100.01 23 5, 100.01 23.01 5, 100 23.01 5, 100 23 5))"
    assert outline_of(high) == wkb


def test_several_polygons_are_an_outline():
    both = (
        "MULTIPOLYGON(((100 23,100.01 23,100 23.01,100 23)),((101 23,101.01 23,101 23.01,101 23)))"
    )
    assert shapely.from_wkb(outline_of(both)).geom_type == "MultiPolygon"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("nonsense", "读不出"),
        (b"nonsense", "读不出"),
        ("{}", "读不出"),
        ({"type": "Polygon", "coordinates": [[[100, 23]]]}, "读不出"),
        ("POINT(100 23)", "多边形"),
        ("POLYGON EMPTY", "多边形"),
        ("POLYGON((23 100, 23 100.01, 23.01 100.01, 23 100))", "经度"),
        ("POLYGON((0 0, 1 0, 1 1, 0 0))", "云南"),
        ("POLYGON((100 23, 100.01 23.01, 100.01 23, 100 23.01, 100 23))", "交叉"),
        ("POLYGON((100 23, 101 23, 101 24, 100 24, 100 23))", "超出"),
    ],
)
def test_what_is_refused(given, says):
    with pytest.raises(OutlineRefused) as refused:
        outline_of(given)
    assert says in str(refused.value)


def test_too_many_points_are_refused(monkeypatch):
    monkeypatch.setattr(outlines, "MOST_POINTS", 4)
    with pytest.raises(OutlineRefused, match="4"):
        outline_of(SQUARE)


def test_no_number_is_no_place():
    ring = [[100.0, 23.0], [100.01, float("nan")], [100.01, 23.01], [100.0, 23.0]]
    with pytest.raises(OutlineRefused):
        outline_of({"type": "Polygon", "coordinates": [ring]})

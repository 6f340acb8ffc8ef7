"""Which grid holds a point: the index says what a look at every grid would say."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import shapely
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from lianxin.kernel.ids import uuid7
from lianxin.places import queries
from lianxin.places.models import Grid
from lianxin.places.queries.grid_map import GridIndex, index
from lianxin.places.services import set_shape
from tests.places.conftest import AT

CORNER = st.integers(0, 30).map(lambda n: n / 1000)


@st.composite
def boxes(draw):
    x, y = 100 + draw(CORNER), 25 + draw(CORNER)
    wide, high = draw(st.integers(1, 12)) / 1000, draw(st.integers(1, 12)) / 1000
    if draw(st.booleans()):
        return shapely.Polygon([(x, y), (x + wide, y), (x, y + high)])
    return shapely.box(x, y, x + wide, y + high)


def brute(rows, latitude, longitude):
    """Looks at every grid, by other means than the index."""
    point = shapely.Point(longitude, latitude)
    shapes = [(shapely.from_wkb(wkb), pk) for pk, wkb in rows]
    held = [(shape.area, pk) for shape, pk in shapes if shape.covers(point)]
    return min(held)[1] if held else None


@settings(max_examples=120, deadline=None)
@given(st.lists(boxes(), max_size=25), st.lists(st.tuples(CORNER, CORNER), min_size=1, max_size=8))
def test_the_same_as_looking_at_every_grid(shapes, points):
    rows = [(uuid7(), shapely.to_wkb(shape)) for shape in shapes]
    built = GridIndex(rows, 1)
    for x, y in points:
        assert built.holding(25 + y, 100 + x) == brute(rows, 25 + y, 100 + x)


@settings(max_examples=80, deadline=None)
@given(st.lists(boxes(), min_size=1, max_size=15), CORNER, CORNER)
def test_the_nearest_is_within_two_hundred_metres_or_none(shapes, x, y):
    rows = [(uuid7(), shapely.to_wkb(shape)) for shape in shapes]
    hit = GridIndex(rows, 1).near(25 + y, 100 + x)
    wide = 111_320 * 0.9063
    flat = [shapely.transform(s, lambda p: p * (wide, 111_320)) for s in shapes]
    away = min(
        shapely.distance(s, shapely.Point((100 + x) * wide, (25 + y) * 111_320)) for s in flat
    )
    if hit is None:
        assert away > 199
    else:
        assert hit.metres == pytest.approx(away, abs=1.5)


def draw(x, y=25.0, side=0.01, number="1"):
    grid = Grid.objects.create(division_code="530902002005", number=number, name=number)
    set_shape(grid_id=grid.pk, outline=shapely.box(x, y, x + side, y + side).wkb, by=None, at=AT)
    return grid


@pytest.mark.django_db
def test_the_smallest_of_several_and_the_nearest_as_a_guess():
    large, small = draw(100, side=0.02), draw(100, number="2")
    assert queries.grid_at(25.005, 100.005) == small.pk
    assert queries.grid_at(25.015, 100.015) == large.pk
    assert queries.grid_at(25.015, 100.0215) is None
    hit = queries.grid_near(25.015, 100.0215)
    assert hit.grid_id == large.pk
    assert 140 < hit.metres < 160
    assert queries.grid_near(25.015, 100.03) is None
    assert queries.grid_near(25.005, 100.005) == queries.GridHit(small.pk, 0)


@pytest.mark.django_db
def test_a_change_is_seen_at_once_and_a_change_rolled_back_never():
    grid = draw(100)
    assert queries.grid_at(25.005, 100.005) == grid.pk
    with transaction.atomic():
        set_shape(grid_id=grid.pk, outline=shapely.box(101, 25, 101.01, 25.01).wkb, by=None, at=AT)
        assert queries.grid_at(25.005, 101.005) == grid.pk
        transaction.set_rollback(True)
    assert queries.grid_at(25.005, 101.005) is None
    assert queries.grid_at(25.005, 100.005) == grid.pk
    set_shape(grid_id=grid.pk, outline=shapely.box(102, 25, 102.01, 25.01).wkb, by=None, at=AT)
    assert queries.grid_at(25.005, 102.005) == grid.pk
    set_shape(grid_id=grid.pk, outline=None, by=None, at=AT)
    assert queries.grid_at(25.005, 102.005) is None


@pytest.mark.django_db
def test_one_query_while_nothing_changes(django_assert_num_queries):
    draw(100)
    queries.grid_at(25, 100)
    with django_assert_num_queries(1):
        queries.grid_at(25, 100)


@pytest.mark.django_db
def test_no_outline_at_all():
    assert queries.grid_at(25, 100) is None
    assert queries.grid_near(25, 100) is None


@pytest.mark.django_db(transaction=True)
def test_threads_share_one_index():
    grid = draw(100)

    def look(_number):
        try:
            return queries.grid_at(25.005, 100.005), id(index())
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(look, range(64)))
    assert {pk for pk, _index in found} == {grid.pk}
    assert len({number for _pk, number in found}) == 1


@pytest.mark.django_db
def test_a_change_rolled_back_is_not_taken_for_the_next_one():
    grid = draw(100)
    with transaction.atomic():
        set_shape(grid_id=grid.pk, outline=shapely.box(101, 25, 101.01, 25.01).wkb, by=None, at=AT)
        assert queries.grid_at(25.005, 101.005) == grid.pk
        transaction.set_rollback(True)
    set_shape(grid_id=grid.pk, outline=shapely.box(102, 25, 102.01, 25.01).wkb, by=None, at=AT)
    assert queries.grid_at(25.005, 102.005) == grid.pk
    assert queries.grid_at(25.005, 101.005) is None

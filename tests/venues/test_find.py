"""Find my deputy: words, the path, a position; the answer; the table on paper."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import shapely
from django.urls import reverse

from lianxin.congress.enums import SuspendGround
from lianxin.congress.services import suspend_mandate
from lianxin.kernel.clock import LOCAL
from lianxin.kernel.together import Asked
from lianxin.places.models import Grid
from lianxin.places.services import set_shape
from lianxin.venues import queries, services
from lianxin.venues.enums import VenueKind
from lianxin.venues.queries import timetable
from tests.congress import factories as make
from tests.congress.factories import AT, COMMUNITY, COUNTY, DAY, STREET
from tests.venues import factories as place

pytestmark = pytest.mark.django_db
TODAY = datetime.combine(DAY, datetime.min.time(), LOCAL) + timedelta(hours=10)


@pytest.fixture(autouse=True)
def divisions():
    make.divisions()


@pytest.fixture(autouse=True)
def table_of_days():
    """Nobody answers for days and duty until a test offers somebody; afterwards all is as before."""
    before = timetable._upcoming[:], timetable._on_duty[:]
    timetable._upcoming[:], timetable._on_duty[:] = [], []
    yield
    timetable._upcoming[:], timetable._on_duty[:] = before


def grid(number=1, addresses="", code=COMMUNITY, **more):
    return Grid.objects.create(
        division_code=code, number=str(number), name=f"第{number}网格", addresses=addresses, **more
    )


def chosen(name, venue, *levels, **more):
    """A deputy stationed in the venue, of the county and further levels."""
    deputy = make.deputy(owner=make.person(name), **more)
    for level in levels:
        make.mandate(deputy, *level)
    place.station(venue, deputy)
    return deputy


def bind(venue, one, deputy):
    services.bind_grid(
        venue_id=venue.pk, grid_id=one.pk, deputy_id=deputy.pk, from_date=DAY, by=None, at=AT
    )


def sitting(venue, starts, name="钱秀英", **more):
    given = {"topic": "", "note": "", "is_cancelled": False, "free": 3, "href": "/day/", **more}
    return timetable.Sitting(
        day_id=venue.pk,
        venue_id=venue.pk,
        venue_name=venue.name,
        venue_code=venue.code,
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
        place="",
        sitters=(timetable.Sitter(venue.pk, name, "X"),),
        **given,
    )


def find(client, **asked):
    return client.get(reverse("venues:find-result"), asked)


def text(response):
    assert response.status_code == 200
    assert "sessionid" not in response.cookies
    return response.content.decode()


def test_the_page_to_ask_on(client):
    page = client.get(reverse("venues:find"))
    assert "public" in page.headers["Cache-Control"]
    assert "不会保存" in text(page)


@pytest.mark.parametrize(
    "words",
    [
        "润城社区3栋",
        "昆明市西山区前卫街道润城社区 ３ 栋",
        "西山 润城社区三号楼",
        "润城路12号",
        "前卫街道润城路12号",
        "润城社区第一网格",
        "官庄小学",
    ],
)
def test_words_lead_to_the_grid_and_stand_in_no_address(client, words):
    grid(1, "润城路1-20号，1至6栋，官庄小学")
    grid(2, "润城路21-40号，7至12栋")
    there = find(client, q=words)
    assert there.status_code == 302
    assert there.headers["Location"] == f"/find/result/?place={COMMUNITY}&grid=1"


def test_words_that_fit_several_grids_are_a_short_list(client):
    grid(1, "润城路1-20号")
    grid(2, "润城路21-40号")
    page = text(find(client, q="润城社区润城路"))
    assert "您说的是哪一个" in page
    assert f"place={COMMUNITY}&amp;grid=1" in page
    assert f"place={COMMUNITY}&amp;grid=2" in page


def test_the_smallest_place_that_was_understood(client):
    grid(1, "润城路1-20号")
    there = find(client, q="润城社区不存在的楼99栋")
    assert there.headers["Location"] == f"/find/result/?place={COMMUNITY}&missed=1"
    page = text(client.get(there.headers["Location"]))
    assert "门牌没有对上" in page
    assert "第1网格" in page


def test_words_of_a_venue_and_words_of_nothing(client):
    venue = place.venue("碧鸡工人文化宫接待点", STREET, VenueKind.STATION)
    assert venue.name in text(find(client, q="工人文化宫"))
    page = text(find(client, q="qwertz"))
    assert "没有找到“qwertz”" in page
    assert "这样写更容易找到" in page
    text(find(client, q=""))


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "\u202e"},
        {"q": "%" * 500},
        {"q": "'--"},
        {"place": "53x"},
        {"division": ""},
        {"division": "无此地方"},
        {"place": COMMUNITY, "near": "x", "missed": "2"},
    ],
)
def test_odd_questions_are_no_error(client, asked):
    text(find(client, **asked))


@pytest.mark.parametrize("asked", [{"place": "999999"}, {"place": COMMUNITY, "grid": "77"}])
def test_what_is_not_there(client, asked):
    assert find(client, **asked).status_code == 404


def test_the_picker_leads_to_the_place(client):
    there = find(client, division="西山区前卫街道", division_code="")
    assert there.headers["Location"] == f"/find/result/?place={STREET}"


def test_every_level_the_nearest_first(client):
    station = place.venue("前卫街道工作站", STREET, VenueKind.STATION, phone="0871-65110001")
    home = place.venue("西山区代表之家", COUNTY, VenueKind.HOME)
    room = place.venue("润城社区联络室", phone="0871-65110000", hours="周三 9:00—11:00")
    bound = chosen("钱秀英", room, profession="小学教师", relay_phone="0871-65112222")
    here = chosen("孙丽萍", room, ("province", "53"))
    above = chosen("李云龙", station)
    top = chosen("周明远", home, ("national", ""), languages=["彝语"])
    place.station(station, bound)
    one = grid(1, "1-6栋", office_phone="0871-65113333")
    bind(room, one, bound)
    timetable.offer(
        lambda **_asked: Asked((), lambda: [sitting(room, TODAY + timedelta(days=2))]),
        lambda grids, _on: Asked((), lambda: {one.pk: bound.pk} if one.pk in grids else {}),
    )
    page = text(find(client, place=COMMUNITY, grid="1"))
    order = [
        page.index(f"/deputies/{row.code}/", page.index("find-group"))
        for row in (bound, here, above, top)
    ]
    assert order == sorted(order)
    for words in (
        "今日值班",
        "小学教师",
        'href="tel:0871-65112222"',
        'href="tel:0871-65113333"',
        'href="tel:0871-65110000"',
        f"?deputy={bound.code}",
        "彝语",
        "全国",
        "省",
        'href="/day/"',
        "4 位代表",
    ):
        assert words in page, words


def test_a_suspended_deputy_is_not_shown(client):
    room = place.venue()
    gone = chosen("钱秀英", room)
    assert "钱秀英" in text(find(client, place=COMMUNITY))
    suspend_mandate(
        mandate_id=gone.mandates.get().pk, ground=SuspendGround.DETAINED, by=None, at=AT
    )
    assert "钱秀英" not in text(find(client, place=COMMUNITY))


def test_without_anybody(client):
    page = text(find(client, place=COMMUNITY))
    assert "还没有登记代表" in page
    assert "润城社区" in text(find(client, place=STREET))


@pytest.mark.parametrize("count", [1, 30])
def test_a_fixed_number_of_queries(client, count, django_assert_max_num_queries):
    room = place.venue()
    for number in range(count):
        one = grid(number + 1, "1-6栋")
        bind(room, one, chosen(f"钱{number}", room))
    with django_assert_max_num_queries(6):
        find(client, place=COMMUNITY, grid="1")
    with django_assert_max_num_queries(6):
        find(client, place=COMMUNITY)
    with django_assert_max_num_queries(4):
        find(client, q="润城社区5栋")
    with django_assert_max_num_queries(18):
        client.get(reverse("venues:find-table", args=[STREET]))


def outline(one, x, y=25.0):
    set_shape(grid_id=one.pk, outline=shapely.box(x, y, x + 0.01, y + 0.01).wkb, by=None, at=AT)


def test_a_position_stands_in_no_address(client):
    outline(grid(1), 102.7)
    there = client.post(reverse("venues:find-here"), {"lat": "25.005", "lng": "102.705"})
    assert there.headers["Location"] == f"/find/result/?place={COMMUNITY}&grid=1"
    near = client.post(reverse("venues:find-here"), {"lat": "25.005", "lng": "102.711"})
    assert "near=101" in near.headers["Location"]
    assert "只是推测" in text(client.get(near.headers["Location"]))


def test_a_position_without_a_grid_shows_the_nearest_venues(client):
    venues = [place.venue(name) for name in ("远的联络室", "近的联络室")]
    for venue, latitude in zip(venues, (25.2, 25.1), strict=True):
        type(venue).objects.filter(pk=venue.pk).update(latitude=latitude, longitude=102.7)
    page = text(client.post(reverse("venues:find-here"), {"lat": "25", "lng": "102.7"}))
    assert page.index("近的联络室") < page.index("远的联络室")
    assert "11.1" in page
    assert "还没有登记的阵地" in text(
        client.post(reverse("venues:find-here"), {"lat": "0", "lng": "0"})
    )
    for odd in (
        {},
        {"lat": "x", "lng": "1"},
        {"lat": "nan", "lng": "1"},
        {"lat": "99", "lng": "1"},
    ):
        assert client.post(reverse("venues:find-here"), odd).status_code == 302
    assert client.get(reverse("venues:find-here")).status_code == 302


def test_the_table_of_a_township(client):
    room = place.venue("润城社区联络室", phone="0871-65110000")
    first, second = chosen("钱秀英", room, ("province", "53")), chosen("李云龙", room)
    one, two = grid(1, "1-6栋", office_phone="0871-65113333"), grid(2, "7-9栋")
    for deputy in (first, second):
        bind(room, one, deputy)
    monday = DAY - timedelta(days=DAY.weekday())

    def duty(_grids, on):
        return {one.pk: (first if (on - monday).days < 3 else second).pk, two.pk: second.pk}

    coming = Asked((), lambda: [sitting(room, TODAY + timedelta(days=3))])
    timetable.offer(lambda **_asked: coming, lambda grids, on: Asked((), lambda: duty(grids, on)))
    table = queries.grid_table(STREET, at=TODAY)
    rows = table.sheets[0].rows
    assert [turn.name for turn in rows[0].turns] == ["钱秀英", "李云龙"]
    assert rows[0].turns[0].last == monday + timedelta(days=2)
    assert rows[1].is_whole_week
    for code in (STREET, COMMUNITY):
        page = text(client.get(reverse("venues:find-table", args=[code])))
        for words in ("网格—代表一览表", "1-6栋", "钱秀英", "0871-65113333", "润城社区联络室"):
            assert words in page
    assert (table.monday, table.sunday) == (monday, monday + timedelta(days=6))


def test_a_table_of_nothing_and_of_no_place(client):
    assert "还没有登记网格" in text(client.get(reverse("venues:find-table", args=[COMMUNITY])))
    for code in (COUNTY, "53", "999999999", "x"):
        assert client.get(reverse("venues:find-table", args=[code])).status_code == 404


def test_a_grid_that_is_gone_is_not_found():
    grid(1, "1-6栋", is_active=False)
    assert queries.understand("润城社区3栋").spots[0].grid is None

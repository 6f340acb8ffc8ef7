"""What anybody sees of venues and deputies."""

import pytest
from django.urls import reverse

from lianxin.congress.enums import SuspendGround
from lianxin.congress.services import suspend_mandate
from lianxin.venues import services
from lianxin.venues.enums import VenueKind
from tests.congress import factories as make
from tests.congress.factories import AT, COMMUNITY, COUNTY, DAY, STREET, TOWN
from tests.venues import factories as place

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def divisions():
    make.divisions()


def text(client, url):
    response = client.get(url)
    assert response.status_code == 200, url
    assert "sessionid" not in response.cookies
    assert "public" in response.headers["Cache-Control"]
    return response.content.decode()


def test_the_list_goes_by_place_kind_and_words(client):
    room = place.venue("润城社区联络室", COMMUNITY)
    place.venue("碧鸡镇工作站", TOWN, VenueKind.STATION)
    every = text(client, "/venues/")
    assert "润城社区联络室" in every
    assert "碧鸡镇工作站" in every
    assert room.code in every
    here = text(client, f"/venues/?place={STREET}")
    assert "润城社区联络室" in here
    assert "碧鸡镇工作站" not in here
    assert "润城社区联络室" not in text(client, "/venues/?kind=station")
    assert "碧鸡镇工作站" not in text(client, "/venues/?q=润城")
    assert "没有找到阵地" in text(client, "/venues/?q=不存在的地方")


@pytest.mark.parametrize(
    "query", ["place=abc", "place=%27", "kind=x", "after=zzz", "q=%F0%9F%8C%B3", "place=5"]
)
def test_odd_queries_are_no_error(client, query):
    place.venue()
    text(client, f"/venues/?{query}")


def test_the_page_of_a_venue(client):
    parent = place.venue("前卫街道工作站", STREET, VenueKind.STATION)
    venue = place.venue(
        "润城社区联络室",
        address="日新路118号",
        phone="0871-65110000",
        hours="周三 9:00—11:00",
        parent_id=parent.pk,
    )
    owner = make.person("钱秀英", phone="13800138000")
    chosen = make.deputy(owner=owner, profession="小学教师", relay_phone="0871-65110001")
    make.mandate(chosen, "province", "53")
    place.station(venue, chosen)
    grid = place.grid(3)
    services.bind_grid(
        venue_id=venue.pk, grid_id=grid.pk, deputy_id=chosen.pk, from_date=DAY, by=None, at=AT
    )
    page = text(client, f"/venues/{venue.code}/")
    for words in (
        "日新路118号",
        "0871-65110000",
        "周三 9:00—11:00",
        "前卫街道工作站",
        "钱秀英",
        "小学教师",
        "0871-65110001",
        "第3网格",
        "云南省",
        reverse("venues:deputy", args=[chosen.code]),
    ):
        assert words in page, words
    assert "13800138000" not in page
    assert page.index("省") < page.index("小学教师")


def test_the_page_of_a_deputy_hides_the_private_number_and_goes_with_the_mandate(client):
    owner = make.person("孙立", phone="13900139000")
    chosen = make.deputy(owner=owner, field="社区治理", languages=["普通话", "彝语"])
    place.station(place.venue("润城社区联络室"), chosen)
    url = f"/deputies/{chosen.code}/"
    page = text(client, url)
    assert "孙立" in page
    assert "社区治理" in page
    assert "彝语" in page
    assert "润城社区联络室" in page
    assert "13900139000" not in page
    suspend_mandate(
        mandate_id=chosen.mandates.get().pk, ground=SuspendGround.DETAINED, by=None, at=AT
    )
    assert client.get(url).status_code == 404


def test_codes_as_typed_lead_to_the_page_and_wrong_ones_to_nothing(client):
    venue = place.venue()
    typed = venue.code.lower().replace("-", "")
    assert client.get(f"/venues/{typed}/").url == f"/venues/{venue.code}/"
    assert client.get("/venues/0000-0001/").status_code == 404
    assert client.get("/deputies/not-a-code/").status_code == 404
    services.close_venue(venue_id=venue.pk, by=None, at=AT)
    assert client.get(f"/venues/{venue.code}/").status_code == 404


@pytest.mark.parametrize("count", [1, 30])
def test_pages_cost_the_same_for_one_and_thirty(client, count, django_assert_num_queries):
    first = place.venue("甲联络室")
    for number in range(count):
        chosen = make.deputy()
        make.mandate(chosen, "province", "53")
        place.station(first, chosen)
        venue = place.venue()
        place.station(venue, chosen)
        grid = place.grid(number + 1)
        services.bind_grid(
            venue_id=first.pk, grid_id=grid.pk, deputy_id=chosen.pk, from_date=DAY, by=None, at=AT
        )
        if number:
            place.station(venue, make.deputy())
    last = chosen.code
    for page in (f"/venues/{first.code}/", f"/deputies/{last}/", f"/venues/?place={COUNTY}"):
        text(client, page)
        with django_assert_num_queries(2):
            text(client, page)


def test_the_list_is_paged_and_keeps_its_filters(client):
    for number in range(33):
        place.venue(f"联络室之{number:02}")
    page = text(client, f"/venues/?place={COUNTY}&kind=room")
    assert "联络室之29" in page
    assert "联络室之30" not in page
    assert "after=" in page
    after = page.split("after=")[1].split('"')[0].split("&")[0]
    second = text(client, f"/venues/?place={COUNTY}&kind=room&after={after}")
    assert "联络室之32" in second
    assert "联络室之29" not in second

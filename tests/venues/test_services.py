"""Venues, their desks, areas, deputies and grids."""

from datetime import timedelta

import pytest

from lianxin.congress.enums import OrganKind, SuspendGround
from lianxin.congress.services import suspend_mandate
from lianxin.kernel.refused import Forbidden
from lianxin.venues import queries, services
from lianxin.venues.enums import VenueKind
from lianxin.venues.models import GridBinding, Venue
from lianxin.venues.rules import VenueRefused, VenueTaken
from tests.congress import factories as make
from tests.congress.factories import AT, COMMUNITY, COUNTY, DAY, STREET, TOWN
from tests.venues import factories as place

pytestmark = pytest.mark.django_db


def test_a_venue_comes_with_its_desk_and_serves_its_own_place():
    venue = place.venue("润城社区联络室")
    assert (venue.desk.kind, venue.desk.name) == (OrganKind.VENUE_DESK, "润城社区联络室")
    assert [area.division_code for area in venue.areas.all()] == [COMMUNITY]
    assert queries.venue_by_code(venue.code.lower()) == venue
    with pytest.raises(VenueTaken):
        place.venue("润城社区联络室")


def test_the_most_specific_area_serves_first_and_the_nearest_kind():
    home = place.venue("区代表之家", COUNTY, VenueKind.HOME)
    station = place.venue("前卫街道工作站", STREET, VenueKind.STATION)
    special = place.venue("河长制工作站", STREET, VenueKind.SPECIALISED, areas=[COUNTY])
    room = place.venue("润城社区联络室")
    base = place.venue("实践基地", COMMUNITY, VenueKind.PRACTICE_BASE)
    place.venue("碧鸡镇工作站", TOWN, VenueKind.STATION)
    assert queries.venues_serving(COMMUNITY) == [room, base, station, home, special]
    assert queries.venues_serving(STREET) == [station, home, special]
    assert queries.nearest_venue(COMMUNITY) == (room.pk, room.desk_id, COMMUNITY)
    assert queries.nearest_venue("5303") is None
    services.add_area(venue_id=room.pk, division_code=TOWN, by=None, at=AT)
    assert room in queries.venues_serving(TOWN)
    services.remove_area(venue_id=room.pk, division_code=TOWN, by=None, at=AT)
    assert room not in queries.venues_serving(TOWN)
    services.close_venue(venue_id=room.pk, by=None, at=AT)
    assert queries.venues_serving(COMMUNITY)[0] == base


@pytest.mark.parametrize(
    ("role", "at_venue", "may"),
    [("station_head", True, True), ("station_head", False, False), ("clerk", True, False)],
)
def test_the_head_of_a_venue_keeps_that_venue(role, at_venue, may):
    venue = place.venue()
    owner = make.person()
    make.post(owner, role, venue.desk if at_venue else place.venue().desk)
    from lianxin.congress.queries import actor_of

    call = {"venue_id": venue.pk, "hours": "周三 9:00", "by": actor_of(owner.pk), "at": AT}
    if may:
        assert services.update_venue(**call).hours == "周三 9:00"
    else:
        with pytest.raises(Forbidden):
            services.update_venue(**call)


def test_a_suspended_deputy_is_stationed_nowhere_and_leaves_the_page():
    venue, chosen = place.venue(), make.deputy()
    place.station(venue, chosen)
    assert [d.pk for d in queries.deputies_of_venue(venue.pk)] == [chosen.pk]
    suspend_mandate(
        mandate_id=chosen.mandates.get().pk, ground=SuspendGround.DETAINED, by=None, at=AT
    )
    assert not queries.deputies_of_venue(venue.pk)
    with pytest.raises(VenueRefused):
        place.station(place.venue(), chosen)


def test_a_deputy_is_stationed_once_and_in_several_venues():
    one, two, chosen = place.venue(), place.venue(), make.deputy()
    place.station(one, chosen)
    place.station(two, chosen)
    with pytest.raises(VenueRefused):
        place.station(one, chosen)
    assert set(queries.venues_of_deputy(chosen.pk)) == {one, two}


def test_grids_are_bound_to_deputies_stationed_here_and_lie_here():
    venue, chosen, other = place.venue(), make.deputy(), make.deputy()
    stationing = place.station(venue, chosen)
    here, elsewhere = place.grid(1), place.grid(1, TOWN + "001")
    bind = {"venue_id": venue.pk, "deputy_id": chosen.pk, "from_date": DAY, "by": None, "at": AT}
    with pytest.raises(VenueRefused):
        services.bind_grid(**{**bind, "grid_id": elsewhere.pk})
    with pytest.raises(VenueRefused):
        services.bind_grid(**{**bind, "grid_id": here.pk, "deputy_id": other.pk})
    services.bind_grid(**{**bind, "grid_id": here.pk})
    with pytest.raises(VenueRefused):
        services.bind_grid(**{**bind, "grid_id": here.pk})
    services.end_stationing(stationing_id=stationing.pk, until_date=DAY, by=None, at=AT)
    assert GridBinding.objects.get().until_date == DAY
    later = DAY + timedelta(days=1)
    assert not queries.grids_of_deputy(chosen.pk, on=later)
    assert not queries.venues_of_deputy(chosen.pk, on=later)


@pytest.mark.parametrize(
    "words", ["润", "润城", "润城社区", "前卫街道", "西山 润城", "河长制", "日新路"]
)
def test_venues_are_found_by_words(words):
    make.divisions()
    wanted = place.venue("润城社区人大代表联络室", topic="河长制", address="日新路118号")
    place.venue("碧鸡镇工作站", TOWN)
    assert [v.pk for v in queries.venues_listed(search=words)] == [wanted.pk]
    services.update_venue(venue_id=wanted.pk, name="新名字", topic="", address="", by=None, at=AT)
    assert bool(queries.venues_listed(search=words)) is (
        words in {"润城", "润城社区", "前卫街道", "西山 润城", "润"}
    )
    assert Venue.objects.count() == 2

"""Deputies from a table: persons, seats and stationings; every bad row with its reason."""

import pytest

from lianxin.congress.enums import OrganKind
from lianxin.congress.models import Deputy, Mandate
from lianxin.kernel.refused import Forbidden
from lianxin.people.models import Person
from lianxin.record.services import imports
from lianxin.venues.models import Stationing
from tests.congress import factories as make
from tests.venues import factories as place
from tests.venues.test_imports import preview, refusals

pytestmark = pytest.mark.django_db

TITLES = [
    "代表姓名", "层级", "人大所在地", "届次", "选区或选举单位", "单位职务", "职业", "语言",
    "公开电话", "手机号码", "接待阵地", "任职起始日", "代表码",
]  # fmt: skip


@pytest.fixture(autouse=True)
def divisions():
    make.divisions()


@pytest.fixture
def venue():
    make.term()
    make.term("province", "53")
    return place.venue("润城联络室")


def row(name="张三丰", level="区", where="昆明市西山区", **more):
    values = dict.fromkeys(TITLES, "") | {"代表姓名": name, "层级": level, "人大所在地": where}
    return list((values | more).values())


def test_rows_become_persons_deputies_seats_and_stationings(venue):
    rows = (
        row(单位职务="居委会主任", 语言="普通话、彝语", 公开电话="0871-1", 手机号码="13800138000",
            接待阵地="润城联络室", 选区或选举单位="第三选区"),
        row(level="省", where="云南省", 单位职务="居委会主任"),
        row("李四海", 接待阵地=venue.code, 任职起始日="2022年1月10日"),
    )  # fmt: skip
    batch = preview("deputies", TITLES, *rows)
    assert refusals(batch) == {}
    assert imports.apply(batch.pk, None, make.AT).applied_count == 3
    deputy = Deputy.objects.get(person__name="张三丰")
    assert (deputy.relay_phone, deputy.languages) == ("0871-1", ["普通话", "彝语"])
    assert deputy.person.phone == "+8613800138000"
    assert {one.level for one in deputy.mandates.all()} == {"county", "province"}
    assert Stationing.objects.filter(venue=venue).count() == 2
    again = preview("deputies", TITLES, *rows)
    assert imports.apply(again.pk, None, make.AT).applied_count == 0
    assert (Person.objects.count(), Mandate.objects.count()) == (2, 3)
    changed = preview("deputies", TITLES, row(单位职务="居委会主任", 公开电话="0871-2"))
    assert imports.apply(changed.pk, None, make.AT).applied_count == 1
    deputy.refresh_from_db()
    assert deputy.relay_phone == "0871-2"


def test_bad_rows_are_refused_each_with_its_reason(venue):
    place.venue("同名室", make.TOWN)
    place.venue("同名室", make.COMMUNITY)
    found = refusals(
        preview(
            "deputies",
            TITLES,
            row(where="火星"),
            row(level="村"),
            row(level="州（市）", where="昆明市"),
            row(届次="99"),
            row(手机号码="12"),
            row(公开电话="13800138000", 手机号码="13800138000"),
            row(接待阵地="没有的室"),
            row(接待阵地="同名室"),
            row(任职起始日="2026-13-40"),
            row(代表码="0000-0001"),
            row("好代表"),
            row("好代表"),
            row(""),
        )
    )
    words = {
        2: "火星", 3: "村", 4: "昆明市", 5: "99", 6: "12", 7: "本人手机", 8: "没有的室",
        9: "同名室", 10: "2026-13-40", 11: "0000-0001", 13: "第 12 行", 14: "代表姓名",
    }  # fmt: skip
    assert sorted(found) == sorted(words)
    for number, part in words.items():
        assert part in found[number][0], (number, found[number])


def test_two_deputies_of_one_name_and_unit_need_the_code(venue):
    make.deputy(owner=make.person("王五"))
    other = make.deputy(owner=make.person("王五"))
    found = refusals(preview("deputies", TITLES, row("王五"), row("王五", 代表码=other.code)))
    assert list(found) == [2]
    assert "代表码" in found[2][0]


def test_an_operator_imports_for_the_own_places_only(venue):
    by = make.actor("operator", OrganKind.OPERATOR, "530102")
    batch = preview("deputies", TITLES, row(), by=by)
    with pytest.raises(Forbidden):
        imports.apply(batch.pk, by, make.AT)
    assert not Deputy.objects.exists()

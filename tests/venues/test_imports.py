"""Tables of units, venues and people: good rows, bad rows, all or nothing, twice the same."""

import io

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from lianxin.congress.enums import OrganKind
from lianxin.congress.models import Organ, Post
from lianxin.congress.queries import actor_of
from lianxin.kernel import outbox
from lianxin.kernel.refused import Forbidden
from lianxin.notices.models import Notice
from lianxin.people.models import Account, Person
from lianxin.places.models import Division
from lianxin.places.queries import resolve, resolve_many
from lianxin.record.enums import BatchState
from lianxin.record.models import Entry, ImportBatch
from lianxin.record.services import imports
from lianxin.venues.enums import VenueKind
from lianxin.venues.models import Venue
from tests.congress import factories as make
from tests.congress.factories import AT, COMMUNITY, COUNTY, STREET
from tests.venues import factories as place

pytestmark = pytest.mark.django_db

UNITS = ["单位所在地", "单位名称", "简称", "类别", "上级", "答复须审核", "办公电话"]
VENUES = ["阵地所在地", "阵地名称", "类别", "上级阵地", "地址", "服务区域"]
PEOPLE = ["用户名", "姓名", "手机号码", "角色", "单位或阵地", "单位所在地", "任职起始日"]


@pytest.fixture(autouse=True)
def divisions():
    make.divisions()


def table(titles, *rows):
    book = openpyxl.Workbook()
    for row in (titles, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return ContentFile(out.getvalue(), name="表.xlsx")


def preview(kind, titles, *rows, by=None):
    return imports.preview(kind, table(titles, *rows), by, AT)


def refusals(batch):
    return {row.number: row.refusals for row in batch.rows.order_by("number") if row.refusals}


GOOD_UNITS = (
    ["西山区", "西山区住建局", "区住建局", "", "西山区政府", "是", "0871-1"],
    ["530112", "西山区政府", "", "承办单位", "", "否", ""],
    ["昆明市西山区", "西山区人大常委会代工委", "", "人大常委会代工委", "", "", ""],
)


def test_units_are_opened_changed_and_left_alone():
    batch = preview("units", UNITS, *GOOD_UNITS)
    assert (batch.row_count, batch.refused_count) == (3, 0)
    assert not Organ.objects.exists()
    assert imports.apply(batch.pk, None, AT).applied_count == 3
    bureau = Organ.objects.get(name="西山区住建局")
    assert (bureau.superior.name, bureau.needs_approval) == ("西山区政府", True)
    assert Organ.objects.get(name="西山区人大常委会代工委").kind == OrganKind.CONGRESS_OFFICE
    again = preview("units", UNITS, *GOOD_UNITS)
    assert imports.apply(again.pk, None, AT).applied_count == 0
    changed = [[*GOOD_UNITS[0][:6], "0871-2"]]
    assert imports.apply(preview("units", UNITS, *changed).pk, None, AT).applied_count == 1
    assert Organ.objects.count() == 3


def test_bad_rows_of_units_are_refused_each_with_its_reason():
    batch = preview(
        "units",
        UNITS,
        ["不存在的地方", "甲局", "", "", "", "", ""],
        ["西山区", "乙局", "", "派出所类", "", "", ""],
        ["西山区", "丙局", "", "", "没有这个上级", "", ""],
        ["西山区", "丁局", "", "", "", "也许", ""],
        ["西山区", "", "", "", "", "", ""],
        ["西山区", "戊局", "", "", "戊局", "", ""],
        ["西山区", "己局", "", "", "", "", ""],
        ["530112", "己局", "", "", "", "", ""],
        ["西山区", "长" * 121, "", "", "", "", ""],
    )
    found = refusals(batch)
    assert sorted(found) == [2, 3, 4, 5, 6, 7, 9, 10]
    assert "不存在的地方" in found[2][0]
    assert "派出所类" in found[3][0]
    assert "没有这个上级" in found[4][0]
    assert "也许" in found[5][0]
    assert "第 8 行" in found[9][0]
    with pytest.raises(imports.ImportRefused):
        imports.apply(batch.pk, None, AT)
    assert not Organ.objects.exists()


GOOD_VENUES = (
    ["西山区前卫街道润城社区", "润城联络室", "代表联络室", "前卫工作站", "日新路118号", ""],
    ["前卫街道", "前卫工作站", "代表工作站", "", "", "前卫街道；碧鸡镇"],
)


def test_venues_come_with_desks_parents_and_areas():
    batch = preview("venues", VENUES, *GOOD_VENUES)
    assert refusals(batch) == {}
    assert imports.apply(batch.pk, None, AT).applied_count == 2
    room, station = Venue.objects.get(name="润城联络室"), Venue.objects.get(name="前卫工作站")
    assert (room.parent, room.kind, room.desk.division_code) == (station, VenueKind.ROOM, COMMUNITY)
    assert {a.division_code for a in station.areas.all()} == {STREET, make.TOWN}
    again = preview("venues", VENUES, *GOOD_VENUES)
    assert imports.apply(again.pk, None, AT).applied_count == 0


def test_bad_rows_of_venues():
    batch = preview(
        "venues",
        VENUES,
        ["润城社区", "甲", "茶馆", "", "", ""],
        ["润城社区", "乙", "代表联络室", "没有", "", ""],
        ["润城社区", "丙", "代表联络室", "丙", "", ""],
        ["润城社区", "丁", "代表联络室", "", "", "润城社区；火星"],
        ["润城社区", "戊", "", "", "", ""],
    )
    found = refusals(batch)
    assert sorted(found) == [2, 3, 4, 5, 6]
    assert "火星" in found[5][0]


def test_people_get_accounts_and_posts_and_nobody_an_administrators():
    venue = place.venue("润城联络室")
    rows = (
        ["zhangsan", "张三丰", "13800138000", "联络员", "润城联络室", "", "2026-01-05"],
        ["zhangsan", "张三丰", "", "站长", "润城联络室", "润城社区", "2026年1月5日"],
        ["lisi", "李四海", "", "", "", "", ""],
    )
    batch = preview("people", PEOPLE, *rows)
    assert refusals(batch) == {}
    assert imports.apply(batch.pk, None, AT).applied_count == 3
    account = Account.objects.get(username="zhangsan")
    assert not account.has_usable_password()
    assert account.person.phone == "+8613800138000"
    assert {p.role.code for p in Post.objects.filter(organ=venue.desk)} == {"clerk", "station_head"}
    again = preview("people", PEOPLE, *rows)
    assert imports.apply(again.pk, None, AT).applied_count == 0
    assert Person.objects.count() == 2
    found = refusals(
        preview(
            "people",
            PEOPLE,
            ["a", "甲某", "12", "", "", "", ""],
            ["b", "乙某", "", "安全管理员", "润城联络室", "", ""],
            ["c", "丙某", "", "大王", "润城联络室", "", ""],
            ["d", "丁某", "", "联络员", "", "", ""],
            ["e", "戊某", "", "联络员", "没有的单位", "", ""],
            ["f", "己某", "", "联络员", "润城联络室", "", "2026-13-40"],
            ["zhangsan", "张三", "", "", "", "", ""],
            ["ZhangSan", "张三丰", "", "", "", "", ""],
        )
    )
    assert sorted(found) == [2, 3, 4, 5, 6, 7, 9]
    assert "管理员岗位不能用表格授予" in found[3][0]


def test_an_operator_imports_for_the_own_places_only():
    by = make.actor("operator", OrganKind.OPERATOR, "530102")
    batch = preview("units", UNITS, GOOD_UNITS[1], by=by)
    with pytest.raises(Forbidden):
        imports.apply(batch.pk, by, AT)
    assert not Organ.objects.filter(name="西山区政府").exists()
    near = make.actor("operator", OrganKind.OPERATOR, COUNTY)
    assert imports.apply(batch.pk, near, AT).applied_count == 1


@pytest.fixture
def operator(client):
    owner = make.person()
    make.post(owner, "operator", make.organ(OrganKind.OPERATOR, COUNTY))
    client.force_login(make.account(owner))
    return actor_of(owner.pk)


def test_the_pages_from_upload_to_taking_over(client, operator):
    assert "单位和机构" in client.get("/staff/imports/").content.decode()
    template = client.get(reverse("venues:import-template", args=["units"]))
    assert (
        openpyxl.load_workbook(io.BytesIO(template.content)).active.cell(1, 1).value == "单位所在地"
    )
    upload = reverse("venues:import-upload", args=["units"])
    bad = client.post(upload, {"table": ContentFile(b"nonsense", name="x.xlsx")})
    assert bad.status_code == 200
    assert ImportBatch.objects.count() == 0
    page = client.post(upload, {"table": table(UNITS, *GOOD_UNITS)}, follow=True)
    assert "每一行都可以导入" in page.content.decode()
    assert "区住建局" in page.content.decode()
    batch = ImportBatch.objects.get()
    done = client.post(reverse("venues:import-apply", args=[batch.pk]), follow=True)
    assert "已导入：新增或修改 3 行" in done.content.decode()
    assert Organ.objects.filter(name="西山区住建局").exists()


def test_the_page_shows_refused_rows_first_and_discards(client, operator):
    rows = (*GOOD_UNITS[1:], ["火星", "甲局", "", "", "", "", ""])
    upload = reverse("venues:import-upload", args=["units"])
    page = client.post(upload, {"table": table(UNITS, *rows)}, follow=True).content.decode()
    assert "没有找到“火星”这个地方" in page
    assert "西山区政府" not in page
    batch = ImportBatch.objects.get()
    apply = reverse("venues:import-apply", args=[batch.pk])
    assert apply not in page
    assert client.post(apply).status_code == 422
    every = client.get(reverse("venues:import-batch", args=[batch.pk]) + "?show=all")
    assert "西山区政府" in every.content.decode()
    client.post(reverse("venues:import-discard", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.state == BatchState.DISCARDED


def test_somebody_elses_table_is_not_there(client, operator):
    batch = preview("units", UNITS, *GOOD_UNITS, by=make.actor("operator"))
    for name in ("import-batch", "import-apply", "import-discard"):
        url = reverse(f"venues:{name}", args=[batch.pk])
        response = client.get(url) if name == "import-batch" else client.post(url)
        assert response.status_code == 404, name


@pytest.mark.parametrize("count", [1, 40])
def test_the_preview_costs_the_same_for_any_number(
    client, operator, count, django_assert_num_queries
):
    rows = [["西山区", f"单位{i}", "", "", "", "", ""] for i in range(count)]
    batch = preview("units", UNITS, *rows, by=operator)
    url = reverse("venues:import-batch", args=[batch.pk])
    client.get(url)  # Notes the use of the session, once a minute.
    with django_assert_num_queries(6):
        client.get(url)


def test_the_command_looks_through_and_takes_over(tmp_path, capsys):
    path = tmp_path / "单位.xlsx"
    path.write_bytes(table(UNITS, *GOOD_UNITS).read())
    call_command("import_xlsx", "units", str(path))
    assert not Organ.objects.exists()
    call_command("import_xlsx", "units", str(path), "--apply")
    assert Organ.objects.count() == 3
    path.write_bytes(table(UNITS, ["火星", "甲局", "", "", "", "", ""]).read())
    with pytest.raises(CommandError, match="nothing was taken over"):
        call_command("import_xlsx", "units", str(path), "--apply")
    assert "火星" in capsys.readouterr().err


class TestLongTables:
    """From so many rows on the worker takes a table over, and the page waits."""

    @pytest.fixture(autouse=True)
    def short(self, monkeypatch):
        from lianxin.venues.services import long_imports

        monkeypatch.setattr(long_imports, "LONG", 2)

    def upload(self, client, rows):
        url = reverse("venues:import-upload", args=["units"])
        client.post(url, {"table": table(UNITS, *rows)})
        return ImportBatch.objects.get()

    def test_it_is_asked_for_once_and_told_when_done(self, client, operator):
        batch = self.upload(client, GOOD_UNITS)
        apply = reverse("venues:import-apply", args=[batch.pk])
        client.post(apply)
        page = client.post(apply, follow=True).content.decode()
        assert "正在导入" in page
        assert apply not in page
        assert not Organ.objects.filter(name="西山区住建局").exists()
        assert outbox.run_pending(raising=True) == 1
        batch.refresh_from_db()
        assert (batch.state, batch.applied_count) == (BatchState.APPLIED, 3)
        notice = Notice.objects.get(person_id=operator.person_id)
        assert "新增或修改 3 行" in notice.text
        assert notice.url == reverse("venues:import-batch", args=[batch.pk])
        assert client.post(apply).status_code in (409, 422)

    def test_what_is_refused_meanwhile_is_told_and_can_be_looked_at_again(self, client, operator):
        batch = self.upload(client, GOOD_UNITS)
        client.post(reverse("venues:import-apply", args=[batch.pk]))
        Division.objects.filter(code="530112").update(is_active=False)
        outbox.run_pending(raising=True)
        batch.refresh_from_db()
        assert batch.state == BatchState.PREVIEW
        assert Notice.objects.filter(person_id=operator.person_id).exists()
        assert not Organ.objects.filter(name="西山区住建局").exists()


def test_many_spellings_are_read_as_one_by_one():
    texts = {"西山区", "西山区前卫街道", "昆明市西山", "火星", "前卫街道润城社区", "润城"}
    found = resolve_many(texts)
    assert found == {text: resolve(text) for text in texts}


def test_a_table_of_many_venues_is_taken_over_in_bulk(django_assert_max_num_queries):
    rows = [
        ["润城社区", f"第{number:03}联络室", "代表联络室", "前卫工作站", f"路{number}号", ""]
        for number in range(300)
    ]
    batch = preview("venues", VENUES, GOOD_VENUES[1], *rows)
    assert refusals(batch) == {}
    with django_assert_max_num_queries(50):
        assert imports.apply(batch.pk, None, AT).applied_count == 301
    room = Venue.objects.get(name="第299联络室")
    assert room.parent.name == "前卫工作站"
    assert room.desk.name == room.name
    assert "路" in room.search_text
    assert Venue.objects.values("code").distinct().count() == 301
    acts = Entry.objects.filter(action__in=("venues.venue.open", "congress.organ.open"))
    assert acts.count() == 602
    changed = [[*row[:4], "新路1号", "碧鸡镇"] for row in rows[:200]]
    again = preview("venues", VENUES, *changed)
    with django_assert_max_num_queries(50):
        assert imports.apply(again.pk, None, AT).applied_count == 200
    room = Venue.objects.get(name="第000联络室")
    assert room.address == "新路1号"
    assert {a.division_code for a in room.areas.all()} == {COMMUNITY, make.TOWN}

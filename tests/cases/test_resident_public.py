"""Home, published results, joining: masked texts only, cacheable, the same cost for 1 and for 30."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianxin.cases.models import Case, Category, Publication, Voice
from lianxin.cases.queries import catalogue, results
from lianxin.cases.services import publishing, screening
from lianxin.cases.services.catalogue import ensure_catalogue
from lianxin.handling.services import answers
from lianxin.handling.services.answers import Reply
from lianxin.kernel.clock import now
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    return factories.world()


def published(world, n=0, *, title="幼儿园门口停车堵路", category="traffic-jam", **more):
    at = now() - timedelta(days=9, minutes=n)
    kind = Category.objects.get(code=category)
    receipt = factories.receipt(
        at, words=f"原话{n}：张大爷家门口", may_publish=True, category_id=kind.pk, **more
    )
    screening.accept(case_id=receipt.case_id, by=world.clerk, at=at)
    case = Case.objects.get(pk=receipt.case_id)
    reply = Reply(text="内部原答复", outcome="solved")
    answers.answer_asker(matter_id=case.matter_id, reply=reply, by=world.clerk, at=at)
    return publishing.publish(
        case_id=case.pk,
        title=f"{title}{n}",
        words="门口早晚停车堵路",
        answer="画设了临时停车泊位",
        by=world.head,
        at=at + timedelta(days=1),
    )


def queries_of(client, address):
    """When what is remembered is there."""
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_home_and_results_cost_the_same_for_1_and_for_30(world, client):
    published(world)
    one = [queries_of(client, address) for address in ("/", "/results/")]
    for n in range(1, 30):
        published(world, n)
    assert [queries_of(client, address) for address in ("/", "/results/")] == one
    assert one == [2, 2]


def test_home_is_empty_but_whole_without_any_matter(world, client):
    shown = client.get("/").content.decode()
    assert "/file/" in shown
    assert "tiles" not in shown


def test_home_is_cacheable_and_sets_no_cookie(world, client):
    first = client.get("/")
    assert "public" in first.headers["Cache-Control"]
    assert not first.cookies
    again = client.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    client.cookies["lang"] = "en"
    other = client.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200
    published(world)
    assert client.get("/").headers["ETag"] != first.headers["ETag"]


def test_only_masked_texts_are_public(world, client):
    row = published(world)
    for address in ("/", "/results/", f"/results/{row.pk}/", f"/results/{row.pk}/join/"):
        shown = client.get(address).content.decode()
        assert row.title in shown
        assert "张大爷" not in shown
        assert "内部原答复" not in shown


def test_what_was_taken_back_is_gone(world, client):
    row = published(world)
    publishing.take_back(case_id=row.case_id, by=world.head, at=now(), reason="本人要求")
    assert client.get(f"/results/{row.pk}/").status_code == 404
    assert client.get(f"/results/{row.pk}/join/").status_code == 404
    assert row.title not in client.get("/results/").content.decode()


def test_search_finds_words_and_filters_narrow(world, client):
    published(world, 1)
    published(world, 2, title="路灯不亮", category="town-street")
    assert "路灯不亮2" in client.get("/results/?q=路灯").content.decode()
    assert "停车堵路1" not in client.get("/results/?q=路灯").content.decode()
    assert "停车堵路1" in client.get("/results/?category=traffic").content.decode()
    assert "路灯不亮2" not in client.get("/results/?category=traffic").content.decode()
    assert "路灯不亮2" not in client.get("/results/?outcome=noted").content.decode()
    assert "路灯不亮2" in client.get("/results/?place_code=530112").content.decode()
    assert "路灯不亮2" not in client.get("/results/?place_code=530102").content.decode()
    assert client.get("/results/?place=没有&outcome=x&category=%20&after=x").status_code == 200


def test_pages_follow_each_other_without_gap(world, client):
    for n in range(25):
        published(world, n)
    first = client.get("/results/")
    second = client.get("/results/", {"after": first.context["page"].next_cursor})
    titles = [row.result.title for r in (first, second) for row in r.context["rows"]]
    assert len(titles) == len(set(titles)) == 25


def test_me_too_gives_an_own_receipt_once(world, client):
    row = published(world)
    form = client.get(f"/results/{row.pk}/join/").context["form"]
    data = {"key": str(form["key"].value()), "name": "李先生"}
    address = f"/results/{row.pk}/join/"
    assert client.post(address, data).status_code == 200
    data["consents"] = "on"
    found = {client.post(address, data).headers["Location"] for _n in range(2)}
    assert len(found) == 1
    assert Voice.objects.filter(case=row.case_id).count() == 2
    assert Case.objects.get(pk=row.case_id).voices_count == 2


def test_alike_offers_published_matters_only(world):
    row = published(world)
    at = now()
    factories.receipt(at, words="幼儿园门口停车堵路，没有公开的一件")
    found = results.alike("我们幼儿园门口每天停车堵路，接送不便")
    assert found == [row]
    assert results.alike("……！！") == []
    assert results.alike("医保报销比例") == []


def test_the_catalogue_is_put_in_once_and_edits_stay(db):
    before = Category.objects.count()
    Category.objects.filter(code="traffic").update(name="出行")
    ensure_catalogue()
    assert Category.objects.count() == before
    assert Category.objects.get(code="traffic").name == "出行"
    assert all(4 <= len(branch.children) <= 8 for branch in catalogue.tree())
    assert len(catalogue.tree()) <= 12


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("自来水停水三天了", "utilities-water"),
        ("包工头拖欠农民工工资", "work-wages"),
        ("邻居养大型犬遛狗不牵绳", "environment-animals"),
        ("今天天气很好", None),
    ],
)
def test_words_suggest_a_category(db, words, code):
    found = catalogue.suggested(words, catalogue.tree())
    assert (found[0].code if found else None) == code


def test_publications_hold_no_code_of_the_case(world, client):
    row = published(world)
    shown = client.get(f"/results/{row.pk}/").content.decode()
    assert Publication.objects.get().case.number not in shown

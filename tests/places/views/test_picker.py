import pytest

pytestmark = pytest.mark.usefixtures("divisions")


def test_children(client, django_assert_num_queries):
    with django_assert_num_queries(2):
        answer = client.get("/places/children/530112/")
    assert answer.json() == {
        "code": "530112",
        "path": "云南省 › 昆明市 › 西山区",
        "children": [{"code": "530112005", "name": "前卫街道", "more": True}],
    }
    assert client.get("/places/children/0/").json()["children"][0]["code"] == "53"
    assert client.get("/places/children/9999/").status_code == 404


def test_search(client):
    found = client.get("/places/search/", {"q": "玉龙", "within": "5309"}).json()["found"]
    assert found == [
        {
            "code": "530902002005",
            "name": "玉龙社区居民委员会",
            "path": "云南省 › 临沧市 › 临翔区 › 忙畔街道 › 玉龙社区居民委员会",
        }
    ]
    assert client.get("/places/search/").json() == {"found": []}
    assert client.get("/places/search/", {"q": "前卫", "within": "x"}).json()["found"]


@pytest.mark.parametrize("address", ["/places/children/53/", "/places/search/?q=玉龙"])
def test_answers_may_be_kept_by_anybody(client, address):
    answer = client.get(address)
    assert "public" in answer.headers["Cache-Control"]
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert not answer.cookies
    assert client.post(address).status_code == 405

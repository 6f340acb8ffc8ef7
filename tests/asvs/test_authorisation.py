"""ASVS 5.0, chapter 8: who may do what to which object is decided here, on the server."""

import pytest
from django.test import Client
from django.urls import reverse

from lianxin.cases.enums import CaseState
from tests import factories as f

PHONE = "13800138123"


@pytest.fixture
def small(db):
    return f.world()


@pytest.fixture
def case(small):
    return f.filed(name="罗阿花", phone=PHONE, home="官庄12号", consents=True)


def signed_in(username: str) -> Client:
    client = Client()
    assert client.login(username=username, password="a long password")
    return client


@pytest.mark.parametrize("username", ["handler", "deputy", "supervisor", "auditor", "other_clerk"])
def test_asvs_8_2_1_an_act_needs_the_post_that_grants_it(case, username):
    answer = signed_in(username).post(reverse("cases:case-accept", args=[case.pk]))
    assert answer.status_code in (403, 404)
    case.refresh_from_db()
    assert case.state == CaseState.FILED
    assert signed_in("clerk").post(reverse("cases:case-accept", args=[case.pk])).status_code == 302


def test_asvs_8_2_2_a_foreign_object_is_absent(case):
    voice = case.voices.get()
    for name, key in (
        ("cases:case", case.pk),
        ("cases:case-accept", case.pk),
        ("cases:case-reveal", voice.pk),
    ):
        address = reverse(name, args=[key])
        assert signed_in("other_clerk").get(address).status_code == 404
        assert signed_in("clerk").get(address).status_code == 200


def test_asvs_8_2_3_a_phone_is_masked_until_it_is_revealed_with_a_reason(case):
    client, page = signed_in("clerk"), reverse("cases:case", args=[case.pk])
    reveal = reverse("cases:case-reveal", args=[case.voices.get().pk])
    assert PHONE not in client.get(page).content.decode()
    assert PHONE not in client.post(reveal, {}).content.decode()
    assert PHONE not in signed_in("auditor").get(page).content.decode()
    told = client.post(reveal, {"reason": "回电核实地点"}, follow=True)
    assert PHONE in told.content.decode()


def test_asvs_8_3_1_what_the_browser_claims_grants_nothing(case):
    claims = {"desk_id": "x", "role": "clerk", "screened_by": "x", "organ_id": "x", "is_staff": "1"}
    client = signed_in("handler")
    client.cookies["role"] = "clerk"
    address = reverse("cases:case-accept", args=[case.pk])
    assert client.post(address, claims, headers={"X-Role": "clerk"}).status_code in (403, 404)
    case.refresh_from_db()
    assert case.state == CaseState.FILED


@pytest.mark.parametrize("where", ["new", "all"])
def test_asvs_8_4_1_lists_and_search_stay_in_ones_own_place(case, where):
    address = reverse("cases:desk-list", args=[where])
    own = str(case.pk)
    for query in ({}, {"q": "幼儿园"}, {"q": case.number}, {"division": "530112005"}):
        assert own not in signed_in("other_clerk").get(address, query).content.decode()
    assert own in signed_in("clerk").get(address).content.decode()

"""“My data” as a resident and as two clerks meet it."""

import io
import json
import re
import zipfile

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from lianxin.cases.models import DataRequest, Voice
from lianxin.cases.services import requesting
from lianxin.kernel import data_keys
from lianxin.kernel.clock import now
from lianxin.notices.models import Delivery
from tests import factories as f
from tests.cases.desk_world import client
from tests.reception.bookings_world import proven

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return f.world()


def page(code: str) -> str:
    return reverse("cases:track-data", args=[code])


def test_without_a_phone_the_code_is_enough(people):
    receipt = f.receipt()
    answer = Client().post(page(receipt.code), {"act": "export"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        told = json.loads(packed.read("my-data.json"))
        assert told["tables"]["cases.Case"][0]["number"] == receipt.number
        assert "路灯" in packed.read("my-data.html").decode() or told["tables"]["cases.Case"]


def test_whoever_left_a_phone_confirms_it_first(people):
    receipt = f.receipt(name="李某", phone="13800138000", consents=True)
    browser, address = Client(), page(receipt.code)
    assert "138****8000" in browser.get(address).content.decode()
    refused = browser.post(address, {"act": "export"})
    assert refused.headers["Content-Type"].startswith("text/html")
    browser.post(address, {"act": "erase", "way": "withdraw", "sure": "on"})
    assert Voice.objects.get(case_id=receipt.case_id).erased_at is None
    browser.post(address, {"act": "send"})
    code = Delivery.objects.latest("queued_at").secret
    shown = browser.post(address, {"act": "prove", "code": code}).content.decode()
    (proof,) = set(re.findall(r'name="proof" value="([^"]+)"', shown))
    done = browser.post(
        address, {"act": "erase", "way": "withdraw", "sure": "on", "proof": proof}, follow=True
    )
    assert Voice.objects.get(case_id=receipt.case_id).erased_at
    assert "李某" not in done.content.decode()


def test_a_code_for_booking_opens_no_data(people):
    receipt = f.receipt(name="李某", phone="13800138000", consents=True)
    wish = {"act": "export", "proof": proven("13800138000", now())}
    answer = Client().post(page(receipt.code), wish)
    assert answer.headers["Content-Type"].startswith("text/html")


def test_it_is_asked_which_way_and_whether_one_is_sure(people):
    receipt = f.receipt()
    for data in ({"act": "erase", "way": "withdraw"}, {"act": "erase", "sure": "on"}):
        Client().post(page(receipt.code), data)
        assert Voice.objects.get(case_id=receipt.case_id).erased_at is None
    Client().post(page(receipt.code), {"act": "erase", "way": "wait", "sure": "on"})
    assert DataRequest.objects.get().state == "waiting"
    Client().post(page(receipt.code), {"act": "drop"})
    assert DataRequest.objects.get().state == "dropped"


def test_a_request_lets_go_of_the_keys_it_wrote_with(people):
    receipt = f.receipt(name="李某", phone="13800138000", consents=True)
    assert Voice.objects.get(case_id=receipt.case_id).data_key in data_keys._held()
    Client().get(page(receipt.code))
    assert not data_keys._held()


def test_a_wrong_code_gets_the_answer_of_every_wrong_code(people):
    assert Client().post(page("0000-0000"), {"act": "export"}).status_code == 404


def test_asvs_2_3_5_two_persons_erase_for_a_resident(people):
    case = f.filed(name="李某", phone="13800138000", consents=True)
    voice = case.voices.get()
    address = reverse("cases:case-data", args=[voice.pk])
    clerk, head = client("clerk"), client("head")
    clerk.post(address, {"act": "ask", "kind": "erase", "reason": "本人持身份证到场"})
    assert clerk.post(address, {"act": "grant"}).status_code == 403
    assert head.post(address, {"act": "grant"}).status_code == 302
    request = DataRequest.objects.get()
    assert (request.state, request.decided_by_id) == ("waiting", people.head.person_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        DataRequest.objects.update(decided_by=people.clerk.person_id)


def test_two_persons_hand_data_out(people):
    voice = f.filed().voices.get()
    requesting.ask(voice_id=voice.pk, kind="export", reason="本人到场", by=people.clerk, at=now())
    address = reverse("cases:case-data", args=[voice.pk])
    answer = client("head").post(address, {"act": "grant"})
    assert answer.headers["Content-Type"] == "application/zip"
    assert client("head").post(address, {"act": "grant"}).status_code == 200

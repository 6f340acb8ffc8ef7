"""The API as a whole: languages, problems, idempotency, ETags, strangers; and its description."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lianxin.cases.models import Case
from lianxin.config.api import api
from lianxin.kernel import codes
from lianxin.kernel.ids import uuid7
from lianxin.people.models import Account
from tests import factories as f
from tests.authorisation.things import key_of
from tests.record.people import photo

BASE = "/api/v1"
FILING = {"words": "路灯坏了三天，晚上看不见路。", "division": "530112005"}


@pytest.fixture
def world(db):
    return f.world()


@pytest.fixture
def port():
    return Client(enforce_csrf_checks=True)


def post(port, path, body=None, **headers):
    return port.post(f"{BASE}{path}", json.dumps(body), "application/json", headers=headers)


def holder(username):
    """A client that carries the key of that account, and no cookie."""
    return Client(
        headers={"authorization": f"Bearer {key_of(Account.objects.get(username=username))}"}
    )


def refused(answer, status, code):
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "no-store"
    said = answer.json()
    assert (said["status"], said["code"]) == (status, code)
    return said


def test_filing_following_judging_and_the_desk(world, port):
    receipt = post(port, "/filings", FILING, idempotency_key="one").json()
    again = post(port, "/filings", FILING, idempotency_key="one").json()
    assert receipt == again
    assert Case.objects.count() == 1
    refused(
        post(port, "/filings", {**FILING, "words": "x"}, idempotency_key="one"),
        422,
        "idempotency_body",
    )
    refused(post(port, "/filings", FILING), 400, "idempotency_key")
    told = port.get(f"{BASE}/receipts/{receipt['code']}").json()
    assert told["words"] == FILING["words"]
    assert told["acts"] == ["supplement", "urge", "withdraw"]
    assert told["custody"]["facts"]
    clerk = holder("clerk")
    row = clerk.get(f"{BASE}/desk?where=new").json()["items"][0]
    assert (row["number"], row["next_act"]) == (receipt["number"], "accept")
    assert clerk.post(f"{BASE}/cases/{row['id']}/accept").json()["state"] == "accepted"
    refused(clerk.post(f"{BASE}/cases/{row['id']}/accept"), 409, "illegal_move")
    choices = clerk.get(f"{BASE}/cases/{row['id']}/choices").json()
    assert [one["name"] for one in choices["units"]]
    answered = post(
        clerk,
        f"/cases/{row['id']}/answer",
        {"text": "已修好。", "answer_class": choices["answer_classes"][0]["id"]},
    )
    assert answered.json()["matter_state"] == "answered"
    judged = post(port, f"/receipts/{receipt['code']}/verdict", {"result": "satisfied"}).json()
    assert judged["verdict"] == "satisfied"
    proof = port.get(f"{BASE}/receipts/{receipt['code']}/proof").json()
    assert proof["kind"] == "promise"


def test_a_photo_goes_with_the_matter(world, port):
    upload = SimpleUploadedFile("灯.jpg", photo(), "image/jpeg")
    token = port.post(f"{BASE}/photos", {"upload": upload}).json()["token"]
    sent = post(port, "/filings", {**FILING, "photos": [token]}, idempotency_key="p")
    assert sent.status_code == 201
    no = SimpleUploadedFile("x.jpg", b"<?php", "image/jpeg")
    refused(port.post(f"{BASE}/photos", {"upload": no}), 422, "upload")
    gone = post(port, "/filings", {**FILING, "photos": ["gone"]}, idempotency_key="q")
    refused(gone, 422, "upload")


def test_what_is_wrong_is_said_field_by_field_in_the_asked_language(world, port):
    body = {**FILING, "phone": 138, "colour": "red", "venue": "AAAA-AAAA"}
    said = refused(post(port, "/filings", body, idempotency_key="x"), 422, "invalid")
    assert {one["name"] for one in said["fields"]} == {"phone", "colour"}
    assert said["title"] == "有些值不能用。"
    english = post(
        port,
        "/filings",
        {**FILING, "venue": "x"},
        idempotency_key="x",
        accept_language="en, zh;q=0.5",
    )
    fields = refused(english, 422, "unfit")["fields"]
    assert fields == [{"place": "body", "name": "venue", "message": "Nobody here has this code."}]
    assert english["Content-Language"] == "en"
    by_form = post(port, "/filings", {**FILING, "name": "李"}, idempotency_key="x")
    assert refused(by_form, 422, "unfit")["fields"][0]["name"] == "consents"


def test_an_integer_may_be_written_with_a_point(db, port):
    """4.0 is an integer to JSON Schema, and so to every program that reads our description."""
    for persons, fits in ((4.0, True), (4.5, False)):
        body = json.dumps({"slot": str(uuid7()), "persons": persons}).encode()
        answer = port.post(
            f"{BASE}/bookings", body, "application/json", headers={"idempotency-key": "p"}
        )
        named = [one["name"] for one in answer.json().get("fields", [])]
        assert ("persons" not in named) is fits, answer.content


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "unreadable"),
        (b'{"words": "\\u0000"}', 400, "unreadable"),
        (b'{"words": "\\ud800"}', 400, "unreadable"),
        (b'{"words": NaN}', 400, "unreadable"),
        (b"[" * 10_000, 400, "unreadable"),
        (b'{"a":' * 50 + b"1" + b"}" * 50, 400, "unreadable"),
        (b'{"words": "' + b"x" * 1_100_000 + b'"}', 413, "too_large"),
        (b'{"position": {"latitude": 1e309, "longitude": 0}}', 422, "invalid"),
    ],
)
def test_bodies_that_cannot_be_read(db, port, body, status, code):
    headers = {"idempotency-key": "b"}
    refused(port.post(f"{BASE}/filings", body, "application/json", headers=headers), status, code)


def test_methods_forms_and_addresses_that_are_not_there(db, port):
    refused(port.get(f"{BASE}/nothing"), 404, "absent")
    refused(port.get(f"{BASE}/cases/nothing"), 404, "absent")
    wrong = port.delete(f"{BASE}/results")
    refused(wrong, 405, "method")
    assert wrong["Allow"] == "GET"
    refused(port.get(f"{BASE}/results", headers={"accept": "text/csv"}), 406, "not_acceptable")
    form = port.post(f"{BASE}/filings", {"words": "x"}, headers={"idempotency-key": "f"})
    refused(form, 415, "media_type")
    refused(port.get(f"{BASE}/results?q=%00"), 400, "no_text")
    assert port.head(f"{BASE}/results").status_code == 200


def test_public_answers_are_kept_and_not_sent_twice(world, port):
    first = port.get(f"{BASE}/venues")
    assert first["Cache-Control"] == "public, max-age=60"
    again = port.get(f"{BASE}/venues", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = port.get(f"{BASE}/venues", headers={"if-none-match": '"other"'})
    assert other.status_code == 200
    assert not first.cookies


def test_a_session_opens_nothing_and_a_foreign_case_is_like_an_absent_one(world, client):
    client.force_login(Account.objects.get(username="clerk"))
    refused(client.get(f"{BASE}/desk"), 401, "access_key")
    case = f.filed()
    stranger = holder("other_clerk")
    answers = [
        stranger.get(f"{BASE}/cases/{key}").content.replace(str(key).encode(), b"-")
        for key in (case.pk, uuid7())
    ]
    assert answers[0] == answers[1]
    body = {"question": "在哪里"}
    answers = [
        post(stranger, f"/cases/{key}/ask-back", body).content.replace(str(key).encode(), b"-")
        for key in (case.pk, uuid7())
    ]
    assert answers[0] == answers[1]


def test_a_list_goes_on_and_ends(world):
    for _ in range(31):
        f.filed()
    clerk = holder("clerk")
    first = clerk.get(f"{BASE}/desk?where=all").json()
    rest = clerk.get(f"{BASE}/desk", {"where": "all", "after": first["next"]}).json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (30, 1, None)


def test_contacts_are_masked_for_staff(world, port):
    body = {**FILING, "name": "李桂芳", "phone": "13888880001", "consents": True}
    post(port, "/filings", body, idempotency_key="m")
    clerk = holder("clerk")
    key = clerk.get(f"{BASE}/desk?where=new").json()["items"][0]["id"]
    shown = clerk.get(f"{BASE}/cases/{key}").content.decode()
    assert "李桂芳" not in shown
    assert "13888880001" not in shown


def test_the_description_and_its_page(db, client):
    document = client.get(f"{BASE}/openapi.json", headers={"accept-language": "en"}).json()
    assert document["openapi"] == "3.1.0"
    assert document["paths"].keys() == api.document()["paths"].keys()
    page = client.get("/api/")
    assert page.status_code == 200
    assert "/cases/{case_id}/accept" in page.content.decode()
    assert "http" not in json.dumps(document["servers"])


@pytest.mark.parametrize("path", ["/receipts/{code}", "/receipts/{code}/proof", "/bookings/{code}"])
def test_whoever_guesses_codes_is_put_off_and_the_description_says_so(db, port, path):
    answers = [port.get(BASE + path.replace("{code}", codes.new_code())) for _ in range(11)]
    assert [one.status_code for one in answers] == [404] * 10 + [429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert "429" in api.document()["paths"][path]["get"]["responses"]

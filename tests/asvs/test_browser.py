"""ASVS 5.0, chapters 3 and 4: headers, cookies, writes from elsewhere, looking that changes nothing."""

import itertools
import re
import uuid

import pytest
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, get_resolver, reverse

from lianxin.web.visitors import sender_of
from tests.asvs.test_encoding import marks
from tests.authorisation import matrix, things
from tests.authorisation.test_matrix import ROWS

#: Tables that a look may write to: who looked when, and how often.
LOOKING = ("django_session", "kernel_ratebucket", "people_residentsession", "people_session")
#: Looks that leave a line on purpose -> why.
NOTED = {
    "cases:ledger-proof": "the journal says who took a ledger home",
    "cases:ledger-xlsx": "the journal says who took a ledger home",
    "reception:use-xlsx": "the journal says who took a table home",
    "reception:screen": "when the screen on the wall was last alive",
    "reception:screen-state": "when the screen on the wall was last alive",
}
WRITES = re.compile(r'^\s*(INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.I)


HERE = "testserver"


class Look:
    """What one look at a page showed."""

    def __init__(self, name, answer, written):
        self.name, self.status, self.written = name, answer.status_code, written
        self.headers = {k.title(): v for k, v in answer.headers.items()}
        streaming = answer.streaming
        body = b"".join(answer.streaming_content) if streaming else answer.content
        is_page = self.headers.get("Content-Type", "").startswith("text/html")
        self.page = body.decode() if is_page else ""
        self.is_staff = False


def role_for(row):
    """The first role that may look; anybody where all may."""
    expected = row.expected.get("get", {})
    for role in ("clerk", *matrix.ROLES):
        if row.answer("get", role) == 200:
            return role
    return "" if not expected else "clerk"


@pytest.fixture(scope="module")
def looks(django_db_setup, django_db_blocker):
    """Every address looked at once by somebody who may; what was written is taken back."""
    found = []
    with django_db_blocker.unblock(), transaction.atomic():
        world = things.build()
        for row in ROWS.values():
            role = role_for(row)
            if row.not_exercised or "get" not in row.expected or not role:
                continue
            with transaction.atomic():
                world.made.clear()
                arguments = {n: world.thing(v) for n, v in row.arguments.items()}
                found.append(look(world, row, role, reverse(row.name, kwargs=arguments)))
                transaction.set_rollback(True)
        transaction.set_rollback(True)
    return found


def look(world, row, role, address):
    client, written = things.browser(world.sessions.get(role, "")), []

    def watches(execute, sql, params, many, context):
        hit = WRITES.match(sql)
        if hit and hit[2] not in LOOKING:
            written.append(hit[2])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watches):
        seen = Look(row.name, client.get(address), written)
    seen.is_staff = row.answer("get", "anonymous") == "sign-in"
    return seen


def pages(looks):
    shown = [one for one in looks if one.page and one.status == 200]
    assert len(shown) > 80
    return shown


def without(looks, name, wanted):
    return [one.name for one in looks if wanted not in one.headers.get(name, "")]


def test_asvs_3_4_3_a_policy_without_unsafe_inline_stands_on_every_page(looks):
    for one in looks:
        policy = one.headers.get("Content-Security-Policy", "")
        assert "default-src" in policy, one.name
        assert "unsafe" not in policy, one.name
    assert [(one.name, marks(one.page)) for one in pages(looks) if marks(one.page)] == []


def test_asvs_3_4_4_no_type_is_guessed(looks):
    assert without(looks, "X-Content-Type-Options", "nosniff") == []


def test_asvs_3_4_5_no_address_is_told_to_others(looks):
    told = [
        one for one in looks if one.headers["Referrer-Policy"] not in ("same-origin", "no-referrer")
    ]
    assert [one.name for one in told] == []


def test_asvs_3_4_6_nobody_frames_a_page(looks):
    framed = [
        one.name
        for one in looks
        if "frame-ancestors 'none'" not in one.headers["Content-Security-Policy"]
        and one.headers.get("X-Frame-Options") != "DENY"
    ]
    assert framed == []


def test_every_page_keeps_camera_and_other_windows_out(looks):
    assert without(looks, "Permissions-Policy", "camera=()") == []
    assert without(looks, "Cross-Origin-Opener-Policy", "same-origin") == []


def test_asvs_3_5_3_looking_changes_nothing(looks):
    changed = {one.name: one.written for one in looks if one.written and one.name not in NOTED}
    assert changed == {}


def test_asvs_4_1_1_each_answer_says_its_type_and_signs(looks):
    for one in looks:
        said = one.headers.get("Content-Type", "")
        assert one.status in (204, 302, 304) or said, one.name
        if said.startswith("text/"):
            assert "charset=utf-8" in said.lower(), one.name


def test_asvs_14_2_1_forms_that_ask_for_something_personal_do_not_travel_in_addresses(looks):
    fields = re.compile(r'name="(phone|name|code|password|id_card|home)"')
    found = []
    for one in pages(looks):
        forms = re.findall(r"<form\b[^>]*>.*?</form>", one.page, re.S)
        gets = [form for form in forms if 'method="post"' not in form.split(">", 1)[0].lower()]
        found += [one.name for form in gets if fields.search(form)]
    assert found == []


def test_asvs_14_3_2_pages_of_people_at_work_are_kept_by_no_cache(looks):
    found = []
    for one in pages(looks):
        said = one.headers.get("Cache-Control", "")
        if one.is_staff and "public" in said:
            found.append(one.name)
    assert found == []


# --- writes from elsewhere ------------------------------------------------------------------


def _values(regex, name):
    """What an argument may be: the words of its pattern, or something of every usual kind."""
    words = re.search(rf"\(\?P<{name}>([\w|-]+)\)", regex)
    return words[1].split("|") if words and "|" in words[1] else (
        str(uuid.UUID(int=7)), "full", "x", "1", "001", "2026-11-02", "2026", "a" * 32
    )  # fmt: skip


def _address(row_name):
    space, _, short = row_name.rpartition(":")
    resolver = get_resolver()
    if space:
        _prefix, resolver = next(
            (p, r)
            for p, r in ((p, r) for s, (p, r) in resolver.namespace_dict.items() if s == space)
        )
    for possibilities, regex, _defaults, _converters in resolver.reverse_dict.getlist(short):
        names = possibilities[0][1]
        for values in itertools.product(*(_values(regex, name) for name in names)):
            try:
                return reverse(row_name, kwargs=dict(zip(names, values, strict=True)))
            except NoReverseMatch:
                continue
    return None


def test_asvs_3_5_1_a_page_of_another_site_writes_nowhere():
    """All addresses of the matrix, which are all there are; no database is asked."""
    client, missed, count = Client(raise_request_exception=False), [], 0
    foreign = (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    )
    for name in ROWS:
        address = _address(name)
        if address is None:
            missed.append(name)
            continue
        for headers in foreign:
            assert client.post(address, headers=headers).status_code == 403, (name, headers)
            count += 1
    assert missed == []
    assert count >= 4 * 200


def test_asvs_3_5_1_our_own_pages_and_programs_pass(db):
    client = Client()
    for headers in (
        {"Origin": f"http://{HERE}"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {},
    ):
        assert client.post("/track/", {"code": "7K3F"}, headers=headers).status_code == 404


def test_asvs_3_5_1_a_form_without_its_token_is_refused(db):
    client = Client(enforce_csrf_checks=True)
    assert client.post("/my/sign-in/", {"phone": "13800138000"}).status_code == 403
    fresh = client.get("/fresh-token/")
    assert fresh.headers["Cache-Control"] == "no-store"
    said = {"phone": "x", "csrfmiddlewaretoken": fresh.json()["token"]}
    assert client.post("/my/sign-in/", said).status_code == 422


def test_asvs_4_1_3_nobody_says_from_outside_where_a_request_comes_from(settings):
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "203.0.113.9"})
    assert sender_of(request) == "127.0.0.1"
    settings.TRUSTED_PROXIES = 1
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.9"})
    assert sender_of(request) == "203.0.113.9"

"""Hostile values at every address, as query and as form: an answer, never a 5xx.

Every third address gets one value, in turn, so that each value meets several; with CORPUS=all (as
`make fuzz` says) every address gets every value.
"""

import os
from itertools import cycle, islice

import pytest
from django.db import transaction
from django.urls import reverse

from tests.architecture.source import none
from tests.authorisation import things
from tests.authorisation.test_matrix import TRIED, asked

CORPUS = (
    "\x00",
    "前卫\x00街道",
    "' OR '1'='1' --",
    '"; DROP TABLE cases_case; --',
    "<script>alert(1)</script>",
    "{{7*7}}{% debug %}",
    "../../../../etc/passwd",
    "%00%2e%2e%2f",
    "a\r\nSet-Cookie: x=1",
    "‮gnp.txt",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "\uffff\ufffe\U0010ffff",
    "١٢٣٤٥٦",
    "²³",
    "1e309",
    "-9223372036854775809",
    "9" * 400,
    "NaN",
    "0000-00-00",
    "9999-12-31",
    "00000000-0000-0000-0000-000000000000",
    "长" * 6000,
    "👩‍👩‍👧‍👦" * 40,
    "(" * 200 + "a" + ")" * 200,
    "\t \u200b\u3000",
    "[" * 10_000,
    '{"a":' * 3_000,
    "*)(uid=*))(|(uid=*",
    "\ufdfa" * 500 + "\u0338",
)
#: What pages read from their address and from forms.
NAMES = (  # noqa: SIM905  (a list of eighty lines says no more)
    "q after before place category venue deputy where channel mine id text words name phone code "
    "reason key date day month week until since from kind outcome division division_code grid "
    "near number draft at photo act next page sort lang username password title answer note "
    "instruction lead assist organ units deputies due_on promised_until result attitude is_done "
    "urgency slot persons topic needs lat lng back view query list_name month_day year state "
    "level unit to other explanation question owes grant carry_to evidence channel_code altcha "
    "token email hours address"
).split()


@pytest.fixture
def world(db):
    return things.build()


def role_of(row):
    """Somebody who gets in."""
    for expected in row.expected.values():
        for role, status in expected.items():
            if status in (200, 302, 422) and role in things.NAMES:
                return role
    return "clerk"


def broken(world, row, values):
    """What answered 5xx at this address."""
    arguments = {name: world.thing(value) for name, value in row.arguments.items()}
    address, role = reverse(row.name, kwargs=arguments), role_of(row)
    for value in values:
        sent = dict.fromkeys(NAMES, value)
        for method in ("get", "post"):
            with transaction.atomic():
                client = things.browser(world.sessions[role])
                more = asked(world, role, address) if method == "post" else {}
                answer = getattr(client, method)(address, sent, **more)
                if answer.streaming:
                    b"".join(answer.streaming_content)
                transaction.set_rollback(True)
            if answer.status_code >= 500:
                yield f"{method} {row.name} with {value[:20]!a}: {answer.status_code}"


def test_nothing_hostile_breaks_an_address(world, record_property):
    whole = os.environ.get("CORPUS") == "all"
    turn, found, requests = cycle(CORPUS), [], 0
    for row in TRIED if whole else TRIED[::3]:
        with transaction.atomic():
            world.made.clear()
            values = CORPUS if whole else list(islice(turn, 1))
            found += broken(world, row, values)
            requests += 2 * len(values)
            transaction.set_rollback(True)
    record_property("requests", requests)
    record_property("fields with a hostile value", requests * len(NAMES))
    none(found)


@pytest.mark.django_db
def test_no_nul_passes_the_door(client):
    for answer in (
        client.get("/results/?q=%00"),
        client.get("/results/%00/"),
        client.post("/track/", {"code": "7K3F\x00"}),
    ):
        assert answer.status_code == 400

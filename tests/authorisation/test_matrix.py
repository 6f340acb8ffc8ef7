"""Every address has a row, and every role gets there what the row says.

The default suite tries a share of the pairs; `make matrix`, in .ci/run too, tries all.
"""

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import path, reverse

from tests.architecture.source import none
from tests.authorisation import (  # noqa: F401  (registers their things)
    matrix,
    things,
    things_boards,
    things_bookings,
    things_days,
    things_deputy,
    things_duty,
    things_notices,
    things_papers,
    things_room,
    things_rota,
    things_work,
)

ROWS = matrix.rows()
TRIED = [row for row in ROWS.values() if not row.not_exercised]
PAIRS = [(method, role) for method in matrix.METHODS for role in matrix.ROLES]


@pytest.fixture
def world(db):
    return things.build()


def answer(world, role, method, address, data):
    """Status and redirect of one request; whatever it wrote is taken back."""
    client = things.browser(world.sessions.get(role, ""))
    more = asked(world, role, address)
    with transaction.atomic():
        response = getattr(client, method)(address, data, **more)
        if response.streaming:
            b"".join(response.streaming_content)  # a file stays open until it is read
        transaction.set_rollback(True)
    return response.status_code, response.headers.get("Location", "")


def asked(world, role, address):
    """What a request to the API carries beside: JSON, the role's access key, a key of its own."""
    if not address.startswith(settings.API_PATH):
        return {}
    headers = {"idempotency-key": "matrix-row"}
    if role in world.keys:
        headers["authorization"] = f"Bearer {world.keys[role]}"
    return {"content_type": "application/json", "headers": headers}


def judge(row, world, pairs=PAIRS):
    """Where roles got another answer than the row says, of these pairs of method and role."""
    arguments = {name: world.thing(value) for name, value in row.arguments.items()}
    data = {name: world.thing(value) for name, value in row.data.items()}
    address, sign_in = reverse(row.name, kwargs=arguments), reverse("people:sign-in")
    for method, role in pairs:
        expected = row.answer(method, role)
        status, location = answer(world, role, method, address, data)
        if not matrix.meets(expected, status, location, sign_in):
            yield f"{method} {row.name} as {role}: {status} {location}, not {expected}"


def test_every_address_has_a_row():
    none(matrix.faults(list(matrix.addresses()), ROWS))


@pytest.mark.parametrize("file", sorted({row.file for row in TRIED}))
def test_every_role_gets_what_the_rows_say(file, world, record_property):
    """A file of rows in one test: the world is built once, and each row takes back its traces."""
    found, rows = [], [row for row in TRIED if row.file == file]
    shares = [
        matrix.thinned(PAIRS, share=matrix.OWN_SHARE, turn=turn) for turn, _ in enumerate(rows)
    ]
    record_property("pairs", sum(map(len, shares)))
    for row, pairs in zip(rows, shares, strict=True):
        with transaction.atomic():
            world.made.clear()
            found += judge(row, world, pairs)
            transaction.set_rollback(True)
    none(found)


def test_an_address_without_a_row_is_found():
    planted = [path("secret/", lambda request: None, name="secret")]
    names = list(matrix.addresses(planted))
    assert names == ["secret"]
    assert matrix.faults(names, {}) == ["secret has no row"]
    assert matrix.faults([], {"gone": matrix.Row("gone", {"get": {"all": 200}})}) == [
        "gone is no address"
    ]
    assert matrix.faults(["x", "x"], {"x": matrix.Row("x", {"get": {"clerk": 200}})}) == [
        "x is the name of two addresses",
        "x: get does not cover exactly the known roles",
    ]


def test_a_wrong_expectation_is_found(world):
    row = ROWS["people:start"]
    wrong = matrix.Row("people:start", {**row.expected, "get": {"all": 200}})
    assert [fault for fault in judge(wrong, world) if "anonymous" in fault]


def test_what_meets_an_expectation():
    assert matrix.meets("sign-in", 302, "/sign-in/?next=/", "/sign-in/")
    assert not matrix.meets("sign-in", 302, "/start/", "/sign-in/")
    assert not matrix.meets(302, 302, "/sign-in/?next=/", "/sign-in/")
    assert matrix.meets(302, 302, "/start/", "/sign-in/")
    assert matrix.meets([200, 404], 404, "", "/sign-in/")
    assert not matrix.meets(200, 403, "", "/sign-in/")

"""Every address has a row, and every role gets there what the row says."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import path, reverse

from tests.architecture.source import none
from tests.authorisation import matrix, things, things_work  # noqa: F401  (registers its things)

ROWS = matrix.rows()
TRIED = [row for row in ROWS.values() if not row.not_exercised]


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker):
    """The world, built once for all rows: they take back whatever they wrote."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield things.build()
        transaction.set_rollback(True)


@pytest.fixture
def world(town):
    with transaction.atomic():
        town.made.clear()
        yield town
        transaction.set_rollback(True)


def answer(account, method, address, data):
    """Status and redirect of one request; whatever it wrote is taken back."""
    client = Client(raise_request_exception=False)
    with transaction.atomic():
        if account is not None:
            client.force_login(account)
        response = getattr(client, method)(address, data)
        transaction.set_rollback(True)
    return response.status_code, response.headers.get("Location", "")


def judge(row, world):
    """Where roles got another answer than the row says."""
    arguments = {name: world.thing(value) for name, value in row.arguments.items()}
    data = {name: world.thing(value) for name, value in row.data.items()}
    address, sign_in = reverse(row.name, kwargs=arguments), reverse("people:sign-in")
    for method in matrix.METHODS:
        for role in matrix.ROLES:
            expected = row.answer(method, role)
            status, location = answer(world.accounts.get(role), method, address, data)
            if not matrix.meets(expected, status, location, sign_in):
                yield f"{method} {row.name} as {role}: {status} {location}, not {expected}"


def test_every_address_has_a_row():
    none(matrix.faults(list(matrix.addresses()), ROWS))


@pytest.mark.parametrize("row", TRIED, ids=lambda row: row.name)
def test_every_role_gets_what_the_row_says(row, world):
    none(list(judge(row, world)))


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

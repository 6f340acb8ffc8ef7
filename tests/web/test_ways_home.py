"""Pages of errors lead everybody back to where they belong."""

import pytest
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from lianxin.kernel.outages import DatabaseAway
from tests import factories
from tests.cases.test_unit import signed_in


def words_of(response):
    return response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status"),
    [("/nowhere/", 404), ("cases:office", 403)],
    ids=["absent", "not allowed"],
)
def test_who_is_signed_in_is_led_to_work_and_not_to_the_sign_in(client, address, status):
    factories.world()
    address = address if address.startswith("/") else reverse(address)
    page = signed_in("clerk").get(address)
    assert page.status_code == status
    assert f'href="{reverse("people:start")}"' in words_of(page)
    assert "到我的工作台" in words_of(page)
    assert reverse("people:sign-in") not in words_of(page)


@pytest.mark.django_db
def test_a_stranger_is_led_to_the_sign_in_and_not_to_work(client):
    page = words_of(client.get("/nowhere/"))
    assert reverse("people:sign-in") in page
    assert "到我的工作台" not in page


def test_without_a_database_nobody_is_asked_for(rf):
    def asked():
        raise AssertionError("The database is away.")

    request = rf.get("/desk/")
    request.user = SimpleLazyObject(asked)
    page = render(request, "web/unavailable.html", {"refused": DatabaseAway()})
    assert reverse("people:sign-in") in words_of(page)

"""Which rows a request may reach: kernel/scope.py, decided by config/middleware.py and scopes.py."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from lianxin.config import scopes
from lianxin.handling.models import Dispatch
from lianxin.kernel import scope
from tests import factories as f
from tests.architecture.source import none
from tests.authorisation import matrix

#: Steps of signing in: they know who it may be, and touch nothing but the account.
STEPS = {
    f"people:{name}"
    for name in (
        [
            "confirm",
            "go-on",
            "new-password",
            "prove",
            "factors",
            "add-app",
            "add-passkey",
            "new-passkey-options",
        ]
    )
}
STREET, VILLAGE = "530112005", "530112005001"


@pytest.fixture
def world(db):
    return f.world()


def scopes_of(username, address):
    """The scopes in which a request for the address asked the database, in order."""
    client, asked = Client(), []
    if username:
        assert client.login(username=username, password="a long password")

    def note(execute, sql, params, many, context):
        asked.append(scope.setting())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        assert client.get(address).status_code == 200
    return list(dict.fromkeys(asked))


def handed_to_the_sibling(world):
    sent = f.assigned(world)
    Dispatch.objects.filter(pk=sent.pk).update(to_organ=world.other_unit)


class TestOfAPerson:
    def test_nobody_reaches_nothing(self):
        assert scopes.scope_of(None) == scope.NOWHERE

    def test_posts_reach_their_divisions_and_below(self, world):
        assert scopes.scope_of(world.clerk) == f".,{STREET}"
        assert scopes.scope_of(world.supervisor) == ".,530112"
        assert scopes.scope_of(world.auditor) == ".,53"

    def test_a_matter_handed_over_opens_its_division_and_no_other(self, world):
        assert scopes.scope_of(world.other_handler) == ".,530102"
        handed_to_the_sibling(world)
        assert scopes.scope_of(world.other_handler) == f".,530102,{VILLAGE}."

    def test_a_deputy_reaches_the_places_of_the_work_not_those_of_the_mandate(self, world):
        assert scopes.scope_of(world.deputy) == f".,{STREET}."

    def test_a_scope_of_very_many_places_names_their_counties(self, world, monkeypatch):
        handed_to_the_sibling(world)
        monkeypatch.setattr(scopes, "MOST_NAMED", 0)
        assert scopes.scope_of(world.other_handler) == ".,530102,530112"

    def test_it_costs_one_query(self, world, django_assert_num_queries):
        for actor in (world.clerk, world.deputy, world.handler):
            with django_assert_num_queries(1):
                scopes.scope_of(actor)


class TestOfARequest:
    def test_a_page_behind_the_sign_in_reads_the_rows_of_who_is_signed_in(self, world):
        found = scopes_of("clerk", reverse("cases:desk"))
        assert found[0] == scope.EVERYWHERE  # Who is it?
        assert found[1:] == [f".,{STREET}"] or found[1:] == [f".,{STREET}", scope.EVERYWHERE]

    def test_a_page_for_everybody_reads_what_is_public_anywhere(self, world):
        assert scopes_of("clerk", reverse("cases:results")) == [scope.EVERYWHERE]
        assert scopes_of("", reverse("cases:results")) == [scope.EVERYWHERE]

    def test_the_scope_ends_with_the_request(self, world):
        with scope.nowhere():
            Client().get(reverse("cases:results"))
            assert scope.setting() == scope.NOWHERE

    def test_every_address_that_sends_strangers_to_sign_in_has_the_scope_of_the_actor(self):
        """`login_required` leaves the mark that the middleware looks for."""
        views, rows = dict(patterns(get_resolver().url_patterns)), matrix.rows()
        asking = [name for name, row in rows.items() if asks_to_sign_in(row) and name in views]
        assert len(asking) > 100
        none([one for one in asking if not hasattr(views[one], "login_url") and one not in STEPS])


def asks_to_sign_in(row):
    return "sign-in" in (row.answer("get", "anonymous"), row.answer("post", "anonymous"))


def patterns(found, space=""):
    for one in found:
        if isinstance(one, URLPattern):
            yield f"{space}{one.name}", one.callback
        else:
            yield from patterns(
                one.url_patterns, f"{space}{one.namespace}:" if one.namespace else space
            )
